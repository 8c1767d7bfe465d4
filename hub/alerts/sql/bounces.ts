import { statement } from '../../core/database/statement.ts';
import { RESULT } from '../result.ts';

/** The newest attempt of a target in a round; `$3` null: of all rounds. */
export const attemptOfRound = statement<{ attempt: number }>(
  'alerts.attemptOfRound',
  `SELECT attempt_id AS attempt FROM alerts_attempt WHERE run_id = $1 AND no = $2 AND of_attempt IS NULL AND ($3::int IS NULL OR round = $3) ORDER BY attempt_id DESC LIMIT 1`,
);

/**
 * What the other attempts of the targets of attempts came to. A doubt about the same address is none any more: what became of one of two copies became of the other.
 */
export const resultsBeside = statement<{ attempt: number; result: number }>(
  'alerts.resultsBeside',
  `SELECT DISTINCT a.attempt_id AS attempt, b.result FROM alerts_attempt a JOIN alerts_attempt b ON b.run_id = a.run_id AND b.no = a.no AND b.attempt_id <> a.attempt_id
   WHERE a.attempt_id = ANY ($1::bigint[]) AND b.result IS NOT NULL AND NOT (b.result = ${RESULT.unknown} AND b.address = a.address)`,
);
