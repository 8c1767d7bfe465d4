import { badValue } from '../bad-value.ts';
import type { Binding } from '../catalogue/descriptor.ts';
import { findGroup } from '../mark-contract.ts';
import { saveGroup } from '../save-group.ts';
import { type GroupRow, groupRows } from '../sql/groups.ts';

const groupBean = ({ id, title, enabled, notEditable }: GroupRow): Omit<GroupRow, 'comment'> => ({ id, title, enabled, notEditable });

const byTitle = (a: GroupRow, b: GroupRow): number => a.title.localeCompare(b.title, 'ru') || a.id - b.id;

/** Groups of contracts (catalogue 4.1). */
export const contractGroupService: Binding = {
  service: 'ContractGroupService',
  operations: {
    /** `all`: those that are switched off, too. `order`: `title`, otherwise by number. */
    async contractGroupList(call, { all, order }: { all: boolean; order: string | null }) {
      const rows = (await groupRows(call.db)).filter(({ enabled }) => all || enabled);
      return (order === 'title' ? rows.toSorted(byTitle) : rows).map(groupBean);
    },
    contractGroupGet: async (call, { id }: { id: number }) => groupBean(await findGroup(call.db, id)),
    async contractGroupUpdate(
      call,
      { contractGroup: group }: { contractGroup: { id: number; title: string | null; enabled: boolean; notEditable: boolean } | null },
    ) {
      if (!group) throw badValue('contractGroup', 'the group is needed', 'не указана группа');
      const { id, title, enabled, notEditable } = group;
      await saveGroup(call.tx, call, { id, title: title ?? '', enabled, notEditable });
    },
  },
};
