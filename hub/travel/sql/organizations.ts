import { statement } from '../../core/database/statement.ts';
import type { Organization } from '../organization.ts';
import { type Stored, tableOf } from './table.ts';

export const organizationTable = tableOf<Organization>({
  name: 'organization',
  table: 'travel_organization',
  id: ['id_Organization', 'organization_id'],
  columns: {
    Name: 'name',
    NameLatin: 'name_latin',
    OuterId: 'outer_id',
    kind: 'kind',
    id_Parent: 'parent_id',
    authorization: 'authorization_rule',
    on_time_limit: 'on_time_limit',
    active: 'active',
  },
  organization: 't.organization_id',
});

/** A page by id. `$1` scope (null: all), `$2` kind, `$3` OuterId, `$4` the organization above, `$5` id of the last one seen, `$6` rows. */
export const listOrganizations = statement<Organization & Stored>(
  'travel.organization.list',
  `${organizationTable.select}
   WHERE ($1::bigint[] IS NULL OR t.organization_id = ANY($1)) AND ($2::text IS NULL OR t.kind = $2) AND ($3::text IS NULL OR t.outer_id = $3)
     AND ($4::bigint IS NULL OR t.parent_id = $4) AND t.organization_id > $5 ORDER BY t.organization_id LIMIT $6`,
);

/** Whether `$2` is `$1` or stands somewhere above it. */
export const isAbove = statement<{ above: boolean }>(
  'travel.organization.isAbove',
  `WITH RECURSIVE above (id) AS (
     SELECT $1::bigint UNION SELECT o.parent_id FROM travel_organization o JOIN above a ON o.organization_id = a.id WHERE o.parent_id IS NOT NULL)
   SELECT EXISTS (SELECT FROM above WHERE id = $2) AS above`,
);

/** What keeps an organization from being deleted, besides trips, which refer to it by a foreign key. */
export const organizationUse = statement<{ persons: boolean; children: boolean }>(
  'travel.organization.use',
  `SELECT EXISTS (SELECT FROM travel_person WHERE organization_id = $1) AS persons,
     EXISTS (SELECT FROM travel_organization WHERE parent_id = $1) AS children`,
);

/** By its natural key, for imports. */
export const organizationByOuterId = statement<{ id: number }>(
  'travel.organization.byOuterId',
  'SELECT organization_id AS id FROM travel_organization WHERE outer_id = $1',
);
