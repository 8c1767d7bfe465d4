import type { Transaction } from '../core/database/statement.ts';
import { badValue } from './bad-value.ts';
import { MISSING } from './sql/missing-references.ts';

type Referred = keyof typeof MISSING;

/** In Russian in the genitive: нет услуги 5. */
const WORDS: Readonly<Record<Referred, { readonly en: string; readonly ru: string }>> = {
  module: { en: 'module', ru: 'модуля' },
  service: { en: 'service', ru: 'услуги' },
  serviceSet: { en: 'set of services', ru: 'набора услуг' },
  tariffPlan: { en: 'tariff plan', ru: 'тарифного плана' },
  tariffOption: { en: 'tariff option', ru: 'тарифной опции' },
  group: { en: 'group of contracts', ru: 'группы договоров' },
  label: { en: 'label', ru: 'метки' },
  status: { en: 'status', ru: 'статуса' },
  domain: { en: 'domain', ru: 'домена' },
  parameterGroup: { en: 'parameter group', ru: 'группы параметров' },
  chargeType: { en: 'type of charges', ru: 'типа расхода' },
};

/**
 * Refuses numbers that nothing has. What the others stand for stays until the commit, so that no number dangles.
 * @param parameter where they stand, for the message
 * @throws HubError BAD_REQUEST, reason: the parameter
 */
export async function requireReferences(tx: Transaction, parameter: string, kind: Referred, ids: readonly number[]): Promise<void> {
  const [row] = ids.length > 0 ? await MISSING[kind](tx, ids) : [];
  if (row) throw badValue(parameter, `there is no ${WORDS[kind].en} ${row.id}`, `нет ${WORDS[kind].ru} ${row.id}`);
}
