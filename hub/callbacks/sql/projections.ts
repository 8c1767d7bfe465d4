import { statement } from '../../core/database/statement.ts';

export type DictionaryName = { name: string; nameLatin: string | null };

/**
 * Whoever compiles templates for a save holds the names until the commit, and who changes them waits: an endpoint that is just being saved with
 * a name that goes away would otherwise not be warned.
 */
export const holdNames = statement('callbacks.holdNames', 'SELECT pg_advisory_xact_lock_shared(7403921)');
export const lockNames = statement('callbacks.lockNames', 'SELECT pg_advisory_xact_lock(7403921)');

export const dictionaryNamesInScope = statement<DictionaryName>(
  'callbacks.dictionaryNames',
  'SELECT name, name_latin AS "nameLatin" FROM callback_dictionary_name ORDER BY dictionary_id',
);

/** The names that a dictionary had before, when it was known. */
export const takeDictionary = statement<DictionaryName>(
  'callbacks.takeDictionary',
  `WITH before AS (SELECT name, name_latin FROM callback_dictionary_name WHERE dictionary_id = $1),
   written AS (INSERT INTO callback_dictionary_name (dictionary_id, name, name_latin) VALUES ($1, $2, $3)
     ON CONFLICT (dictionary_id) DO UPDATE SET name = EXCLUDED.name, name_latin = EXCLUDED.name_latin)
   SELECT name, name_latin AS "nameLatin" FROM before`,
);

export const dropDictionary = statement<DictionaryName>(
  'callbacks.dropDictionary',
  'DELETE FROM callback_dictionary_name WHERE dictionary_id = $1 RETURNING name, name_latin AS "nameLatin"',
);

export type OrganizationRow = { organizationId: number; name: string; kind: 'agency' | 'client'; parentId: number | null; active: boolean };

const COLUMNS = 'organization_id AS "organizationId", name, kind, parent_id AS "parentId", active';

export const allOrganizations = statement<OrganizationRow>(
  'callbacks.allOrganizations',
  `SELECT ${COLUMNS} FROM callback_organization_name`,
);

export const organizationById = statement<OrganizationRow>(
  'callbacks.organizationById',
  `SELECT ${COLUMNS} FROM callback_organization_name WHERE organization_id = $1`,
);

export const takeOrganization = statement(
  'callbacks.takeOrganization',
  `INSERT INTO callback_organization_name (organization_id, name, kind, parent_id, active) VALUES ($1, $2, $3, $4, $5)
   ON CONFLICT (organization_id) DO UPDATE SET name = EXCLUDED.name, kind = EXCLUDED.kind, parent_id = EXCLUDED.parent_id, active = EXCLUDED.active`,
);

export const dropOrganization = statement(
  'callbacks.dropOrganization',
  'DELETE FROM callback_organization_name WHERE organization_id = $1',
);
