import type { Queryable, Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { audit } from '../core/identity/audit.ts';
import type { Act } from './act.ts';
import { checkPeriod } from './day-period.ts';
import { lockContract } from './find-contract.ts';
import { publishOfContract } from './publish-contract-event.ts';
import { renewFees } from './renew-fees.ts';
import type { ContractRow } from './sql/contracts.ts';
import {
  deleteStatusPeriods,
  insertStatusLog,
  insertStatusPeriod,
  moveStatusPeriod,
  type StatusRow,
  setContractStatus,
  statusPeriodRows,
  statusRows,
} from './sql/statuses.ts';
import { overwrite, periodOn, type StatusPeriod, withdraw } from './status-periods.ts';

/** What is set: a status for these days, the last one included; an open end is null. */
export interface StatusChange {
  readonly status: number;
  readonly dateFrom: Temporal.PlainDate;
  readonly dateTo: Temporal.PlainDate | null;
  readonly comment: string;
}

/** Why a status changes. A payment and a debt are the server's own reasons, which may set transitional statuses too. */
export interface StatusReason {
  readonly reason: 'manual' | 'scheduled' | 'payment' | 'debt';
  readonly paymentId?: number;
}

async function needStatus(tx: Transaction, status: number, manual: boolean): Promise<StatusRow> {
  const row = (await statusRows(tx)).find((known) => known.status === status);
  if (!row) throw new HubError('NOT_FOUND', `there is no status ${status}`, { reason: 'status', russian: `Статус не найден: ${status}` });
  if (manual && !row.manual)
    throw new HubError('CONFLICT', `status ${status} is transitional: the server sets it, no operator does`, {
      reason: 'transitional_status',
      russian: `Статус «${row.title}» устанавливается только сервером`,
    });
  return row;
}

/** The periods of a contract; one that never had any has had its status since it began. In order of time. */
export async function statusPeriodsOf(db: Queryable, contract: Pick<ContractRow, 'id' | 'status' | 'dateFrom'>): Promise<StatusPeriod[]> {
  const rows = await statusPeriodRows(db, contract.id);
  return rows.length > 0 ? rows : [{ id: 0, status: contract.status, dateFrom: contract.dateFrom, dateTo: null, comment: '' }];
}

const sameDays = (a: StatusPeriod, b: StatusPeriod): boolean =>
  a.dateFrom.equals(b.dateFrom) && (a.dateTo === null ? b.dateTo === null : b.dateTo !== null && a.dateTo.equals(b.dateTo));

/** Stores the new periods in place of the former ones. @returns the number of the row of the last stored new period that begins on `dateFrom` */
async function storePeriods(
  tx: Transaction,
  contractId: number,
  former: readonly StatusPeriod[],
  next: readonly StatusPeriod[],
  dateFrom?: Temporal.PlainDate,
): Promise<number> {
  const kept = new Map(next.filter(({ id }) => id !== 0).map((period) => [period.id, period]));
  const gone = former.filter(({ id }) => id !== 0 && !kept.has(id)).map(({ id }) => id);
  if (gone.length > 0) await deleteStatusPeriods(tx, contractId, gone);
  for (const period of former) {
    const now = kept.get(period.id);
    if (now && !sameDays(now, period)) await moveStatusPeriod(tx, now.id, now.dateFrom, now.dateTo);
  }
  let made = 0;
  for (const period of next) {
    if (period.id !== 0) continue;
    const [row] = await insertStatusPeriod(tx, contractId, period.status, period.dateFrom, period.dateTo, period.comment);
    if (row && dateFrom?.equals(period.dateFrom)) made = row.id;
  }
  return made;
}

/** Lets the contract show the status of today. @returns the period that it shows now; undefined: it showed that before */
async function showToday(
  tx: Transaction,
  act: Act,
  contract: ContractRow,
  periods: readonly StatusPeriod[],
): Promise<StatusPeriod | undefined> {
  const today = periodOn(periods, act.today);
  if (!today || (today.status === contract.status && contract.statusFrom?.equals(today.dateFrom))) return undefined;
  await setContractStatus(tx, contract.id, today.status, today.dateFrom);
  return today;
}

const daysOf = ({ dateFrom, dateTo }: Pick<StatusPeriod, 'dateFrom' | 'dateTo'>): Record<string, string | null> => ({
  dateFrom: dateFrom.toString(),
  dateTo: dateTo?.toString() ?? null,
});

async function writeLog(tx: Transaction, act: Act, contractId: number, change: StatusChange, { reason }: StatusReason): Promise<void> {
  const { status, dateFrom, dateTo, comment } = change;
  await insertStatusLog(tx, contractId, status, dateFrom, dateTo, comment, reason, act.operatorId || null, act.caller.login);
}

const tell = async (
  tx: Transaction,
  act: Act,
  contract: ContractRow,
  to: StatusRow,
  days: Pick<StatusPeriod, 'dateFrom' | 'dateTo'>,
  why: StatusReason,
): Promise<void> =>
  publishOfContract(tx, act, contract, 'contract.status-changed', {
    status: to.status,
    statusTitle: to.title,
    former: contract.status,
    ...daysOf(days),
    reason: why.reason,
    paymentId: why.paymentId ?? null,
  });

/**
 * Sets the status of one contract for [dateFrom, dateTo]: overwrites what lies inside, logs it, takes the fees of the open months anew. A start in
 * the future is a scheduled change, told when it comes into force (`apply-scheduled-statuses.ts`).
 * @returns the number of the period
 * @throws HubError NOT_FOUND (contract, status), CONFLICT (a transitional status by hand), BAD_REQUEST (dates)
 */
export async function changeStatus(
  tx: Transaction,
  act: Act,
  contractId: number,
  change: StatusChange,
  why: StatusReason,
): Promise<number> {
  checkPeriod(change.dateFrom, change.dateTo);
  const contract = await lockContract(tx, act, contractId);
  const status = await needStatus(tx, change.status, why.reason === 'manual');
  const former = await statusPeriodsOf(tx, contract);
  const next = overwrite(former, change);
  const id = await storePeriods(tx, contractId, former, next, change.dateFrom);
  await showToday(tx, act, contract, next);
  await writeLog(tx, act, contractId, change, why);
  await audit(tx, act.caller, {
    action: 'billing.status.change',
    object: String(contractId),
    before: { status: contract.status },
    after: { status: change.status, ...daysOf(change), comment: change.comment, reason: why.reason },
  });
  if (Temporal.PlainDate.compare(change.dateFrom, act.today) <= 0) await tell(tx, act, contract, status, change, why);
  await renewFees(tx, act, contractId, change);
  return id;
}

/**
 * Lets the period that began meanwhile come into force (spec 2.6), and takes the fees of its month. Nothing when the contract shows it already.
 * @returns whether it came into force
 */
export async function applyStatus(tx: Transaction, act: Act, contractId: number): Promise<boolean> {
  const contract = await lockContract(tx, act, contractId);
  const periods = await statusPeriodRows(tx, contractId);
  const shown = await showToday(tx, act, contract, periods);
  if (!shown) return false;
  const why: StatusReason = { reason: 'scheduled' };
  await writeLog(tx, act, contractId, shown, why);
  await audit(tx, act.caller, {
    action: 'billing.status.apply',
    object: String(contractId),
    before: { status: contract.status },
    after: { status: shown.status, ...daysOf(shown) },
  });
  await tell(tx, act, contract, await needStatus(tx, shown.status, false), shown, why);
  await renewFees(tx, act, contractId, { dateFrom: act.today, dateTo: null });
  return true;
}

/**
 * Takes a scheduled change back: the status before it goes on.
 * @throws HubError NOT_FOUND (contract, change), CONFLICT: it is in force already
 */
export async function cancelScheduledStatus(tx: Transaction, act: Act, contractId: number, periodId: number): Promise<void> {
  const contract = await lockContract(tx, act, contractId);
  const former = await statusPeriodRows(tx, contractId);
  const period = former.find(({ id }) => id === periodId);
  const next = withdraw(former, periodId);
  if (!period || !next)
    throw new HubError('NOT_FOUND', `contract ${contractId} has no scheduled status ${periodId}`, {
      reason: 'status_period',
      russian: `Запланированная смена статуса не найдена: ${periodId}`,
    });
  if (Temporal.PlainDate.compare(period.dateFrom, act.today) <= 0)
    throw new HubError('CONFLICT', `the status of ${period.dateFrom} is in force already`, {
      reason: 'status_in_force',
      russian: 'Статус уже действует, отменить его нельзя',
    });
  await storePeriods(tx, contractId, former, next);
  await audit(tx, act.caller, {
    action: 'billing.status.cancel',
    object: String(contract.id),
    before: { status: period.status, ...daysOf(period) },
  });
  await renewFees(tx, act, contractId, period);
}
