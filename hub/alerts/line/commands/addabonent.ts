import type { LineBlock } from '../call.ts';
import { collectPerson } from '../person-block.ts';

export const addAbonent: LineBlock = {
  refusals: { unknown_group: 'ERR_GROUPADDABONENTS', other: 'ERR_BADSYNTAX' },
  openEnded: true,
  begin: (call) => collectPerson(call, undefined),
};
