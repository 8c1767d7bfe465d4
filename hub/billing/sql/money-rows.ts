import { statement } from '../../core/database/statement.ts';
import { fenceCondition } from '../fence.ts';
import { movingParts, outgoingUpTo } from './balances.ts';
import { type ManagedRow, managedOf } from './managed-contracts.ts';

/** A payment or a charge as it is stored. */
export type MoneyRow = {
  id: number;
  contractId: number;
  contractTitle: string;
  typeId: number;
  typeTitle: string;
  /** May be changed by hand. */
  editable: boolean;
  /** Of a charge: its type is a payback. */
  payback: boolean;
  day: Temporal.PlainDate;
  sum: string;
  comment: string;
  operatorId: number | null;
  login: string;
  /** The operator's name as people know it. */
  userName: string;
  changedAt: Temporal.Instant;
  externalId: string | null;
  externalSource: string | null;
};

/** What is told of a type when a row of it is written; `closed`: the last closed day of the kinds asked for. */
export type TypeCheck = { title: string; isClass: boolean; editable: boolean; closed: Temporal.PlainDate | null };

/** `ids` in the order of the rows; `outgoing`: the payer's balance of the present month before, null where nothing ever moved; `managed`: `managedContracts`. */
export type CreatedMoney = TypeCheck & { ids: number[]; outgoing: string | null; managed: ManagedRow[] };

export type MoneyKind = 'payment' | 'charge';

function kindOf(kind: MoneyKind) {
  const isPayment = kind === 'payment';
  return {
    /** The columns of a `MoneyRow` of the row `m`. */
    select: `m.${kind}_id AS id, m.contract_id AS "contractId", c.title AS "contractTitle", m.type_id AS "typeId", t.title AS "typeTitle", t.editable,
      ${isPayment ? 'false' : 't.payback'} AS payback, m.day, m.sum::text, m.comment, m.operator_id AS "operatorId", m.login,
      COALESCE(o.display_name, m.login) AS "userName", m.changed_at AS "changedAt",
      ${isPayment ? 'm.external_id' : 'NULL::text'} AS "externalId", ${isPayment ? 'm.external_source' : 'NULL::text'} AS "externalSource"`,
    /** What they come from besides it: the type `t`, the contract `c`, the operator. */
    joins: `JOIN ${kind}_type t USING (type_id) JOIN contract c USING (contract_id) LEFT JOIN operator o ON o.operator_id = m.operator_id`,
  };
}

export const MONEY_KINDS: Readonly<Record<MoneyKind, ReturnType<typeof kindOf>>> = { payment: kindOf('payment'), charge: kindOf('charge') };

function moneyTable(kind: MoneyKind) {
  const isPayment = kind === 'payment';
  const [table, types, id] = [`contract_${kind}`, `${kind}_type`, `${kind}_id`];
  const wanted = `m.contract_id = ANY ($1::int[]) AND ($2::date IS NULL OR m.day >= $2) AND ($3::date IS NULL OR m.day <= $3)
         AND ($5::int = 0 OR m.type_id = $5)`;
  const select = `SELECT ${MONEY_KINDS[kind].select} FROM ${table} m ${MONEY_KINDS[kind].joins}`;
  const external = isPayment ? ', external_source, external_id' : '';
  return {
    /** A row by its number, within the fence `$2` to `$4`. */
    byId: statement<MoneyRow>(`billing.${kind}.byId`, `${select} WHERE m.${id} = $1 AND ${fenceCondition(2)}`),
    /** Rows of the contracts `$1` from `$2` to `$3` (null: open), at most `$4`, oldest first; `$5` of one type only, 0: of all. */
    list: statement<MoneyRow>(
      `billing.${kind}.list`,
      `${select} WHERE ${wanted}
       ORDER BY m.day, m.${id} LIMIT $4`,
    ),
    /** Ids of the same rows in the same order, and their sum. */
    ids: statement<{ ids: number[]; total: string }>(
      `billing.${kind}.ids`,
      `SELECT COALESCE(array_agg(w.id ORDER BY w.day, w.id), '{}') AS ids, COALESCE(sum(w.sum), 0)::text AS total
       FROM (SELECT m.${id} AS id, m.day, m.sum FROM ${table} m WHERE ${wanted} ORDER BY m.day, m.${id} LIMIT $4) w`,
    ),
    /** The rows `$1`, in no order; they were found by a statement that knows the fence. */
    byIds: statement<MoneyRow>(`billing.${kind}.byIds`, `${select} WHERE m.${id} = ANY ($1::bigint[])`),
    /** `$1` type, `$2` kinds of closed dates. */
    check: statement<TypeCheck>(
      `billing.${kind}.check`,
      `SELECT title, is_class AS "isClass", editable, (SELECT max(day) FROM closed_date WHERE type_id = ANY ($2::int[])) AS closed FROM ${types} WHERE type_id = $1`,
    ),
    /**
     * All of a new payment or charge but what is told of it, in one answer: its type as `check` tells it, the rows, and the payer's balance. Nothing is written
     * where the type may not be used or the day is closed. `$1` and `$2` contracts and sums of the rows; `$3` type, `$4` day, `$5` comment, `$6` operator,
     * `$7` login, `$8` time; `$9` payer, which is locked, `$10` month and `$11` sum of all; `$12` kinds of closed dates; `$13` whether by hand; `$14` the contract
     * that is asked for, `$15` today; of a payment `$16` and `$17`: source and external id.
     */
    create: statement<CreatedMoney>(
      `billing.${kind}.create`,
      `WITH type AS (
         SELECT title, is_class, editable, (SELECT max(day) FROM closed_date WHERE type_id = ANY ($12::int[])) AS closed FROM ${types} WHERE type_id = $3),
       usable AS (SELECT FROM type WHERE NOT is_class AND (editable OR NOT $13::boolean) AND (closed IS NULL OR closed < $4::date)),
       made AS (
         INSERT INTO ${table} (contract_id, type_id, day, sum, comment, operator_id, login, changed_at${external})
         SELECT r.contract_id, $3, $4, r.sum, $5::text, $6::int, $7::text, $8::timestamptz${isPayment ? ', $16::text, $17::text' : ''}
         FROM usable CROSS JOIN unnest($1::int[], $2::numeric[]) WITH ORDINALITY AS r (contract_id, sum, place) ORDER BY r.place RETURNING ${id} AS id),
       ${movingParts({
         contract: '$9::int',
         month: '$10::date',
         payments: isPayment ? '$11::numeric' : '0',
         accounts: '0',
         charges: isPayment ? '0' : '$11::numeric',
         only: 'usable',
       })}
       SELECT title, is_class AS "isClass", editable, closed, ARRAY (SELECT id FROM made ORDER BY id) AS ids,
         (${outgoingUpTo('$9', "date_trunc('month', $15::date)::date")}) AS outgoing,
         (SELECT COALESCE(json_agg(m), '[]') FROM (${managedOf('$14::int', '$15::date')}) AS m) AS managed
       FROM type`,
    ),
    /** `$1` row; the rest as it is inserted, without the contract. */
    update: statement(
      `billing.${kind}.update`,
      `UPDATE ${table} SET type_id = $2, day = $3, sum = $4, comment = $5, operator_id = $6, login = $7, changed_at = $8, version = version + 1 WHERE ${id} = $1`,
    ),
    /** Moves a row into the archive. `$2` operator, `$3` login, `$4` time. */
    remove: statement(
      `billing.${kind}.remove`,
      `WITH gone AS (DELETE FROM ${table} WHERE ${id} = $1 RETURNING *)
       INSERT INTO money_archive (kind, row_id, contract_id, record, operator_id, login, deleted_at)
       SELECT '${kind}', ${id}, contract_id, row_to_json(gone), $2, $3, $4 FROM gone`,
    ),
  };
}

export type MoneyTable = ReturnType<typeof moneyTable>;
export const paymentTable = moneyTable('payment');
export const chargeTable = moneyTable('charge');
