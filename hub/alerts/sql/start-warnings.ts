import { statement } from '../../core/database/statement.ts';
import { RESULT } from '../result.ts';

/** Whom a run that has just been made cannot reach, or not to the end: `$1` run, `$2` whether people are asked for their PINs. */
export const startWarnings = statement<{ withoutAddress: number; withoutPin: number }>(
  'alerts.startWarnings',
  `SELECT (SELECT COALESCE(sum(count), 0)::int FROM alerts_run_count WHERE run_id = $1 AND result = ${RESULT.noAddress}) AS "withoutAddress",
     CASE WHEN $2::bool THEN (
       SELECT count(*)::int FROM alerts_target t JOIN alerts_person p USING (person_id) WHERE t.run_id = $1 AND t.state <> 'f' AND p.pin IS NULL)
     ELSE 0 END AS "withoutPin"`,
);
