import { statement } from '../../database/statement.ts';

export const nextDeliveryId = statement<{ id: number }>('deliveries.nextId', `SELECT nextval('delivery_id') AS id`);

/** A delivery that ended with its only attempt, just now. `$7` how it ended, `$10` how long it took (milliseconds), `$11` the attempt's outcome. */
export const insertEnded = statement(
  'deliveries.insertEnded',
  `WITH log AS (
     INSERT INTO delivery_attempt (engine, delivery, number, target, lane, due_at, begun_at, ended_at, outcome, status, code, hub, facts)
     SELECT $1, $2, 1, $3, 0, begun, begun, now(), $11, $8, $9, $12, $13 FROM (SELECT now() - make_interval(secs => $10::float8 / 1000) AS begun) AS t)
   INSERT INTO delivery (engine, id, target, key, type, ref, extra, state, tries, status, code, created_at, ended_at)
   SELECT $1, $2, $3, $4, $5, $6, $14, $7, 1, $8, $9, now() - make_interval(secs => $10::float8 / 1000), now()`,
);
