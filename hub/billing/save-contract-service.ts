import type { Queryable, Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { audit } from '../core/identity/audit.ts';
import type { Act } from './act.ts';
import { checkText } from './bad-value.ts';
import { checkPeriod } from './day-period.ts';
import { findContract, lockContract } from './find-contract.ts';
import { publishOfContract, type ToldContract } from './publish-contract-event.ts';
import { needService } from './save-service.ts';
import {
  type ContractServiceRow,
  contractServiceById,
  deleteContractServiceRow,
  insertContractService,
  updateContractService,
} from './sql/services.ts';

/** That a contract has a service for a time. */
export interface ContractServiceInput {
  /** 0: a new record. */
  readonly id: number;
  readonly contractId: number;
  readonly serviceId: number;
  readonly dateFrom: Temporal.PlainDate | null;
  readonly dateTo: Temporal.PlainDate | null;
  readonly comment: string;
}

const LONGEST_COMMENT = 2_000;

/** @throws HubError NOT_FOUND, also when its contract is outside the fence, or is not the one named */
export async function findContractService(db: Queryable, act: Act, id: number, contractId?: number): Promise<ContractServiceRow> {
  const [row] = await contractServiceById(db, id);
  if (!row || (contractId !== undefined && row.contractId !== contractId))
    throw new HubError('NOT_FOUND', `there is no service record ${id}`, {
      reason: 'contract_service',
      russian: `Запись об услуге не найдена: ${id}`,
    });
  await findContract(db, act, row.contractId);
  return row;
}

const shown = ({ serviceId, dateFrom, dateTo, comment }: Omit<ContractServiceInput, 'id' | 'contractId'>): Record<string, unknown> => ({
  serviceId,
  dateFrom: dateFrom?.toString() ?? null,
  dateTo: dateTo?.toString() ?? null,
  comment,
});

async function tell(
  tx: Transaction,
  act: Act,
  contract: ToldContract,
  id: number,
  row: ContractServiceInput | ContractServiceRow,
  change: string,
): Promise<void> {
  await publishOfContract(tx, act, contract, 'contract.module-changed', {
    attached: [],
    detached: [],
    service: { id, change, ...shown(row) },
  });
}

/**
 * Records that a contract has a service for a time, or changes such a record (spec 2.9).
 * @returns its number
 * @throws HubError NOT_FOUND (contract, service, record), BAD_REQUEST
 */
export async function saveContractService(tx: Transaction, act: Act, input: ContractServiceInput): Promise<number> {
  checkPeriod(input.dateFrom, input.dateTo, ['date1', 'date2']);
  const comment = checkText('comment', input.comment, LONGEST_COMMENT);
  const contract = await lockContract(tx, act, input.contractId);
  await needService(tx, input.serviceId);
  const before = input.id === 0 ? undefined : await findContractService(tx, act, input.id);
  if (before && before.contractId !== input.contractId)
    throw new HubError('NOT_FOUND', `service record ${input.id} is not of contract ${input.contractId}`, {
      reason: 'contract_service',
      russian: `Запись об услуге ${input.id} относится к другому договору`,
    });
  const { serviceId, dateFrom, dateTo } = input;
  const [made] = before ? [] : await insertContractService(tx, input.contractId, serviceId, dateFrom, dateTo, comment);
  if (before) await updateContractService(tx, input.id, serviceId, dateFrom, dateTo, comment);
  const id = made?.id ?? input.id;
  await audit(tx, act.caller, {
    action: before ? 'billing.contract-service.change' : 'billing.contract-service.create',
    object: String(input.contractId),
    ...(before && { before: shown(before) }),
    after: { id, ...shown({ ...input, comment }) },
  });
  await tell(tx, act, contract, id, { ...input, comment }, before ? 'changed' : 'created');
  return id;
}

/** @throws HubError NOT_FOUND */
export async function deleteContractService(tx: Transaction, act: Act, id: number): Promise<void> {
  const before = await findContractService(tx, act, id);
  const contract = await lockContract(tx, act, before.contractId);
  await deleteContractServiceRow(tx, id);
  await audit(tx, act.caller, {
    action: 'billing.contract-service.delete',
    object: String(before.contractId),
    before: { id, ...shown(before) },
  });
  await tell(tx, act, contract, id, before, 'deleted');
}
