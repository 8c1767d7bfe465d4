import type { LineCommand } from '../call.ts';
import { changeListMembers } from './change-list-members.ts';

/** Its errors have the code of adding and the words of deleting, as the source prints them. */
export const listDelAbonents: LineCommand<'LISTDELABONENTS'> = {
  refusals: { other: 'ERR_LISTADDABONENTS' },
  form: 'deletion',
  perform: (call, { lid, ids }) => changeListMembers(call, lid, ids, 'remove', 'people'),
};
