import type { LineCommand } from '../call.ts';
import { changeListMembers } from './change-list-members.ts';

export const listAddAbonents: LineCommand = {
  refusals: { other: 'ERR_LISTADDABONENTS' },
  perform: (call, params) => changeListMembers(call, params, 'add', 'people'),
};
