import type { Database } from '../core/database/database.ts';
import type { Queryable, Transaction } from '../core/database/statement.ts';
import type { Act } from './act.ts';
import { type BalanceFigures, isInDebt } from './balance-figures.ts';
import { findContract, lockPayer } from './find-contract.ts';
import type { Money } from './money.ts';
import { readBalance } from './read-balance.ts';

/** How a contract stands today. */
export interface Standing {
  readonly figures: BalanceFigures;
  readonly limit: Money;
  readonly inDebt: boolean;
  readonly status: number;
}

/** How it would stand after a change; fees that the change would take are the difference of `figures.accounts`. */
export interface Outcome {
  readonly before: Standing;
  readonly after: Standing;
}

/** Carries what was found out of a transaction that must not be stored. */
class Undone extends Error {
  readonly outcome: Outcome;

  constructor(outcome: Outcome) {
    super('a preview is not stored');
    this.outcome = outcome;
  }
}

async function standingOf(db: Queryable, act: Act, contractId: number): Promise<Standing> {
  const contract = await findContract(db, act, contractId);
  const figures = await readBalance(db, act, contract, act.today);
  const limit = figures.outgoing - figures.available - figures.reserve;
  return { figures, limit, inDebt: isInDebt(figures.outgoing, limit), status: contract.status };
}

/**
 * What a change would do to a contract's balance, fees and status, without storing it (spec 9.5): the change itself runs, in a transaction that is undone;
 * so the answer is what would happen, unlocking included. Nothing is told or audited. The contract is locked meanwhile.
 * @example await previewOutcome(database, act, 5, (tx, previewed) => savePayment(tx, previewed, { contractId: 5, typeId: 1, sum: 10_000n }))
 * @throws HubError NOT_FOUND, and whatever the change is refused with
 */
export async function previewOutcome(
  database: Pick<Database, 'transaction'>,
  act: Act,
  contractId: number,
  change: (tx: Transaction, act: Act) => Promise<unknown>,
): Promise<Outcome> {
  try {
    return await database.transaction(async (tx) => {
      await lockPayer(tx, act, contractId);
      const before = await standingOf(tx, act, contractId);
      await change(tx, { ...act, preview: true });
      throw new Undone({ before, after: await standingOf(tx, act, contractId) });
    });
  } catch (error) {
    if (error instanceof Undone) return error.outcome;
    throw error;
  }
}
