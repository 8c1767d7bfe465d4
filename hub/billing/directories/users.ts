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

/** Who of those that a query asked about refers to an entry. */
export const usersOf = (row: Readonly<Record<string, boolean>> | undefined): Words[] =>
  Object.entries(row ?? {}).flatMap(([user, refers]) => {
    const words = USERS[user];
    return refers && words ? [words] : [];
  });
