import type { Queryable, Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { audit } from '../core/identity/audit.ts';
import type { Act } from './act.ts';
import { badValue, checkText } from './bad-value.ts';
import { changedDays } from './changed-days.ts';
import { checkOpen } from './check-closed.ts';
import { checkPeriod } from './day-period.ts';
import { findContract, lockContract } from './find-contract.ts';
import { publishOfContract } from './publish-contract-event.ts';
import { reactToMoney } from './react-to-money.ts';
import { renewFees } from './renew-fees.ts';
import { needService } from './save-service.ts';
import type { ContractRow } from './sql/contracts.ts';
import {
  deleteServiceObjectRow,
  insertServiceObject,
  type ServiceObjectRow,
  serviceObjectById,
  updateServiceObject,
} from './sql/service-objects.ts';

/** A service object as it is asked for. */
export interface ServiceObjectInput {
  /** 0: a new one. */
  readonly id: number;
  readonly contractId: number;
  readonly serviceId: number;
  readonly objectId: number;
  readonly count: number;
  readonly dateFrom: Temporal.PlainDate;
  readonly dateTo: Temporal.PlainDate | null;
  readonly comment: string;
  /** Absent: as it was, or of the contract itself. */
  readonly entityMid?: number | undefined;
  readonly entityId?: number | undefined;
}

type Shown = Omit<ServiceObjectInput, 'contractId'>;

const LONGEST_COMMENT = 2_000;
const LARGEST_COUNT = 1_000_000;

/** @throws HubError NOT_FOUND, also when its contract is outside the fence, or is not the one named */
export async function findServiceObject(db: Queryable, act: Act, id: number, contractId?: number): Promise<ServiceObjectRow> {
  const [row] = await serviceObjectById(db, id);
  if (!row || (contractId !== undefined && row.contractId !== contractId))
    throw new HubError('NOT_FOUND', `there is no service object ${id}${contractId === undefined ? '' : ` of contract ${contractId}`}`, {
      reason: 'service_object',
      russian: `Объект абонплаты не найден: ${id}`,
    });
  await findContract(db, act, row.contractId);
  return row;
}

const shown = ({ id, serviceId, objectId, count, dateFrom, dateTo, comment }: Shown): Record<string, unknown> => ({
  id,
  serviceId,
  objectId,
  count,
  dateFrom: dateFrom.toString(),
  dateTo: dateTo?.toString() ?? null,
  comment,
});

const tell = (tx: Transaction, act: Act, contract: ContractRow, change: 'created' | 'changed' | 'deleted', row: Shown): Promise<void> =>
  publishOfContract(tx, act, contract, 'service-object.changed', { ...shown(row), change });

/** Books what the change costs, and lets the modules react to it. */
async function settle(tx: Transaction, act: Act, contractId: number, days: ReturnType<typeof changedDays>): Promise<void> {
  if (!days) return;
  if (await renewFees(tx, act, contractId, days)) await reactToMoney(tx, act, contractId, { cause: 'accrual' });
}

/**
 * Makes or changes a service object (spec 2.10), and takes the fees of the open months that it touches anew.
 * @returns its number
 * @throws HubError NOT_FOUND (contract, service, object), BAD_REQUEST, CONFLICT (closed period)
 */
export async function saveServiceObject(tx: Transaction, act: Act, input: ServiceObjectInput): Promise<number> {
  checkPeriod(input.dateFrom, input.dateTo, ['date1', 'date2']);
  const comment = checkText('comment', input.comment, LONGEST_COMMENT);
  const { contractId, serviceId, objectId, count, dateFrom, dateTo } = input;
  if (!Number.isInteger(count) || count < 0 || count > LARGEST_COUNT)
    throw badValue('col', `${count} is no count from 0 to ${LARGEST_COUNT}`, `количество от 0 до ${LARGEST_COUNT}`);
  const contract = await lockContract(tx, act, contractId);
  const before = input.id === 0 ? undefined : await findServiceObject(tx, act, input.id, contractId);
  await needService(tx, serviceId);
  const entityMid = input.entityMid ?? before?.entityMid ?? 0;
  const entityId = input.entityId ?? before?.entityId ?? 0;
  const same = before?.serviceId === serviceId && before.count === count && before.entityMid === entityMid && before.entityId === entityId;
  const days = changedDays(before, input, same);
  if (days?.dateFrom) await checkOpen(tx, 'accounts', days.dateFrom);
  const values = [serviceId, objectId, count, dateFrom, dateTo, comment, entityMid, entityId] as const;
  const [made] = before ? [] : await insertServiceObject(tx, contractId, ...values);
  if (before) await updateServiceObject(tx, before.id, ...values);
  const id = made?.id ?? input.id;
  const after = { ...input, comment, id };
  await audit(tx, act.caller, {
    action: before ? 'billing.service-object.change' : 'billing.service-object.create',
    object: String(contractId),
    ...(before && { before: shown(before) }),
    after: shown(after),
  });
  await tell(tx, act, contract, before ? 'changed' : 'created', after);
  await settle(tx, act, contractId, days);
  return id;
}

/**
 * Removes a service object; what was accrued for it in open months goes with it.
 * @throws HubError NOT_FOUND, CONFLICT: it begins in a closed period
 */
export async function deleteServiceObject(tx: Transaction, act: Act, id: number, contractId?: number): Promise<void> {
  const found = await findServiceObject(tx, act, id, contractId);
  const contract = await lockContract(tx, act, found.contractId);
  await checkOpen(tx, 'accounts', found.dateFrom);
  await deleteServiceObjectRow(tx, id);
  await audit(tx, act.caller, { action: 'billing.service-object.delete', object: String(contract.id), before: shown(found) });
  await tell(tx, act, contract, 'deleted', found);
  await settle(tx, act, contract.id, found);
}
