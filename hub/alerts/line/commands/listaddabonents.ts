import type { LineCommand } from '../call.ts';
import { changeListMembers } from './change-list-members.ts';

export const listAddAbonents: LineCommand<'LISTADDABONENTS'> = {
  refusals: { other: 'ERR_LISTADDABONENTS' },
  perform: (call, { lid, ids }) => changeListMembers(call, lid, ids, 'add', 'people'),
};
