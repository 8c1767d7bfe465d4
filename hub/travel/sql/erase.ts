import { statement } from '../../core/database/statement.ts';

/**
 * Takes the fragments of a person out of the published events that are still kept; their places, ids and kinds stay, so that no reader's cursor
 * misses anything. The table belongs to core/events; only data of our own types is touched.
 */
export const eraseFragments = statement(
  'travel.eraseFragments',
  `UPDATE event SET data = (data::jsonb || '{"before": "", "after": "", "unrelated": "", "related": null}')::json
   WHERE type LIKE 'vestnik.travel.%' AND data ->> 'family' = 'static' AND data ->> 'id_Person' = $1::text`,
);

/** Takes stored answers of calls about a person away; a repeat is told so. */
export const eraseAnswers = statement(
  'travel.eraseAnswers',
  `UPDATE travel_idempotency SET answer = NULL, status = 410, location = NULL WHERE answer ->> 'id_Person' = $1::text`,
);
