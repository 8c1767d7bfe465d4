import type { Queryable, Value } from '../core/database/statement.ts';
import type { Act } from './act.ts';
import type { Words } from './directories/fields.ts';
import { fenceValues } from './fence.ts';
import type { HolderRow } from './sql/holders.ts';

const WORDS: Readonly<Record<HolderRow['kind'], Words>> = {
  contract: { en: 'contract', ru: 'договор' },
  accounts: { en: 'accrued amounts', ru: 'наработка' },
  tariff: { en: 'tariff plan', ru: 'тарифный план' },
  tariffGroup: { en: 'tariff group', ru: 'группа тарифов' },
  option: { en: 'tariff option', ru: 'тарифная опция' },
  pattern: { en: 'pattern', ru: 'шаблон' },
  module: { en: 'module', ru: 'модуль' },
  service: { en: 'service', ru: 'услуга' },
  serviceSet: { en: 'set of services', ru: 'набор услуг' },
};

/** In words: `contract «0123»`. */
function nameHolder({ kind, title }: HolderRow): Words {
  const { en, ru } = WORDS[kind];
  if (title !== null) return { en: `${en} «${title}»`, ru: `${ru} «${title}»` };
  return kind === 'contract' ? { en: 'a contract that you may not see', ru: 'недоступный вам договор' } : { en, ru };
}

type HoldersStatement = (db: Queryable, ...values: readonly Value[]) => Promise<HolderRow[]>;

/** Who needs an entry of a directory, by a statement of `sql/holders.ts`. Contracts outside the fence are not named. */
export const namedHolders =
  (statement: HoldersStatement) =>
  async (db: Queryable, { fence }: Pick<Act, 'fence'>, id: number): Promise<readonly Words[]> => {
    const holders = (await statement(db, id, ...fenceValues(fence))).map(nameHolder);
    return [...new Map(holders.map((holder) => [holder.en, holder])).values()];
  };
