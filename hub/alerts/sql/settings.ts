import { statement } from '../../core/database/statement.ts';

/** Stores a setting where there is none. */
export const keepSetting = statement(
  'alerts.keepSetting',
  'INSERT INTO alerts_setting (key, value, changed_by) VALUES ($1, $2, $3) ON CONFLICT (key) DO NOTHING',
);
export const settingByKey = statement<{ value: unknown }>('alerts.settingByKey', 'SELECT value FROM alerts_setting WHERE key = $1');
