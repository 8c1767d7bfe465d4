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
import { needTariffPlan } from './save-tariff-plan.ts';
import {
  type ContractTariffRow,
  contractTariffById,
  deleteContractTariffRow,
  insertContractTariff,
  updateContractTariff,
} from './sql/contract-tariffs.ts';
import type { ContractRow } from './sql/contracts.ts';

/** A plan on a contract as it is asked for; what is absent stays as it was. */
export interface ContractTariffInput {
  /** 0: a new one. */
  readonly id: number;
  readonly contractId: number;
  readonly planId: number;
  readonly dateFrom: Temporal.PlainDate;
  readonly dateTo: Temporal.PlainDate | null;
  /** The lowest that prices a service wins. (Default: 0) */
  readonly position?: number | undefined;
  readonly comment?: string | undefined;
  /** 0: the contract itself. */
  readonly entityMid?: number | undefined;
  readonly entityId?: number | undefined;
  readonly replacedFrom?: number | undefined;
}

type Shown = Pick<ContractTariffRow, 'id' | 'planId' | 'dateFrom' | 'dateTo' | 'position' | 'comment'>;

const LONGEST_COMMENT = 2_000;
const LARGEST_POSITION = 1_000_000;

const missing = (id: number): HubError =>
  new HubError('NOT_FOUND', `there is no contract tariff ${id}`, { reason: 'contract_tariff', russian: `Тариф договора не найден: ${id}` });

/** @throws HubError NOT_FOUND, also when its contract is outside the fence, or is not the one named */
export async function findContractTariff(db: Queryable, act: Act, id: number, contractId?: number): Promise<ContractTariffRow> {
  const [row] = await contractTariffById(db, id);
  if (!row || (contractId !== undefined && row.contractId !== contractId)) throw missing(id);
  await findContract(db, act, row.contractId);
  return row;
}

const shown = ({ id, planId, dateFrom, dateTo, position, comment }: Shown): Record<string, unknown> => ({
  id,
  tariffPlanId: planId,
  dateFrom: dateFrom.toString(),
  dateTo: dateTo?.toString() ?? null,
  position,
  comment,
});

/** Keeps the trace of a change, books what it costs, and lets the modules react to it. */
async function settle(
  tx: Transaction,
  act: Act,
  contract: ContractRow,
  change: 'create' | 'change' | 'delete',
  rows: { readonly before?: Shown | undefined; readonly after?: Shown },
  days: ReturnType<typeof changedDays>,
): Promise<void> {
  const { before, after } = rows;
  await audit(tx, act.caller, {
    action: `billing.contract-tariff.${change}`,
    object: String(contract.id),
    ...(before && { before: shown(before) }),
    ...(after && { after: shown(after) }),
  });
  const told = after ?? before;
  if (told) await publishOfContract(tx, act, contract, 'contract.tariff-changed', { ...shown(told), change: `${change}d` });
  if (days && (await renewFees(tx, act, contract.id, days))) await reactToMoney(tx, act, contract.id, { cause: 'accrual' });
}

/**
 * Gives a contract a tariff plan for a time, or changes that (spec 2.8); takes the fees of the open months that it touches anew.
 * @returns its number
 * @throws HubError NOT_FOUND (contract, plan, contract tariff), BAD_REQUEST, CONFLICT (closed period)
 */
export async function saveContractTariff(tx: Transaction, act: Act, input: ContractTariffInput): Promise<number> {
  checkPeriod(input.dateFrom, input.dateTo);
  const contract = await lockContract(tx, act, input.contractId);
  const before = input.id === 0 ? undefined : await findContractTariff(tx, act, input.id, input.contractId);
  await needTariffPlan(tx, input.planId);
  const position = input.position ?? before?.position ?? 0;
  if (!Number.isInteger(position) || Math.abs(position) > LARGEST_POSITION)
    throw badValue('position', `${position} is no place`, 'недопустимая позиция');
  const comment = checkText('comment', input.comment ?? before?.comment ?? '', LONGEST_COMMENT);
  const entityMid = input.entityMid ?? before?.entityMid ?? 0;
  const entityId = input.entityId ?? before?.entityId ?? 0;
  const { planId, dateFrom, dateTo } = input;
  const same = before?.planId === planId && before.position === position && before.entityMid === entityMid && before.entityId === entityId;
  const days = changedDays(before, input, same);
  if (days?.dateFrom) await checkOpen(tx, 'accounts', days.dateFrom);
  const values = [
    planId,
    dateFrom,
    dateTo,
    position,
    comment,
    entityMid,
    entityId,
    input.replacedFrom ?? before?.replacedFrom ?? 0,
  ] as const;
  const [made] = before ? [] : await insertContractTariff(tx, contract.id, ...values);
  if (before) await updateContractTariff(tx, before.id, ...values);
  const after = { id: made?.id ?? input.id, planId, dateFrom, dateTo, position, comment };
  await settle(tx, act, contract, before ? 'change' : 'create', { before, after }, days);
  return after.id;
}

/**
 * Takes a tariff plan off its contract, as if it had never been there.
 * @throws HubError NOT_FOUND, CONFLICT: it begins in a closed period
 */
export async function deleteContractTariff(tx: Transaction, act: Act, id: number, contractId?: number): Promise<void> {
  const before = await findContractTariff(tx, act, id, contractId);
  const contract = await lockContract(tx, act, before.contractId);
  await checkOpen(tx, 'accounts', before.dateFrom);
  await deleteContractTariffRow(tx, id);
  await settle(tx, act, contract, 'delete', { before }, before);
}
