import type { Queryable, Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { audit } from '../core/identity/audit.ts';
import type { Act } from './act.ts';
import { lockContract } from './find-contract.ts';
import { publishOfContract } from './publish-contract-event.ts';
import { SETTERS } from './sql/contract-records.ts';
import { type GroupRow, groupById, holdGroup } from './sql/groups.ts';

function requireGroup(id: number, [group]: readonly GroupRow[]): GroupRow {
  if (!group) throw new HubError('NOT_FOUND', `there is no group ${id}`, { reason: 'group', russian: `Группа не найдена: ${id}` });
  return group;
}

/** @throws HubError NOT_FOUND */
export const findGroup = async (db: Queryable, id: number): Promise<GroupRow> => requireGroup(id, await groupById(db, id));

/**
 * Puts a group on a contract or takes it off.
 * @throws HubError NOT_FOUND (contract, group), CONFLICT (`group`): the group is switched off or not editable
 */
export async function markContract(tx: Transaction, act: Act, contractId: number, groupId: number, marked: boolean): Promise<void> {
  const contract = await lockContract(tx, act, contractId);
  const group = requireGroup(groupId, await holdGroup(tx, groupId));
  if (group.notEditable || (marked && !group.enabled))
    throw new HubError('CONFLICT', `group ${groupId} is ${group.notEditable ? 'not editable' : 'switched off'}`, {
      reason: 'group',
      russian: group.notEditable ? `Группа «${group.title}» не редактируется` : `Группа «${group.title}» отключена`,
    });
  const former = BigInt(contract.groups);
  const bit = 1n << BigInt(groupId);
  const groups = marked ? former | bit : former & ~bit;
  if (groups === former) return;
  await SETTERS.groups(tx, contractId, groups);
  const [before, after] = [former.toString(), groups.toString()];
  await audit(tx, act.caller, {
    action: 'billing.contract.mark',
    object: String(contractId),
    before: { groups: before },
    after: { groups: after },
  });
  await publishOfContract(tx, act, { ...contract, groups: after }, 'contract.group-changed', {
    groupId,
    added: marked,
    groups: after,
    former: before,
  });
}
