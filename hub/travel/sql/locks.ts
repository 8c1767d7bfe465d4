import { statement } from '../../core/database/statement.ts';

/** Locks until the commit under which rings are looked for: two changes at once could close one that neither sees. */
export const lockOrganizationTree = statement(
  'travel.lockOrganizationTree',
  "SELECT pg_advisory_xact_lock(hashtext('travel.organization-tree'))",
);
export const lockCodeTree = statement('travel.lockCodeTree', "SELECT pg_advisory_xact_lock(hashtext('travel.code-tree'))");
