import { changes, reads, service } from '../operation-notation.ts';

// Statuses and limits (catalogue 4.3).

export const contractStatusService = service({
  name: 'ContractStatusService',
  package: 'ru.bitel.bgbilling.kernel.contract.api',
  namespace: 'http://service.common.api.contract.kernel.bgbilling.bitel.ru/',
  faults: ['BGException', 'BGMessageException'],
  operations: [
    reads(
      1,
      'contractStatusList(contractId: int, date?: dateTime): contractStatus[]',
      'Периоды статусов договора',
      "Periods of a contract's statuses",
    ),
    reads(1, 'statusList(): status[]', 'Все статусы', 'All statuses'),
    changes(
      1,
      'contractStatusChange(contractId: int, contractStatus?: contractStatus, customer: boolean): int',
      'Задаёт статус договора на период',
      'Sets the status of a contract for a period',
    ),
    reads(
      1,
      'getStatusList(onlyManual: boolean): status[]',
      'Статусы, все или те, что ставит оператор',
      'Statuses, all or those that an operator sets',
      { since: '8.2' },
    ),
    changes(
      1,
      'changeContractStatus(contractId | cid: int[], objectId: int, statusId: int, dateFrom: dateTime, dateTo?: dateTime, comment?: string, confirmChecked: boolean)',
      'Задаёт статус нескольким договорам',
      'Sets the status of several contracts',
      { since: '8.2' },
    ),
    reads(
      1,
      'contractStatusLogSearch(contractId: int, objectId: int, page?: page): contractStatusLogPage',
      'Журнал изменений статуса',
      'The log of changes of status',
      { since: '8.2' },
    ),
    reads(
      1,
      'statusFutureTasks(entityType: string, entityId: int, taskStatus: string): futureTask[]',
      'Назначенные на будущее смены статуса',
      'Changes of status planned for the future',
      { since: '9.x' },
    ),
    reads(
      2,
      'contractStatusChangeParametersGet(contractId: int): contractStatusChangeParameters',
      'Что клиент может сделать со статусом сам',
      'What the customer may do with the status',
    ),
  ],
});

export const contractStatusMonitorService = service({
  name: 'ContractStatusMonitorService',
  package: 'ru.bitel.bgbilling.kernel.contract.status',
  namespace: 'http://service.common.status.contract.kernel.bgbilling.bitel.ru/',
  carries: ['monitorStatusResult'],
  operations: [
    reads(
      1,
      'getStatusList(onlyManual: boolean): status[]',
      'Статусы, все или те, что ставит оператор',
      'Statuses, all or those that an operator sets',
    ),
    changes(
      1,
      'changeContractStatus(cid? | contractId: int[], statusId: int, dateFrom?: dateTime, dateTo?: dateTime, comment?: string)',
      'Задаёт статус нескольким договорам',
      'Sets the status of several contracts',
    ),
    changes(2, 'createBalanceDump()', 'Сохраняет снимок балансов', 'Stores a picture of all balances'),
    reads(
      2,
      'contractSearch(arg0 (argument): int, arg1 (argument): int, arg2? (argument): string, arg3? (argument): int[], arg4? (argument): int[], arg5? (argument): string, arg6? (argument): string, arg7? (argument): string, arg8? (argument): string, arg9 (argument): int, arg10? (page): page, arg11 (argument): int, arg12? (argument): decimal, arg13? (argument): int[], arg14 (argument): float, arg15 (argument): int, arg16 (argument): int): searchResult',
      'Договоры по статусу, балансу и другим условиям',
      'Contracts by status, balance and other conditions',
    ),
  ],
});

export const contractLimitService = service({
  name: 'ContractLimitService',
  package: 'ru.bitel.bgbilling.kernel.contract.limit',
  namespace: 'http://service.common.limit.contract.kernel.bgbilling.bitel.ru/',
  aliases: [{ package: 'ru.bitel.bgbilling.kernel.contract.api', name: 'ContractLimitService' }],
  carries: ['contractLimitLog', 'contractLimitAvto'],
  faults: ['BGException', 'BGMessageException'],
  operations: [
    reads(
      1,
      'searchContractLimitLogList(contractId: int, period?: period, sort?: string[], page?: page): searchResult',
      'Журнал изменений лимита',
      'The log of changes of the limit',
    ),
    reads(
      1,
      'searchContractLimitAvtoList(contractId: int, status?: string, sort?: string[], page?: page): searchResult',
      'Назначенные возвраты лимита',
      'Planned returns of the limit',
    ),
    changes(
      1,
      'updateContractLimitPeriod(contractId: int, limit?: decimal, period: int, comment?: string)',
      'Ставит лимит на несколько дней, затем возвращает прежний',
      'Sets a limit for some days, then returns to the former one',
    ),
    reads(1, 'contractLimitGet(contractId: int): decimal', 'Лимит договора', 'The limit of a contract'),
    changes(1, 'updateContractLimit(contractId: int, limit: decimal, comment?: string)', 'Ставит лимит насовсем', 'Sets a limit for good'),
    changes(
      1,
      'cancelLimitChangeTask(contractId: int, taskIds: int[])',
      'Отменяет назначенный возврат лимита',
      'Cancels a planned return of the limit',
    ),
    changes(
      2,
      'contractLimitMove(contractId: int, amount?: decimal, days: int)',
      'Понижает лимит по просьбе клиента',
      "Lowers the limit at the customer's wish",
    ),
    reads(
      2,
      'contractLimitMovementList(contractId: int, dateFrom?: dateTime, dateTo?: dateTime): contractLimitMovement[]',
      'Понижения лимита за период',
      'Lowerings of the limit in a period',
    ),
    reads(
      2,
      'contractLimitParametersGet(contractId: int): contractLimitParameters',
      'Правила, по которым клиент понижает лимит',
      'Rules by which the customer lowers the limit',
    ),
  ],
});
