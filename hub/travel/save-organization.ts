import type { Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import type { Caller } from '../core/identity/caller.ts';
import { needObject, requireEverywhere } from './find-object.ts';
import { newOrganizationSchema, type Organization, organizationChangeSchema } from './organization.ts';
import type { Noun } from './save-object.ts';
import { lockOrganizationTree } from './sql/locks.ts';
import { isAbove, organizationTable } from './sql/organizations.ts';
import { originOf } from './static-event.ts';

async function checkParent(
  tx: Transaction,
  caller: Caller,
  { id_Parent: parent, id_Organization: own }: Partial<Organization>,
): Promise<void> {
  if (parent === null || parent === undefined) return;
  await needObject(tx, caller, ORGANIZATIONS, { id: parent, right: 'static.read', lock: 'hold' });
  if (own === undefined) return;
  const [row] = await isAbove(tx, parent, own);
  if (!row?.above) return;
  throw new HubError('VALIDATION', `organization ${parent} stands below organization ${own} and cannot be above it, too`, {
    reason: 'cycle',
    russian: `организация ${parent} подчинена организации ${own} и не может быть вышестоящей`,
    details: [{ code: 'cycle', path: '/id_Parent', message: 'organizations must not form a ring' }],
  });
}

/** Organizations are saved as all static data is; their event is a projection, of no callback kind (spec 2.2). */
export const ORGANIZATIONS: Noun<Organization> = {
  name: 'organization',
  words: { en: 'organization', ru: 'организация' },
  idField: 'id_Organization',
  table: organizationTable,
  fresh: newOrganizationSchema,
  change: organizationChangeSchema,
  async check(tx, caller, next, before) {
    if (before === undefined) requireEverywhere(caller, this.words);
    if (next.id_Parent === (before?.id_Parent ?? null)) return;
    // Two moves at once could close a ring that neither sees.
    await lockOrganizationTree(tx);
    await checkParent(tx, caller, next);
  },
  duplicate: ({ OuterId }) => ({
    en: `an organization with the OuterId ${JSON.stringify(OuterId)} is there already`,
    ru: `организация с внешним идентификатором ${JSON.stringify(OuterId)} уже есть`,
  }),
  eventOf(caller, { action, before, after }) {
    const organization = after ?? before;
    if (organization === undefined || action === 'save') return undefined;
    const { id_Organization, id_Parent, Name, kind, active } = organization;
    return {
      type: 'vestnik.travel.Organization',
      subject: `organization/${id_Organization}`,
      data: { family: 'organization', ...originOf(caller, id_Organization), action, id_Organization, id_Parent, Name, kind, active },
    };
  },
};
