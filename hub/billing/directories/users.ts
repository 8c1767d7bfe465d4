import type { Queryable } from '../../core/database/statement.ts';
import type { Words } from './fields.ts';

/** What may refer to an entry of a directory, and so keeps it from being deleted. */
const USERS: Readonly<Record<string, Words>> = {
  contracts: { en: 'contracts', ru: 'договоры' },
  values: { en: 'values of contracts', ru: 'значения у договоров' },
  patterns: { en: 'patterns of contracts', ru: 'шаблоны договоров' },
  fences: { en: 'fences of operators', ru: 'ограничения операторов' },
  below: { en: 'entries below it', ru: 'вложенные записи' },
  tariffs: { en: 'tariff plans or options', ru: 'тарифные планы или опции' },
  modules: { en: 'settings of modules', ru: 'настройки модулей' },
  groups: { en: 'groups of parameters', ru: 'группы параметров' },
  services: { en: 'services of contracts', ru: 'услуги договоров' },
};

/** Who refers to an entry, by a statement of `sql/directory-uses.ts`. */
export const usedBy =
  (uses: (db: Queryable, id: number) => Promise<Readonly<Record<string, boolean>>[]>) =>
  async (db: Queryable, _act: unknown, id: number): Promise<Words[]> =>
    Object.entries((await uses(db, id))[0] ?? {}).flatMap(([user, refers]) => {
      const words = USERS[user];
      return refers && words ? [words] : [];
    });
