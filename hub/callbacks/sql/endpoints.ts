import { statement } from '../../core/database/statement.ts';
import type { EndpointSettings } from '../endpoint.ts';
import type { Family } from '../family.ts';

/** Something that happened to an endpoint since its last save. */
export type EndpointWarning = {
  code: 'dictionary_renamed' | 'dictionary_deleted';
  at: string;
  /** The name in the templates. */
  dictionary: string;
  /** Its new name. */
  now?: string;
};

/** An endpoint with its present version. Secrets are `***` in `settings` and sealed in `secrets`. */
export type EndpointRow = {
  endpointId: number;
  family: Family;
  organizationId: number | null;
  name: string;
  enabled: boolean;
  disabledBy: 'user' | 'hub' | null;
  stateReason: string | null;
  stateAt: Temporal.Instant;
  version: number;
  versionId: number;
  warnings: EndpointWarning[];
  settings: EndpointSettings;
  secrets: Buffer | null;
  dictionaries: string[];
  createdAt: Temporal.Instant;
  changedAt: Temporal.Instant;
};

const SELECT = `SELECT e.endpoint_id AS "endpointId", e.family, e.organization_id AS "organizationId", e.name, e.enabled,
    e.disabled_by AS "disabledBy", e.state_reason AS "stateReason", e.state_at AS "stateAt", e.version, v.version_id AS "versionId",
    e.warnings, v.settings, v.secrets, v.dictionaries, e.created_at AS "createdAt", e.changed_at AS "changedAt"
  FROM callback_endpoint e JOIN callback_endpoint_version v ON v.endpoint_id = e.endpoint_id AND v.version = e.version`;

export const endpointById = statement<EndpointRow>('callbacks.endpointById', `${SELECT} WHERE e.endpoint_id = $1 AND e.deleted_at IS NULL`);

/**
 * Locks endpoints until the commit: changes of one follow one another. What is read of them is read by the next statement: a row that was
 * waited for would otherwise be joined with the version of before.
 */
export const lockEndpoints = statement(
  'callbacks.lockEndpoints',
  'SELECT FROM callback_endpoint WHERE endpoint_id = ANY($1) AND deleted_at IS NULL ORDER BY endpoint_id FOR NO KEY UPDATE',
);

/** By id, after `$1`. `$2` owners (null: all), `$3` family, `$4` enabled, `$5` a pattern for the name, `$6` rows. */
export const endpointPage = statement<EndpointRow>(
  'callbacks.endpointPage',
  `${SELECT} WHERE e.deleted_at IS NULL AND e.endpoint_id > $1 AND ($2::bigint[] IS NULL OR e.organization_id = ANY($2))
     AND ($3::text IS NULL OR e.family = $3) AND ($4::boolean IS NULL OR e.enabled = $4) AND ($5::text IS NULL OR e.name ILIKE $5)
   ORDER BY e.endpoint_id LIMIT $6`,
);

/** What the table of live endpoints holds itself against: small, so that only what is new is read whole. */
export const endpointMarks = statement<{
  endpointId: number;
  versionId: number;
  enabled: boolean;
  disabledBy: 'user' | 'hub' | null;
}>(
  'callbacks.endpointMarks',
  `SELECT e.endpoint_id AS "endpointId", v.version_id AS "versionId", e.enabled, e.disabled_by AS "disabledBy"
   FROM callback_endpoint e JOIN callback_endpoint_version v ON v.endpoint_id = e.endpoint_id AND v.version = e.version
   WHERE e.deleted_at IS NULL ORDER BY e.endpoint_id`,
);

export const endpointsByIds = statement<EndpointRow>('callbacks.endpointsByIds', `${SELECT} WHERE e.endpoint_id = ANY($1)`);

/** Endpoints whose templates use one of the names. */
export const usersOfDictionary = statement<{
  endpointId: number;
  organizationId: number | null;
  warnings: EndpointWarning[];
  dictionaries: string[];
}>(
  'callbacks.usersOfDictionary',
  `SELECT e.endpoint_id AS "endpointId", e.organization_id AS "organizationId", e.warnings, v.dictionaries
   FROM callback_endpoint e JOIN callback_endpoint_version v ON v.endpoint_id = e.endpoint_id AND v.version = e.version
   WHERE e.deleted_at IS NULL AND v.dictionaries && $1::text[] ORDER BY e.endpoint_id`,
);

export const insertEndpoint = statement<{ endpointId: number }>(
  'callbacks.insertEndpoint',
  `INSERT INTO callback_endpoint (family, organization_id, name) VALUES ($1, $2, $3) RETURNING endpoint_id AS "endpointId"`,
);

export const insertVersion = statement(
  'callbacks.insertVersion',
  `INSERT INTO callback_endpoint_version (endpoint_id, version, settings, secrets, dictionaries, changed, new_secrets, saved_by, saved_in)
   VALUES ($1, $2, $3::json, $4, $5, $6, $7, $8, $9)`,
);

/** Makes a version the present one; it answers for everything that was warned of before. */
export const setVersion = statement(
  'callbacks.setVersion',
  `UPDATE callback_endpoint SET version = $2, name = $3, warnings = '[]', changed_at = now() WHERE endpoint_id = $1`,
);

export const setEndpointState = statement(
  'callbacks.setEndpointState',
  `UPDATE callback_endpoint SET enabled = $2, disabled_by = $3, state_reason = $4, state_at = now(), changed_at = now() WHERE endpoint_id = $1`,
);

export const setWarnings = statement('callbacks.setWarnings', 'UPDATE callback_endpoint SET warnings = $2::json WHERE endpoint_id = $1');

/** Its secrets are gone with it. */
export const markDeleted = statement(
  'callbacks.markDeleted',
  `WITH endpoint AS (
     UPDATE callback_endpoint SET deleted_at = now(), enabled = false, disabled_by = 'user', changed_at = now() WHERE endpoint_id = $1),
   versions AS (UPDATE callback_endpoint_version SET secrets = NULL WHERE endpoint_id = $1 AND secrets IS NOT NULL)
   DELETE FROM callback_signing_secret WHERE endpoint_id = $1`,
);
