import type { LineCommand } from '../call.ts';
import { changeListMembers } from './change-list-members.ts';

/** Its errors have the code of adding and the words of deleting, as the source prints them. */
export const listDelGroups: LineCommand<'LISTDELGROUPS'> = {
  refusals: { other: 'ERR_LISTADDGROUPS' },
  form: 'deletion',
  perform: (call, { lid, gids }) => changeListMembers(call, lid, gids, 'remove', 'groups'),
};
