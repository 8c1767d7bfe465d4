import { streamPeople } from '../../list-people.ts';
import type { LineCommand } from '../call.ts';
import { abonentsFilter } from '../codec.ts';
import { required } from '../refuse.ts';
import { personWords, writePerson } from '../write-person.ts';

const WORDS = personWords('GETABONENTS', 'DATA');

export const getAbonents: LineCommand = {
  async perform(call, params) {
    const { group, list } = required(abonentsFilter(params));
    const { out } = call;
    out.line('GETABONENTS BEGIN');
    for await (const people of streamPeople(call.context.database.work, call.act, { groupId: group, listId: list })) {
      for (const person of people) {
        writePerson(out, WORDS, person);
        const full = call.piece();
        if (full) await full;
      }
    }
    out.line('GETABONENTS END');
  },
};
