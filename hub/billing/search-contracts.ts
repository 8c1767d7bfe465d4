import type { Queryable, Value } from '../core/database/statement.ts';
import type { Act } from './act.ts';
import { type ContractPlace, contractCursor, contractPlace } from './contract-cursor.ts';
import { type ContractConditions, conditionsOf, groupCondition, runSearch } from './find-contracts.ts';
import { monthOf } from './move-balance.ts';
import { CONTRACT_COLUMNS, type ContractRow } from './sql/contracts.ts';
import { PAYER } from './sql/payers.ts';

export type { ContractRow };

/** A contract of a list, with what a list shows beside its record. */
export type FoundContract = ContractRow & {
  statusTitle: string;
  /** Of whoever pays, this month. */
  balance: string;
};

export interface ContractsWanted extends ContractConditions {
  /** Rows of the page. */
  readonly limit: number;
  /** The cursor that the page before answered. */
  readonly after?: string | undefined;
  /** Count them all, too. */
  readonly total?: boolean;
}

export interface ContractsFound {
  readonly items: readonly FoundContract[];
  readonly next: string | null;
  /** Undefined: it was not asked for. */
  readonly total: number | undefined;
}

const ORDER = 'lower(c.title) COLLATE "C", c.contract_id';

/** The statement of one page: which contracts are on it is decided by indexes alone, only then the rest is read. */
export async function pageStatement(
  db: Queryable,
  act: Act,
  wanted: ContractConditions,
  place: ContractPlace | undefined,
  rows: number,
): Promise<{ text: string; values: Value[] }> {
  const { where, values } = await conditionsOf(db, act, wanted);
  const { someOf } = act.fence;
  // A fence of few contracts must be found by its index, too: otherwise a page reads all contracts in vain.
  const fenced = someOf === 0n ? '' : ` AND ${groupCondition(someOf, (value) => `$${values.push(value)}`)}`;
  const behind = place
    ? ` AND (lower(c.title) COLLATE "C", c.contract_id) > (lower($${values.push(place.title)}::text) COLLATE "C", $${values.push(place.id)}::int)`
    : '';
  const month = `$${values.push(monthOf(act.today))}::date`;
  const text = `WITH page AS (SELECT c.contract_id FROM contract c WHERE ${where}${fenced}${behind} ORDER BY ${ORDER} LIMIT ${rows})
    SELECT ${CONTRACT_COLUMNS}, COALESCE(s.title, '') AS "statusTitle",
      COALESCE((SELECT b.incoming + b.payments - b.accounts - b.charges FROM contract_balance b WHERE b.contract_id = ${PAYER} AND b.month <= ${month}
        ORDER BY b.month DESC LIMIT 1), 0.00)::text AS balance
    FROM page JOIN contract c ON c.contract_id = page.contract_id LEFT JOIN billing_status s ON s.status = c.status ORDER BY ${ORDER}`;
  return { text, values };
}

async function countAll(db: Queryable, act: Act, wanted: ContractConditions): Promise<number> {
  const { where, values } = await conditionsOf(db, act, wanted);
  const { rows } = await runSearch<{ count: number }>(db, `SELECT count(*) AS count FROM contract c WHERE ${where}`, values);
  return rows[0]?.count ?? 0;
}

/**
 * Contracts within the fence in the order of their titles, a page at a time (spec 9.1). Pages hang on the last title, not on a count of rows: the
 * thousandth is as fast as the first, and whatever is made or deleted meanwhile no contract is shown twice.
 * @throws HubError BAD_REQUEST (`cursor`, or the condition that is wrong)
 */
export async function searchContracts(db: Queryable, act: Act, wanted: ContractsWanted): Promise<ContractsFound> {
  const { limit } = wanted;
  const { text, values } = await pageStatement(db, act, wanted, contractPlace(wanted.after), limit + 1);
  const { rows } = await runSearch<FoundContract>(db, text, values);
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return {
    items,
    next: rows.length > limit && last ? contractCursor(last) : null,
    total: wanted.total ? await countAll(db, act, wanted) : undefined,
  };
}
