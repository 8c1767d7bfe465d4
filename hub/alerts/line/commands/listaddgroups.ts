import type { LineCommand } from '../call.ts';
import { changeListMembers } from './change-list-members.ts';

export const listAddGroups: LineCommand<'LISTADDGROUPS'> = {
  refusals: { other: 'ERR_LISTADDGROUPS' },
  perform: (call, { lid, gids }) => changeListMembers(call, lid, gids, 'add', 'groups'),
};
