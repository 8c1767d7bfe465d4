import type { LineBlock } from '../call.ts';
import { readId } from '../codec/ids.ts';
import { collectPerson } from '../person-block.ts';
import { required } from '../refuse.ts';

export const updateAbonent: LineBlock = {
  refusals: { unknown_person: 'ERR_GETABONENT', unknown_group: 'ERR_GROUPADDABONENTS', other: 'ERR_BADSYNTAX' },
  openEnded: true,
  begin: (call, [id = '']) => collectPerson(call, required(readId(id))),
};
