import type { Transaction } from '../core/database/statement.ts';
import { needModule } from './attach-modules.ts';
import { badValue, checkLine } from './bad-value.ts';
import { requireReferences } from './check-references.ts';
import { nameHolder } from './find-holders.ts';
import type { Managed } from './find-managed.ts';
import { holdersOfServiceSet } from './sql/holders.ts';
import { type ServiceSet, serviceSetTable, servicesOfOthers } from './sql/services.ts';
import type { Stored } from './stored.ts';

const LONGEST_TITLE = 200;

async function check(tx: Transaction, set: ServiceSet, before: Stored<ServiceSet> | undefined): Promise<ServiceSet> {
  const title = checkLine('title', set.title, LONGEST_TITLE);
  if (title === '') throw badValue('title', 'a title is needed', 'не указано название');
  const moduleId = before?.moduleId ?? set.moduleId;
  if (!before) await needModule(tx, moduleId);
  await requireReferences(tx, 'services', 'service', set.services);
  const [foreign] = await servicesOfOthers(tx, set.services, moduleId);
  if (foreign) throw badValue('services', `service ${foreign.id} is of another module`, `услуга ${foreign.id} относится к другому модулю`);
  return { moduleId, title, services: [...new Set(set.services)] };
}

/** Sets of services of an instance (spec 2.9): by them an npay instance is confined to some contracts. */
export const SERVICE_SETS: Managed<ServiceSet> = {
  name: 'service-set',
  words: { en: 'set of services', ru: 'Набор услуг', notFound: 'Набор услуг не найден' },
  table: serviceSetTable,
  fresh: { moduleId: 0, title: '', services: [] },
  check,
  holders: async (tx, _act, id) => (await holdersOfServiceSet(tx, id)).map(nameHolder),
};
