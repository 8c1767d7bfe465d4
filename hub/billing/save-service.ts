import type { Queryable, Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import type { Act } from './act.ts';
import { requireTitle } from './bad-value.ts';
import { deleteEntry } from './delete-entry.ts';
import { SERVICES } from './directories/services.ts';
import { saveEntry } from './save-entry.ts';
import { type ServiceRow, serviceById } from './sql/services.ts';

const LONGEST_TITLE = 200;

/** @throws HubError NOT_FOUND */
export async function needService(db: Queryable, serviceId: number): Promise<ServiceRow> {
  const [service] = await serviceById(db, serviceId);
  if (service) return service;
  throw new HubError('NOT_FOUND', `there is no service ${serviceId}`, { reason: 'service', russian: `Услуга не найдена: ${serviceId}` });
}

/**
 * Makes a service of a module instance, or changes one: its module stays.
 * @param service id 0 or below: a new one
 * @returns its number
 * @throws HubError NOT_FOUND (module, service), BAD_REQUEST (`title`)
 */
export const saveService = (tx: Transaction, act: Act, { id, title, moduleId, unit, used }: ServiceRow): Promise<number> =>
  saveEntry(tx, act, SERVICES, { id, change: { title: requireTitle(title, LONGEST_TITLE), module_id: moduleId, unit, used } });

/** @throws HubError NOT_FOUND, CONFLICT: something refers to it */
export const deleteService = (tx: Transaction, act: Act, id: number): Promise<void> => deleteEntry(tx, act, SERVICES, { id });
