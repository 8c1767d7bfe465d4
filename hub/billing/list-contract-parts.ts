import type { Queryable } from '../core/database/statement.ts';
import type { Act } from './act.ts';
import { findContract } from './find-contract.ts';
import { allServicesOfContract } from './sql/contract-services.ts';
import { type ContractTariffGroupRow, type ContractTariffRow, contractTariffGroups, contractTariffs } from './sql/contract-tariffs.ts';
import { type ModuleRow, modulesOfContract } from './sql/modules.ts';
import { type ServiceObjectRow, serviceObjectsOf } from './sql/service-objects.ts';
import type { ContractServiceRow } from './sql/services.ts';
import { type ContractOptionRow, contractOptions } from './sql/tariff-options.ts';

/** What a contract has of tariffs and services; each list is whole, and refuses a contract that the operator may not see. */
export type { ContractOptionRow, ContractServiceRow, ContractTariffGroupRow, ContractTariffRow, ModuleRow, ServiceObjectRow };

type Day = Temporal.PlainDate | null;

/** By first day, then position. @param day only those that include it; null: all @throws HubError NOT_FOUND */
export async function listContractTariffs(db: Queryable, act: Act, contractId: number, day: Day): Promise<ContractTariffRow[]> {
  const { id } = await findContract(db, act, contractId);
  return contractTariffs(db, id, day, -1, -1);
}

/** By first day. @param day only those that include it; null: all @throws HubError NOT_FOUND */
export async function listContractTariffGroups(db: Queryable, act: Act, contractId: number, day: Day): Promise<ContractTariffGroupRow[]> {
  const { id } = await findContract(db, act, contractId);
  return contractTariffGroups(db, id, day);
}

/** The newest first. @param active only those in force now @throws HubError NOT_FOUND */
export async function listContractOptions(db: Queryable, act: Act, contractId: number, active: boolean): Promise<ContractOptionRow[]> {
  const { id } = await findContract(db, act, contractId);
  return active ? contractOptions(db, id, act.now, act.now.add({ milliseconds: 1 })) : contractOptions(db, id, null, null);
}

/** By title. @throws HubError NOT_FOUND */
export async function listContractModules(db: Queryable, act: Act, contractId: number): Promise<ModuleRow[]> {
  const { id } = await findContract(db, act, contractId);
  return modulesOfContract(db, id);
}

/** Of all modules, by first day. @throws HubError NOT_FOUND */
export async function listContractServices(db: Queryable, act: Act, contractId: number): Promise<ContractServiceRow[]> {
  const { id } = await findContract(db, act, contractId);
  return allServicesOfContract(db, id);
}

/** Of all modules, by first day. @param day only those that include it; null: all @throws HubError NOT_FOUND */
export async function listServiceObjects(db: Queryable, act: Act, contractId: number, day: Day): Promise<ServiceObjectRow[]> {
  const { id } = await findContract(db, act, contractId);
  return serviceObjectsOf(db, id, null, 0, -1, -1, day);
}
