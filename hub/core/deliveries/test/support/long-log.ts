import { type Queryable, run } from '../../../database/statement.ts';
import { type LogQuery, readLog } from '../../log.ts';

/** A log as it is after a long time, for the test of what its pages touch and for `npm run bench -- log`, which times them. */
const TARGETS = 100;
/** Rows of one statement, which has a minute. */
const STEP = 300_000;
const BEGIN = Temporal.Instant.from('2026-01-01T00:00:00Z');
const KNOWN = Array.from({ length: TARGETS }, (_, n) => n + 1);

/** So many ended deliveries, of which one in 500 failed, one in 50,000 with a status of its own, spread over 100 targets and 50,000 keys, ten a second; and a tenth as many that wait. */
export async function fillLog(db: Queryable, rows: number): Promise<void> {
  for (let from = 1; from <= rows; from += STEP) {
    await run(
      db,
      `INSERT INTO delivery (engine, id, target, key, type, ref, extra, state, tries, status, code, created_at, ended_at)
       SELECT 1, n, n % ${TARGETS} + 1, n % 50000 + 1, CASE WHEN n % 3 = 0 THEN 'ReserveIssued' ELSE 'ReserveStateChanged' END, '1-' || n,
         json_build_object('order', n % 50000 + 7), CASE WHEN n % 500 = 0 THEN 'failed' ELSE 'delivered' END, 1,
         CASE WHEN n % 50000 = 0 THEN 418 WHEN n % 500 = 0 THEN 500 ELSE 200 END, CASE WHEN n % 500 = 0 THEN 'status' END,
         t.at, t.at + interval '1 second'
       FROM generate_series(${from}, ${Math.min(from + STEP - 1, rows)}) AS n
       CROSS JOIN LATERAL (SELECT timestamptz '${BEGIN}' + n * interval '100 milliseconds' AS at) AS t`,
    );
  }
  await run(
    db,
    `INSERT INTO delivery_due (engine, target, lane, id, key, type, ref, due_at, tries, known, spent)
     SELECT 1, n % ${TARGETS} + 1, n % 2, ${rows} + n, n % 50000 + 1, 'ReserveStateChanged', '1-' || (${rows} + n), now(), n % 2, n % 2, n % 2
     FROM generate_series(1, ${Math.ceil(rows / 10)}) AS n`,
  );
  await run(db, `SELECT setval('delivery_id', ${rows * 2})`);
  await run(db, 'ANALYZE delivery');
  await run(db, 'ANALYZE delivery_due');
}

/** A page that people ask for. */
export interface LogCase {
  readonly name: string;
  readonly asked: Partial<LogQuery>;
  /** Ids below. */
  readonly before: number | undefined;
}

/** Every filter of the log, at its new end and in the middle of so many rows. */
export function logCases(rows: number): readonly LogCase[] {
  const middle = rows / 2;
  const at = (n: number): Temporal.Instant => BEGIN.add({ milliseconds: n * 100 });
  const hour = { from: at(middle), to: at(middle + 36_000) };
  const page = (name: string, asked: Partial<LogQuery>, before?: number): LogCase => ({ name, asked, before });
  return [
    page('no filter', {}),
    page('no filter, in the middle', {}, middle),
    page('one target', { targets: [7] }),
    page('one target, in the middle', { targets: [7] }, middle),
    page('forty targets', { targets: KNOWN.slice(0, 40) }),
    page('failed of all', { states: ['failed'] }),
    page('failed of one target', { states: ['failed'], targets: [1] }),
    page('a state that none has', { states: ['blocked'] }),
    page('a rare status', { status: 418 }),
    page('a rare status of one target', { status: 418, targets: [1] }),
    page('a code that none has', { code: 'nothing' }),
    page('a type that none has', { types: ['Nothing'] }),
    page('a key', { keys: [77] }),
    page('a key that none has', { keys: [99_999_999] }),
    page('an order of a key', { keys: [77], extra: { name: 'order', value: '83' } }),
    page('an hour in the middle', hour),
    page('an hour in the middle, a status that none has', { ...hour, status: 404 }),
    page('waiting', { states: ['waiting'] }),
    page('held by target', { states: ['held'], held: [5] }),
    page('pending of one target', { states: ['pending'], targets: [8] }),
  ];
}

/** The first 100 rows of a case. */
export const readPage = (db: Queryable, { asked, before }: LogCase) =>
  readLog(db, 'callbacks', { targets: undefined, held: [], holding: [], known: KNOWN, ...asked }, { before, limit: 100 });
