import { statement } from '../../core/database/statement.ts';

/** What operators have set, among these keys. */
export const storedSettings = statement<{ key: string; value: unknown }>(
  'alerts.storedSettings',
  'SELECT key, value FROM alerts_setting WHERE key = ANY ($1::text[])',
);
/** $2 as JSON. */
export const putSetting = statement(
  'alerts.putSetting',
  `INSERT INTO alerts_setting (key, value, changed_by) VALUES ($1, $2::jsonb, $3)
   ON CONFLICT (key) DO UPDATE SET value = excluded.value, changed_by = excluded.changed_by, changed_at = now()`,
);
