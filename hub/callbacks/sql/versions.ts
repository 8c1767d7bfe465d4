import { statement } from '../../core/database/statement.ts';
import type { EndpointSettings } from '../endpoint.ts';

export type VersionRow = {
  version: number;
  versionId: number;
  settings: EndpointSettings;
  changed: string[];
  newSecrets: string[];
  savedAt: Temporal.Instant;
  savedBy: string;
  savedIn: string;
};

const COLUMNS = `version, version_id AS "versionId", changed, new_secrets AS "newSecrets", saved_at AS "savedAt", saved_by AS "savedBy", saved_in AS "savedIn"`;

/** Of one endpoint, the newest first, before version `$2` (null: from the newest), `$3` rows. */
export const versionPage = statement<Omit<VersionRow, 'settings'>>(
  'callbacks.versionPage',
  `SELECT ${COLUMNS} FROM callback_endpoint_version WHERE endpoint_id = $1 AND ($2::int IS NULL OR version < $2) ORDER BY version DESC LIMIT $3`,
);

export const versionByNumber = statement<VersionRow>(
  'callbacks.versionByNumber',
  `SELECT ${COLUMNS}, settings FROM callback_endpoint_version WHERE endpoint_id = $1 AND version = $2`,
);
