import { type Queryable, statement } from '../../core/database/statement.ts';

/** A call as the journal keeps it; texts are without secrets. */
export interface NewCall {
  readonly at: Temporal.Instant;
  /** 0: nobody was recognised. */
  readonly operatorId: number;
  readonly login: string;
  readonly protocol: 'action' | 'soap' | 'json';
  /** `PaymentService.paymentGet`, `contract/ContractInfo`; '' when none was found. */
  readonly operation: string;
  /** `ok`, `unsupported`, `not_called` or the code of the error. */
  readonly outcome: string;
  readonly milliseconds: number;
  readonly address: string;
  readonly requestId: string;
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  /** Null: no text. */
  readonly body: string | null;
  /** Bytes of the whole body. */
  readonly size: number;
  /** The body is its beginning. */
  readonly cut: boolean;
  readonly answerStatus: number;
  readonly answerHeaders: readonly (readonly [string, string])[];
  readonly answerBody: string | null;
  readonly answerSize: number;
  readonly answerCut: boolean;
}

const insertCalls = statement(
  'billing.addCalls',
  `INSERT INTO call_journal (at, operator_id, login, protocol, operation, outcome, milliseconds, address, request_id, method, url, headers, body, size,
     cut, answer_status, answer_headers, answer_body, answer_size, answer_cut)
   SELECT * FROM unnest($1::timestamptz[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::float8[], $8::text[], $9::text[], $10::text[],
     $11::text[], $12::json[], $13::text[], $14::bigint[], $15::boolean[], $16::smallint[], $17::json[], $18::text[], $19::bigint[], $20::boolean[])`,
);

/** Notes calls, in their order. */
export async function addCalls(db: Queryable, calls: readonly NewCall[]): Promise<void> {
  const column = <K extends keyof NewCall>(key: K) => calls.map((call) => call[key]);
  const json = (key: 'headers' | 'answerHeaders'): string[] => calls.map((call) => JSON.stringify(call[key]));
  await insertCalls(
    db,
    column('at'),
    column('operatorId'),
    column('login'),
    column('protocol'),
    column('operation'),
    column('outcome'),
    column('milliseconds'),
    column('address'),
    column('requestId'),
    column('method'),
    column('url'),
    json('headers'),
    column('body'),
    column('size'),
    column('cut'),
    column('answerStatus'),
    json('answerHeaders'),
    column('answerBody'),
    column('answerSize'),
    column('answerCut'),
  );
}

export type CallRow = Pick<
  NewCall,
  'at' | 'operatorId' | 'login' | 'protocol' | 'operation' | 'outcome' | 'milliseconds' | 'address' | 'requestId'
> & { id: number };

const CALL = `call_id AS id, at, operator_id AS "operatorId", login, protocol, operation, outcome, milliseconds, address, request_id AS "requestId"`;

/**
 * Calls before the id `$1`, the newest first. Further: `$2` the operator whose calls may be seen, or null for all; `$3` a login, `$4` a protocol, `$5` the
 * beginning of an operation, `$6` whether they failed, `$7` and `$8` between which instants, `$9` a request id (each null: any); `$10` rows.
 */
export const callRows = statement<CallRow>(
  'billing.calls',
  `SELECT ${CALL} FROM call_journal
   WHERE ($1::bigint = 0 OR call_id < $1) AND ($2::int IS NULL OR operator_id = $2) AND ($3::text IS NULL OR login = $3)
     AND ($4::text IS NULL OR protocol = $4) AND ($5::text IS NULL OR starts_with(lower(operation), lower($5)))
     AND ($6::boolean IS NULL OR (outcome <> 'ok') = $6) AND ($7::timestamptz IS NULL OR at >= $7) AND ($8::timestamptz IS NULL OR at < $8)
     AND ($9::text IS NULL OR request_id = $9)
   ORDER BY call_id DESC LIMIT $10`,
);

/** @see callRows for `$2` */
export const callById = statement<NewCall & { id: number }>(
  'billing.callById',
  `SELECT ${CALL}, method, url, headers, body, size, cut, answer_status AS "answerStatus", answer_headers AS "answerHeaders",
     answer_body AS "answerBody", answer_size AS "answerSize", answer_cut AS "answerCut"
   FROM call_journal WHERE call_id = $1 AND ($2::int IS NULL OR operator_id = $2)`,
);

export type IntegrationRow = {
  operatorId: number;
  login: string;
  protocol: NewCall['protocol'];
  calls: number;
  failed: number;
  lastAt: Temporal.Instant;
};

/** Who calls over which protocol, as far as the journal goes back. `$1` as `$2` of callRows. */
export const integrationRows = statement<IntegrationRow>(
  'billing.integrations',
  `SELECT operator_id AS "operatorId", (array_agg(login ORDER BY call_id DESC))[1] AS login, protocol, count(*) AS calls,
     count(*) FILTER (WHERE outcome <> 'ok') AS failed, max(at) AS "lastAt"
   FROM call_journal WHERE $1::int IS NULL OR operator_id = $1 GROUP BY operator_id, protocol ORDER BY 2, protocol`,
);

/** Removes what is older than `$1`, and of each integration what is older than its newest `$2`. */
export const deleteOldCalls = statement<{ deleted: number }>(
  'billing.deleteOldCalls',
  `WITH integration AS (SELECT DISTINCT operator_id, protocol FROM call_journal),
   last AS (
     SELECT i.*, (SELECT j.call_id FROM call_journal j WHERE j.operator_id = i.operator_id AND j.protocol = i.protocol
       ORDER BY j.call_id DESC OFFSET $2 - 1 LIMIT 1) AS call_id FROM integration i),
   gone AS (
     DELETE FROM call_journal j USING last l
     WHERE j.operator_id = l.operator_id AND j.protocol = l.protocol AND (j.at < $1 OR j.call_id < l.call_id) RETURNING 1)
   SELECT count(*) AS deleted FROM gone`,
);
