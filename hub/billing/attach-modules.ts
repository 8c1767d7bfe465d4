import type { Queryable, Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { audit } from '../core/identity/audit.ts';
import type { Act } from './act.ts';
import { badValue } from './bad-value.ts';
import { lockContract } from './find-contract.ts';
import { publishOfContract, type ToldContract } from './publish-contract-event.ts';
import { attachModule, detachModule, type ModuleRow, moduleById, openObjectsOfModule } from './sql/modules.ts';

/** @throws HubError NOT_FOUND */
export async function needModule(db: Queryable, moduleId: number): Promise<ModuleRow> {
  const [module] = await moduleById(db, moduleId);
  if (module) return module;
  throw new HubError('NOT_FOUND', `there is no module ${moduleId}`, { reason: 'module', russian: `Модуль не найден: ${moduleId}` });
}

/** @throws HubError NOT_FOUND (a module), BAD_REQUEST (none is named) */
async function needModules(tx: Transaction, moduleIds: readonly number[]): Promise<ModuleRow[]> {
  if (moduleIds.length === 0) throw badValue('moduleIds', 'at least one module is needed', 'не указан модуль');
  const modules: ModuleRow[] = [];
  for (const id of new Set(moduleIds)) modules.push(await needModule(tx, id));
  return modules;
}

/** Keeps the trace of modules that came to a contract or left it. */
async function tell(
  tx: Transaction,
  act: Act,
  contract: ToldContract,
  verb: 'attach' | 'detach',
  moduleIds: readonly number[],
): Promise<void> {
  if (moduleIds.length === 0) return;
  const modules = [...moduleIds];
  await audit(tx, act.caller, {
    action: `billing.module.${verb}`,
    object: String(contract.id),
    [verb === 'attach' ? 'after' : 'before']: { modules },
  });
  await publishOfContract(tx, act, contract, 'contract.module-changed', {
    attached: verb === 'attach' ? modules : [],
    detached: verb === 'detach' ? modules : [],
  });
}

/**
 * Attaches module instances to a contract (spec 2.9); those that it has stay.
 * @throws HubError NOT_FOUND (contract, module), BAD_REQUEST
 */
export async function attachModules(tx: Transaction, act: Act, contractId: number, moduleIds: readonly number[]): Promise<void> {
  const contract = await lockContract(tx, act, contractId);
  const fresh: number[] = [];
  for (const { id } of await needModules(tx, moduleIds)) fresh.push(...(await attachModule(tx, contractId, id)).map((row) => row.id));
  await tell(tx, act, contract, 'attach', fresh);
}

/**
 * Detaches module instances from a contract.
 * @throws HubError NOT_FOUND (contract, module), BAD_REQUEST, CONFLICT: it has open service objects, which the message names
 */
export async function detachModules(tx: Transaction, act: Act, contractId: number, moduleIds: readonly number[]): Promise<void> {
  const contract = await lockContract(tx, act, contractId);
  const gone: number[] = [];
  for (const { id, title } of await needModules(tx, moduleIds)) {
    const open = (await openObjectsOfModule(tx, contractId, id, act.today)).map((row) => row.title);
    if (open.length > 0)
      throw new HubError('CONFLICT', `module ${id} has open service objects: ${open.join(', ')}`, {
        reason: 'open_objects',
        russian: `Модуль «${title}» нельзя отключить, есть открытые услуги: ${open.join(', ')}`,
      });
    gone.push(...(await detachModule(tx, contractId, id)).map((row) => row.id));
  }
  await tell(tx, act, contract, 'detach', gone);
}
