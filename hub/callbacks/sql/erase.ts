import { statement } from '../../core/database/statement.ts';

export const insertErasure = statement(
  'callbacks.insertErasure',
  `INSERT INTO callback_erasure (person_id, position) VALUES ($1, $2)
   ON CONFLICT (person_id) DO UPDATE SET position = excluded.position, asked_at = now(), passed_at = NULL`,
);

/** Those that were not passed yet, or were and are due for the second pass, `$1` seconds later. */
export const dueErasures = statement<{ personId: number; position: string; again: boolean }>(
  'callbacks.dueErasures',
  `SELECT person_id AS "personId", position, passed_at IS NOT NULL AS again FROM callback_erasure
   WHERE passed_at IS NULL OR passed_at < now() - make_interval(secs => $1) ORDER BY asked_at LIMIT 20`,
);

export const passErasure = statement('callbacks.passErasure', 'UPDATE callback_erasure SET passed_at = now() WHERE person_id = $1');

export const endErasure = statement('callbacks.endErasure', 'DELETE FROM callback_erasure WHERE person_id = $1');

export const lockBody = statement<{ sealed: Buffer }>('callbacks.lockBody', 'SELECT sealed FROM callback_body WHERE block = $1 FOR UPDATE');

export const replaceBody = statement('callbacks.replaceBody', 'UPDATE callback_body SET sealed = $2 WHERE block = $1');
