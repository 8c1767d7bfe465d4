import type { Queryable, Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { audit } from '../core/identity/audit.ts';
import type { Act } from './act.ts';
import { needModule } from './attach-modules.ts';
import { badValue, checkLine } from './bad-value.ts';
import { deleteServiceRow, insertService, type ServiceRow, serviceById, serviceIsUsed, updateService } from './sql/services.ts';

const LONGEST_TITLE = 200;

/** @throws HubError NOT_FOUND */
export async function needService(db: Queryable, serviceId: number): Promise<ServiceRow> {
  const [row] = await serviceById(db, serviceId);
  if (!row)
    throw new HubError('NOT_FOUND', `there is no service ${serviceId}`, { reason: 'service', russian: `Услуга не найдена: ${serviceId}` });
  return row;
}

/**
 * Makes a service of a module instance, or changes one: its module stays.
 * @param input id 0 or below: a new one
 * @returns its number
 * @throws HubError NOT_FOUND (module, service), BAD_REQUEST (`title`)
 */
export async function saveService(tx: Transaction, act: Act, input: ServiceRow): Promise<number> {
  const title = checkLine('title', input.title, LONGEST_TITLE);
  if (title === '') throw badValue('title', 'a title is needed', 'не указано название');
  const fresh = input.id <= 0;
  const before = fresh ? undefined : await needService(tx, input.id);
  if (fresh) await needModule(tx, input.moduleId);
  const [made] = fresh ? await insertService(tx, input.moduleId, title, input.unit, input.used) : [];
  if (!fresh) await updateService(tx, input.id, title, input.unit, input.used);
  const id = made?.id ?? input.id;
  await audit(tx, act.caller, {
    action: fresh ? 'billing.service.create' : 'billing.service.change',
    object: `service/${id}`,
    ...(before && { before: { ...before } }),
    after: { moduleId: before?.moduleId ?? input.moduleId, title, unit: input.unit, used: input.used },
  });
  return id;
}

/** @throws HubError NOT_FOUND, CONFLICT: something refers to it */
export async function deleteService(tx: Transaction, act: Act, serviceId: number): Promise<void> {
  const before = await needService(tx, serviceId);
  const [row] = await serviceIsUsed(tx, serviceId);
  if (row?.used)
    throw new HubError('CONFLICT', `service ${serviceId} is used by contracts, tariffs or accounts`, {
      reason: 'service_used',
      russian: `Услуга «${before.title}» используется, удалить её нельзя`,
    });
  await deleteServiceRow(tx, serviceId);
  await audit(tx, act.caller, { action: 'billing.service.delete', object: `service/${serviceId}`, before: { ...before } });
}
