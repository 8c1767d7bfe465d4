import type { LineBlock } from '../call.ts';
import type { PartOf } from '../codec/commands.ts';
import { readId } from '../codec/ids.ts';
import { collectPerson } from '../person-block.ts';
import { required } from '../refuse.ts';

export const updateAbonent: LineBlock = {
  refusals: { unknown_person: 'ERR_GETABONENT', unknown_group: 'ERR_GROUPADDABONENTS', other: 'ERR_BADSYNTAX' },
  openEnded: true,
  begin: (call, params) => collectPerson(call, required(readId((params as PartOf<'UPDATEABONENT', 'BEGIN'>).id))),
};
