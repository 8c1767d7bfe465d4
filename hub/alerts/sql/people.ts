import { statement } from '../../core/database/statement.ts';
import type { LocalPersonRow, PersonRow } from '../person-row.ts';

const PLAIN = `p.person_id AS id, p.group_id AS "groupId", p.remote, p.name, p.priority, p.pin, p.ip_address AS "ipAddress", p.organization,
  p.department, p.rank, p.position, p.description, p.external_id AS "externalId", p.version,
  array_to_string(ARRAY(SELECT left(a.kind, 1) || a.enabled::int || COALESCE(a.phone_type::text, '-') || a.raw
   FROM alerts_address a WHERE a.person_id = p.person_id ORDER BY a.kind, a.place), E'\\n') AS addresses`;
const COLUMNS = `${PLAIN}, p.excluded_begin AS "excludedBegin", p.excluded_end AS "excludedEnd", p.excluded_from AS "excludedFrom",
  p.excluded_until AS "excludedUntil", p.created_at AS "createdAt", p.changed_at AS "changedAt"`;
/** @param zone the parameter with the name of the zone */
const localColumns = (zone: string): string => {
  // Several times faster than to_char; person-row.ts puts the T between day and time.
  const local = (column: string): string => `date_trunc('second', ${column} AT TIME ZONE ${zone})::text`;
  return `${PLAIN}, COALESCE(p.excluded_begin, ${local('p.excluded_from')}) AS "excludedBegin",
  COALESCE(p.excluded_end, ${local('p.excluded_until')}) AS "excludedEnd",
  ${local('p.created_at')} AS "createdLocal", ${local('p.changed_at')} AS "changedLocal"`;
};

export const PERSON_COLUMNS = COLUMNS;

export const personById = statement<PersonRow>('alerts.personById', `SELECT ${COLUMNS} FROM alerts_person p WHERE p.person_id = $1`);

/** Locked one after the other in the order of their ids, as every change of people does. */
export const lockPeople = statement<{ id: number; name: string }>(
  'alerts.lockPeople',
  'SELECT person_id AS id, name FROM alerts_person WHERE person_id = ANY($1::int[]) ORDER BY person_id FOR UPDATE',
);
/** Which of these people there are; they stay until our transaction ends. */
export const holdPeople = statement<{ id: number }>(
  'alerts.holdPeople',
  'SELECT person_id AS id FROM alerts_person WHERE person_id = ANY($1::int[]) ORDER BY person_id FOR KEY SHARE',
);
export const peopleByIds = statement<PersonRow>(
  'alerts.peopleByIds',
  `SELECT ${COLUMNS} FROM alerts_person p WHERE p.person_id = ANY($1::int[]) ORDER BY p.person_id`,
);

export const movePeopleRows = statement<{ id: number }>(
  'alerts.movePeople',
  `UPDATE alerts_person SET group_id = $1, version = version + 1, changed_at = now()
   WHERE person_id = ANY($2::int[]) AND group_id <> $1 RETURNING person_id AS id`,
);
export const deletePeopleRows = statement('alerts.deletePeople', 'DELETE FROM alerts_person WHERE person_id = ANY($1::int[])');

export const newPersonIds = statement<{ id: number }>(
  'alerts.newPersonIds',
  `SELECT nextval(pg_get_serial_sequence('alerts_person', 'person_id'))::int AS id FROM generate_series(1, $1::int)`,
);

/** Columns of a record that is written, and their types in JSON. */
const WRITTEN = `person_id int, group_id int, remote smallint, name text, priority smallint, excluded_begin text, excluded_end text,
  excluded_from timestamptz, excluded_until timestamptz, pin text, ip_address text, organization text, department text, rank text, position text,
  description text, external_id text`;
const NAMES = WRITTEN.replace(/\s+/g, ' ')
  .split(', ')
  .map((column) => column.split(' ')[0] ?? '');
const written = (name: string): string => (name === 'pin' ? "decode(x.pin, 'hex')" : `x."${name}"`);

/** $1 is an array of records as JSON; `pin` in hexadecimal digits. */
export const insertPeople = statement(
  'alerts.insertPeople',
  `INSERT INTO alerts_person (${NAMES.map((name) => `"${name}"`).join(', ')})
   SELECT ${NAMES.map(written).join(', ')} FROM jsonb_to_recordset($1::jsonb) AS x (${WRITTEN.replace(' position ', ' "position" ')})`,
);
export const updatePeople = statement(
  'alerts.updatePeople',
  `UPDATE alerts_person p SET ${NAMES.slice(1)
    .map((name) => `"${name}" = ${written(name)}`)
    .join(', ')}, version = p.version + 1, changed_at = now()
   FROM jsonb_to_recordset($1::jsonb) AS x (${WRITTEN.replace(' position ', ' "position" ')}) WHERE p.person_id = x.person_id`,
);
export const deleteAddresses = statement('alerts.deleteAddresses', 'DELETE FROM alerts_address WHERE person_id = ANY($1::int[])');
/** $1 is an array of records as JSON. */
export const insertAddresses = statement(
  'alerts.insertAddresses',
  `INSERT INTO alerts_address (person_id, kind, place, enabled, raw, normal, phone_type)
   SELECT person_id, kind, place, enabled, raw, normal, phone_type FROM jsonb_to_recordset($1::jsonb)
     AS x (person_id int, kind text, place smallint, enabled boolean, raw text, normal text, phone_type smallint)`,
);

/** Who has one of these external ids. */
export const peopleByExternalIds = statement<{ id: number; externalId: string }>(
  'alerts.peopleByExternalIds',
  'SELECT person_id AS id, external_id AS "externalId" FROM alerts_person WHERE external_id = ANY($1::text[])',
);
/** Who has one of these names in one of these groups; both arrays go together. */
export const peopleByNames = statement<{ id: number; groupId: number; name: string }>(
  'alerts.peopleByNames',
  `SELECT p.person_id AS id, p.group_id AS "groupId", p.name
   FROM unnest($1::int[], $2::text[]) AS w (group_id, name) JOIN alerts_person p ON p.group_id = w.group_id AND p.name = w.name`,
);

/** Groups by their names in any case of letters; `name` as it was asked for. */
export const groupsByNames = statement<{ id: number; name: string }>(
  'alerts.groupsByNames',
  `SELECT g.group_id AS id, w.name FROM unnest($1::text[]) AS w (name) JOIN alerts_group g ON lower(g.name) = lower(w.name)`,
);

/** Whose people: all, those of a group, those who are in a list themselves, or both. */
type Source = 'all' | 'group' | 'list' | 'both';
const SOURCES: Readonly<Record<Source, string>> = {
  all: 'alerts_person p WHERE p.person_id > $1 AND $4::int IS NULL AND $5::int IS NULL',
  group: 'alerts_person p WHERE p.group_id = $4 AND p.person_id > $1 AND $5::int IS NULL',
  list: 'alerts_list_person m JOIN alerts_person p USING (person_id) WHERE m.list_id = $5 AND m.person_id > $1 AND $4::int IS NULL',
  both: 'alerts_list_person m JOIN alerts_person p USING (person_id) WHERE m.list_id = $5 AND m.person_id > $1 AND p.group_id = $4',
};
const localPage = (source: Source) =>
  statement<LocalPersonRow>(
    `alerts.localPeople.${source}`,
    `SELECT ${localColumns('$3::text')} FROM ${SOURCES[source]} ORDER BY ${source === 'list' || source === 'both' ? 'm' : 'p'}.person_id LIMIT $2`,
  );

/** Pages of people behind an id: $1 the id, $2 how many, $3 the zone, $4 the group or null, $5 the list or null. */
export const LOCAL_PEOPLE = {
  all: localPage('all'),
  group: localPage('group'),
  list: localPage('list'),
  both: localPage('both'),
} as const;

/** People of a range of ids: $1 the first, $2 the last, $3 the zone. */
export const localPeopleBetween = statement<LocalPersonRow>(
  'alerts.localPeopleBetween',
  `SELECT ${localColumns('$3::text')} FROM alerts_person p WHERE p.person_id BETWEEN $1 AND $2 ORDER BY p.person_id`,
);

export const localPersonById = statement<LocalPersonRow>(
  'alerts.localPersonById',
  `SELECT ${localColumns('$2::text')} FROM alerts_person p WHERE p.person_id = $1`,
);
