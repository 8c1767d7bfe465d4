import type { LineCommand } from '../call.ts';
import { changeListMembers } from './change-list-members.ts';

/** Its errors have the code of adding and the words of deleting, as the source prints them. */
export const listDelGroups: LineCommand = {
  refusals: { other: 'ERR_LISTADDGROUPS' },
  form: 'deletion',
  perform: (call, params) => changeListMembers(call, params, 'remove', 'groups'),
};
