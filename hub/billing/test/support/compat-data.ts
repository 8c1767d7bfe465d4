import type { Faces } from './faces.ts';

/** Rows that the checklist of compatibility is tried on. */
export interface CompatData {
  readonly contract: number;
  readonly other: number;
  readonly paymentType: number;
  readonly chargeType: number;
  readonly textParameter: number;
  readonly listParameter: number;
  readonly listItem: number;
  readonly pattern: number;
  readonly npay: number;
  readonly inet: number;
  readonly oldPlan: number;
  readonly plan: number;
}

export const TITLE = '0123/Ю (+7)';
export const COMMENT = 'Иванов "И" & <сыновья>';

export async function compatData(faces: Faces): Promise<CompatData> {
  const insert = async (table: string, id: string, columns: Record<string, string | number | boolean | null>): Promise<number> => {
    const names = Object.keys(columns);
    const values = Object.values(columns);
    const places = names.map((_, at) => `$${at + 1}`);
    const [row] = await faces.rows<{ id: number }>(`INSERT INTO ${table} (${names}) VALUES (${places}) RETURNING ${id} AS id`, values);
    return row?.id ?? 0;
  };
  const contract = await insert('contract', 'contract_id', { title: TITLE, comment: COMMENT, date_from: '2020-01-02', mode: 1 });
  const other = await insert('contract', 'contract_id', { title: 'Б-2', date_from: '2020-01-01' });
  const paymentType = await insert('payment_type', 'type_id', { title: 'Касса' });
  const chargeType = await insert('charge_type', 'type_id', { title: 'Штраф' });
  const textParameter = await insert('billing_parameter', 'parameter_id', { kind: 1, title: 'Паспорт' });
  const listParameter = await insert('billing_parameter', 'parameter_id', { kind: 7, title: 'Район' });
  const listItem = await insert('billing_list_item', 'item_id', { parameter_id: listParameter, title: 'Север' });
  const pattern = await insert('contract_pattern', 'pattern_id', { title: 'Физлица', number_mask: 'ФNNNN' });
  const npay = await insert('billing_module', 'module_id', { name: 'npay', title: 'Абонплата' });
  const inet = await insert('billing_module', 'module_id', { name: 'inet', title: 'Интернет' });
  const oldPlan = await insert('tariff_plan', 'plan_id', { title: 'Старый' });
  const plan = await insert('tariff_plan', 'plan_id', { title: 'Новый' });
  await insert('contract_tariff', 'contract_tariff_id', { contract_id: contract, plan_id: plan, date_from: '2020-04-01' });
  await insert('contract_tariff', 'contract_tariff_id', {
    contract_id: contract,
    plan_id: oldPlan,
    date_from: '2020-02-01',
    date_to: '2020-03-31',
  });
  return { contract, other, paymentType, chargeType, textParameter, listParameter, listItem, pattern, npay, inet, oldPlan, plan };
}
