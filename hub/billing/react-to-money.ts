import type { Transaction } from '../core/database/statement.ts';
import { measure, notesOf } from '../core/telemetry/channels.ts';
import { advanceFee } from './accrue-fees.ts';
import type { Act } from './act.ts';
import { isInDebt } from './balance-figures.ts';
import { changeStatus } from './change-status.ts';
import { OPEN_FENCE } from './fence.ts';
import { money, moneyText } from './money.ts';
import { monthBalance, outgoingOf } from './move-balance.ts';
import { followingStatus, type NpaySettings, npaySettings } from './npay-settings.ts';
import { type ManagedRow, managedContracts, restrictionFacts } from './sql/managed-contracts.ts';

const notes = notesOf('billing.npay');

/** What moved the money of a contract, or what is allowed to it. */
export interface MoneyChange {
  readonly cause: 'payment' | 'charge' | 'limit' | 'accrual' | 'transfer';
  readonly paymentId?: number;
}

/** Money that came in locks nobody, and a fee unlocks nobody; what can go either way is looked at both ways (spec 2.11). */
const LOCKS: ReadonlySet<MoneyChange['cause']> = new Set(['charge', 'accrual', 'limit', 'transfer']);
const UNLOCKS: ReadonlySet<MoneyChange['cause']> = new Set(['payment', 'charge', 'limit', 'transfer']);

const WHY: Readonly<Record<MoneyChange['cause'], string>> = {
  payment: 'платёж',
  charge: 'изменение расхода',
  limit: 'изменение лимита',
  accrual: 'начисление',
  transfer: 'перенос баланса',
};

/** Settings that nobody can read, because they were written past `saveModule`, must not keep money from being booked. */
function settingsOf({ id, moduleId, settings }: ManagedRow): NpaySettings | undefined {
  const read = npaySettings.safeParse(settings);
  if (read.success) return read.data;
  notes.error(
    'the settings of a module cannot be read: its contracts are neither locked nor unlocked',
    { module: moduleId, contract: id },
    read.error,
  );
  return undefined;
}

/** Whether an npay instance is for this contract: by its mode, groups, labels, tariffs and services. */
async function isFor(tx: Transaction, act: Act, contract: ManagedRow, settings: NpaySettings): Promise<boolean> {
  if (!settings.modes.includes(contract.mode === 1 ? 'debit' : 'credit')) return false;
  const groups = BigInt(contract.groups);
  if (settings.groups.length > 0 && !settings.groups.some((group) => (groups >> BigInt(group)) & 1n)) return false;
  if (settings.labels.length === 0 && settings.tariffs.length === 0 && settings.serviceSet === 0) return true;
  const [facts] = await restrictionFacts(tx, contract.id, act.today, settings.serviceSet);
  return (
    facts !== undefined &&
    (settings.labels.length === 0 || settings.labels.some((label) => facts.labels.includes(label))) &&
    (settings.tariffs.length === 0 || settings.tariffs.some((plan) => facts.tariffs.includes(plan))) &&
    (settings.serviceSet === 0 || facts.inSet)
  );
}

function count(act: Act, reaction: 'locked' | 'unlocked'): void {
  if (!act.preview) measure('vestnik_billing_status_reactions_total', 1, { reaction });
}

async function react(tx: Transaction, act: Act, contract: ManagedRow, settings: NpaySettings, change: MoneyChange): Promise<void> {
  const limit = money(contract.limit);
  const suspended = act.settings.suspendCodes;
  const outgoing = outgoingOf(await monthBalance(tx, contract.payerId, act.today));
  const period = { dateFrom: act.today, dateTo: null };
  const locked = followingStatus(settings, suspended, contract.status, 'debt');
  if (LOCKS.has(change.cause) && locked !== undefined && isInDebt(outgoing, limit)) {
    const comment = `Блокировка: баланс ${moneyText(outgoing)} ниже лимита ${moneyText(limit)}`;
    await changeStatus(tx, act, contract.id, { status: locked, ...period, comment }, { reason: 'debt' });
    count(act, 'locked');
    return;
  }
  const active = followingStatus(settings, suspended, contract.status, 'paid');
  if (!UNLOCKS.has(change.cause) || active === undefined || isInDebt(outgoing, limit + settings.unlockBalanceLimit)) return;
  const due = await advanceFee(tx, act, contract.id, active);
  if (isInDebt(outgoing - due, limit + settings.unlockBalanceLimit)) return;
  const { paymentId } = change;
  const comment = paymentId === undefined ? `Разблокировка: ${WHY[change.cause]}` : `Разблокировка: платёж №${paymentId}`;
  await changeStatus(
    tx,
    act,
    contract.id,
    { status: active, ...period, comment },
    paymentId === undefined ? { reason: 'payment' } : { reason: 'payment', paymentId },
  );
  count(act, 'unlocked');
}

/**
 * Locks and unlocks what a change of money locks and unlocks (spec 2.11), in its transaction: after a payment, a charge or its removal, a limit, an
 * accrual, a transfer of balance. Nothing without an npay instance that manages the contract. Of a dependent member the head's money counts; with
 * processDependentSub all dependent members follow it, one after another, each as far as the money goes. The contract and its payer are locked
 * (`lockContract`), and the money has moved.
 * @param managed what `managedContracts` answers, where it is known since they are locked
 */
export async function reactToMoney(
  tx: Transaction,
  act: Act,
  contractId: number,
  change: MoneyChange,
  managed?: readonly ManagedRow[],
): Promise<void> {
  // The reaction is the server's: what the operator may not see is locked and unlocked all the same.
  const server: Act = { ...act, fence: OPEN_FENCE };
  const handled = new Set<number>();
  for (const contract of managed ?? (await managedContracts(tx, contractId, act.today))) {
    if (handled.has(contract.id)) continue;
    const settings = settingsOf(contract);
    if (!settings || !(await isFor(tx, server, contract, settings))) continue;
    handled.add(contract.id);
    await react(tx, server, contract, settings, change);
  }
}
