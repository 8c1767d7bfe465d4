import type { Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { audit } from '../core/identity/audit.ts';
import type { Act } from './act.ts';
import { badValue, checkText } from './bad-value.ts';
import { lockPayer, type PaidContract } from './find-contract.ts';
import { type Money, money, moneyText } from './money.ts';
import { monthBalance, outgoingOf } from './move-balance.ts';
import { tellDebt } from './move-money.ts';
import { publishOfContract } from './publish-contract-event.ts';
import { reactToMoney } from './react-to-money.ts';
import { endLimitPlan, insertLimitLog, insertLimitPlan, type LimitPlanRow, limitPlan, setLimit } from './sql/limits.ts';

/*
 * The return that a temporary limit plans: planned -> done (its day came), canceled (by an operator, or by a limit for good), replaced (by another
 * temporary limit, which keeps its value). At most one of a contract is planned (spec 2.7).
 */

const LONGEST_COMMENT = 1_000;
const MOST_DAYS = 3_660;

/** A limit and how long it holds. */
interface NewLimit {
  readonly limit: Money;
  readonly comment: string;
  /** Of a temporary one: days and the day of the return. */
  readonly days?: number;
  readonly until?: Temporal.PlainDate;
}

/**
 * Writes a limit, its log, event and audit, then looks whether the contract is in debt by it and what that unlocks or locks. Of a dependent member the
 * limit is kept and counts once it is independent: until then the head's does.
 */
async function write(
  tx: Transaction,
  act: Act,
  { contract, payer }: PaidContract,
  { limit, comment, days, until }: NewLimit,
): Promise<void> {
  const [text, former] = [moneyText(limit), contract.balanceLimit];
  await setLimit(tx, contract.id, text, act.now);
  await insertLimitLog(tx, contract.id, text, comment, days ?? null, act.operatorId || null, act.caller.login, act.now);
  const untilText = until?.toString() ?? null;
  if (text !== former || until)
    await publishOfContract(tx, act, contract, 'contract.limit-changed', { limit: text, former, until: untilText });
  await audit(tx, act.caller, {
    action: 'billing.limit.set',
    object: String(contract.id),
    before: { limit: former },
    after: { limit: text, until: untilText, comment },
  });
  if (payer.id !== contract.id || text === former) return;
  const outgoing = outgoingOf(await monthBalance(tx, contract.id, act.today));
  await tellDebt(tx, act, { ...contract, balanceLimit: text }, { before: outgoing, after: outgoing }, former);
  await reactToMoney(tx, act, contract.id, { cause: 'limit' });
}

const endPlan = async (tx: Transaction, plan: LimitPlanRow | undefined, state: 'done' | 'canceled' | 'replaced'): Promise<void> => {
  if (plan) await endLimitPlan(tx, plan.id, state);
};

const checkComment = (comment: string | undefined): string => checkText('comment', comment ?? '', LONGEST_COMMENT);

/**
 * Sets the limit for good (spec 2.7); a planned return is canceled.
 * @throws HubError NOT_FOUND, BAD_REQUEST
 */
export async function setContractLimit(tx: Transaction, act: Act, contractId: number, limit: Money, comment?: string): Promise<void> {
  const paid = await lockPayer(tx, act, contractId);
  const [plan] = await limitPlan(tx, contractId);
  await endPlan(tx, plan, 'canceled');
  await write(tx, act, paid, { limit, comment: checkComment(comment) });
}

/**
 * Sets the limit for some days and plans the return to what it was before the first of such limits (spec 2.7).
 * @param days after so many days it returns: 1 is tomorrow
 * @throws HubError NOT_FOUND, BAD_REQUEST (`period`: 1 to 3,660 days)
 */
export async function setTemporaryLimit(
  tx: Transaction,
  act: Act,
  contractId: number,
  limit: Money,
  days: number,
  comment?: string,
): Promise<void> {
  if (!Number.isSafeInteger(days) || days < 1 || days > MOST_DAYS)
    throw badValue('period', `${days} is no number of days from 1 to ${MOST_DAYS}`, `ожидается число дней от 1 до ${MOST_DAYS}`);
  const paid = await lockPayer(tx, act, contractId);
  const [plan] = await limitPlan(tx, contractId);
  const until = act.today.add({ days });
  await endPlan(tx, plan, 'replaced');
  await insertLimitPlan(
    tx,
    contractId,
    plan?.value ?? paid.contract.balanceLimit,
    until,
    act.operatorId || null,
    act.caller.login,
    act.now,
  );
  await write(tx, act, paid, { limit, comment: checkComment(comment), days, until });
}

/**
 * Cancels a planned return: the present limit stays.
 * @throws HubError NOT_FOUND: the contract, or no such return is planned for it
 */
export async function cancelLimitPlan(tx: Transaction, act: Act, contractId: number, planId: number): Promise<void> {
  await lockPayer(tx, act, contractId);
  const [plan] = await limitPlan(tx, contractId);
  if (plan?.id !== planId)
    throw new HubError('NOT_FOUND', `contract ${contractId} has no planned return ${planId} of its limit`, {
      reason: 'limit_plan',
      russian: `Запланированный возврат лимита не найден: ${planId}`,
    });
  await endPlan(tx, plan, 'canceled');
  await audit(tx, act.caller, {
    action: 'billing.limit.cancel-plan',
    object: String(contractId),
    before: { limit: plan.value, due: plan.dueOn.toString() },
  });
}

/** Returns a limit whose day has come. @returns false when the plan was ended meanwhile */
export async function returnLimit(tx: Transaction, act: Act, contractId: number): Promise<boolean> {
  const paid = await lockPayer(tx, act, contractId);
  const [plan] = await limitPlan(tx, contractId);
  if (!plan || Temporal.PlainDate.compare(plan.dueOn, act.today) > 0) return false;
  await endPlan(tx, plan, 'done');
  await write(tx, act, paid, { limit: money(plan.value), comment: 'Возврат временного лимита' });
  return true;
}
