import type { Queryable, Transaction } from '../core/database/statement.ts';
import type { Act } from './act.ts';
import { needModule } from './attach-modules.ts';
import { badValue, checkLine } from './bad-value.ts';
import { deleteManaged } from './delete-managed.ts';
import { namedHolders } from './find-holders.ts';
import { findManaged, type Managed } from './find-managed.ts';
import { type Change, saveManaged } from './save-managed.ts';
import { holdersOfService } from './sql/holders.ts';
import { type Service, type ServiceRow, serviceTable } from './sql/services.ts';
import type { Stored } from './stored.ts';

const LONGEST_TITLE = 200;

async function check(tx: Transaction, service: Service, before: Stored<Service> | undefined): Promise<Service> {
  const title = checkLine('title', service.title, LONGEST_TITLE);
  if (title === '') throw badValue('title', 'a title is needed', 'не указано название');
  if (!before) await needModule(tx, service.moduleId);
  return { ...service, title, moduleId: before?.moduleId ?? service.moduleId };
}

/** Services of module instances (spec 2.9). */
export const SERVICES: Managed<Service> = {
  name: 'service',
  words: { en: 'service', ru: 'Услуга', notFound: 'Услуга не найдена' },
  table: serviceTable,
  fresh: { moduleId: 0, title: '', unit: 0, used: true },
  check,
  holders: namedHolders(holdersOfService),
};

/** @throws HubError NOT_FOUND */
export const needService = (db: Queryable, serviceId: number): Promise<ServiceRow> => findManaged(db, SERVICES, serviceId);

export type ServiceInput = Change<Service> & { readonly id: number; readonly version?: number | undefined };

/**
 * Makes a service of a module instance, or changes one: its module stays.
 * @param input id 0 or below: a new one
 * @returns its number
 * @throws HubError NOT_FOUND (module, service), STALE_VERSION, BAD_REQUEST (`title`)
 */
export const saveService = (tx: Transaction, act: Act, { id, version, ...change }: ServiceInput): Promise<number> =>
  saveManaged(tx, act, SERVICES, { id, version, change });

/** @throws HubError NOT_FOUND, STALE_VERSION, CONFLICT: something refers to it */
export const deleteService = (tx: Transaction, act: Act, id: number): Promise<void> => deleteManaged(tx, act, SERVICES, { id });
