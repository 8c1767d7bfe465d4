import type { Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { audit } from '../core/identity/audit.ts';
import type { Act } from './act.ts';
import { checkOpen } from './check-closed.ts';
import { isHead, isMember } from './contract.ts';
import { OPEN_FENCE } from './fence.ts';
import { findContract, lockContract } from './find-contract.ts';
import { money } from './money.ts';
import { type BalanceChange, type Move, moveMoney, tellDebt } from './move-money.ts';
import { payerOf } from './payer.ts';
import { publishOfContract } from './publish-contract-event.ts';
import { reactToMoney } from './react-to-money.ts';
import { renewFees } from './renew-fees.ts';
import { lockWithPayers } from './sql/accrual.ts';
import { firstMoneyDays } from './sql/contract-archive.ts';
import { becomeHead, becomePlain, memberIds, setFamily } from './sql/contract-records.ts';
import type { ContractRow } from './sql/contracts.ts';
import { dropEmptyMonth, monthSums } from './sql/figures.ts';

/** Where a contract stands among others. */
export interface Family {
  /** The head that it is a member of; 0: none, it is plain. */
  readonly superId: number;
  /** Of a member: 0 dependent, its money is the head's; 1 independent. */
  readonly subMode: 0 | 1;
}

const refuse = (message: string, russian: string): HubError => new HubError('CONFLICT', message, { reason: 'family', russian });

/** Depth is one (spec 2.1): a head is no member, a member no head. @throws HubError CONFLICT */
async function checkDepth(tx: Transaction, contract: ContractRow, head: ContractRow): Promise<void> {
  if (head.id === contract.id) throw refuse('a contract is no member of itself', 'Договор не может быть субдоговором самого себя');
  if (isMember(head))
    throw refuse(`contract ${head.id} is a member itself: a family has depth one`, `Договор «${head.title}» сам является субдоговором`);
  if (isHead(contract) && (await memberIds(tx, contract.id)).length > 0)
    throw refuse(`contract ${contract.id} has members of its own`, `У договора «${contract.title}» есть свои субдоговоры`);
}

/** Moves the rows of a contract in or out of the balance of a payer, month by month. */
async function moveAll(tx: Transaction, act: Act, payer: ContractRow, contractId: number, sign: 1n | -1n): Promise<BalanceChange> {
  const months = await monthSums(tx, contractId);
  const moves = months.map<Move>(({ month, payments, accounts, charges }) => ({
    day: month,
    movement: { payments: sign * money(payments), accounts: sign * money(accounts), charges: sign * money(charges) },
  }));
  const balance = await moveMoney(tx, act, payer, moves);
  if (sign < 0n) for (const { month } of months) await dropEmptyMonth(tx, payer.id, month, contractId);
  return balance;
}

/** The balances of closed months do not change (spec 2.12). */
async function checkMonthsOpen(tx: Transaction, contractId: number): Promise<void> {
  const [first] = await firstMoneyDays(tx, contractId);
  for (const kind of ['payments', 'charges', 'accounts'] as const) {
    const day = first?.[kind];
    if (day) await checkOpen(tx, kind, day);
  }
}

/** The rows go from the balance of the former payer to that of the new one; both are told and looked at, and fees follow the mode of who pays. */
async function movePayer(
  tx: Transaction,
  act: Act,
  former: ContractRow,
  next: ContractRow,
  write: () => Promise<void>,
  id: number,
): Promise<void> {
  await checkMonthsOpen(tx, id);
  const left = await moveAll(tx, act, former, id, -1n);
  await write();
  const came = await moveAll(tx, act, next, id, 1n);
  for (const [payer, change] of [
    [former, left],
    [next, came],
  ] as const)
    if (payer.id !== id || next.id === id) await tellDebt(tx, act, payer, change);
  await renewFees(tx, act, id, { dateFrom: null, dateTo: null });
  for (const payer of [former.id, next.id]) await reactToMoney(tx, act, payer, { cause: 'transfer' });
}

/**
 * Makes a contract a member of a head, lets it leave, or changes whether it has a balance of its own. Its rows stay its own; where another pays from
 * now on they move to that balance, so that a month of a payer stays the sum of the rows that count for it (spec 2.1, 2.15).
 * @throws HubError NOT_FOUND (contract, head), CONFLICT: `family` (depth), `closed_period` (money in a closed period would move)
 */
export async function changeFamily(tx: Transaction, act: Act, contractId: number, wanted: Family): Promise<void> {
  const { superId: formerHead } = await findContract(tx, act, contractId);
  const headId = wanted.superId > 0 ? wanted.superId : 0;
  const subMode = headId > 0 ? wanted.subMode : 0;
  // All at first, heads before members, as everybody does.
  await lockWithPayers(tx, [contractId, headId, Math.max(formerHead, 0)]);
  const contract = await lockContract(tx, act, contractId);
  if (Math.max(contract.superId, 0) !== Math.max(formerHead, 0))
    throw new HubError('CONFLICT', `contract ${contractId} changed its head meanwhile`, {
      reason: 'family',
      russian: 'Договор уже перенесён, повторите',
    });
  if (Math.max(contract.superId, 0) === headId && (headId === 0 || contract.subMode === subMode)) return;
  const head = headId > 0 ? await findContract(tx, act, headId) : undefined;
  if (head) await checkDepth(tx, contract, head);
  const payers = {
    former: await findContract(tx, { fence: OPEN_FENCE }, payerOf(contract)),
    next: subMode === 0 && head ? head : contract,
  };
  const write = async (): Promise<void> => {
    if (headId > 0) await becomeHead(tx, headId);
    await setFamily(tx, contractId, headId, subMode);
    if (isMember(contract) && contract.superId !== headId) await becomePlain(tx, contract.superId);
  };
  if (payers.former.id === payers.next.id) await write();
  else await movePayer(tx, act, payers.former, payers.next, write, contractId);
  const [before, after] = [
    { superId: contract.superId, subMode: contract.subMode },
    { superId: headId, subMode },
  ];
  await audit(tx, act.caller, { action: 'billing.contract.family', object: String(contractId), before, after });
  await publishOfContract(tx, act, contract, 'contract.changed', {
    title: contract.title,
    patternId: contract.patternId,
    dateFrom: contract.dateFrom.toString(),
    dateTo: contract.dateTo?.toString() ?? null,
    changed: after,
    before,
  });
}
