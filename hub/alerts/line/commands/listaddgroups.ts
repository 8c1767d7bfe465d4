import type { LineCommand } from '../call.ts';
import { changeListMembers } from './change-list-members.ts';

export const listAddGroups: LineCommand = {
  refusals: { other: 'ERR_LISTADDGROUPS' },
  perform: (call, params) => changeListMembers(call, params, 'add', 'groups'),
};
