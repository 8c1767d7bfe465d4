/** What billing does by the clock (maintenance.ts), as foreign programs are told of it. */
export const SCHEDULED_TASKS = [
  { code: 'statuses', title: 'Вступление назначенных статусов в силу' },
  { code: 'limits', title: 'Возврат временных лимитов' },
  { code: 'fees', title: 'Начисление абонплаты' },
] as const;
