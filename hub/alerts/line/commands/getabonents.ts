import { streamPeople } from '../../list-people.ts';
import type { LineCommand } from '../call.ts';
import { abonentsFilter } from '../codec.ts';
import { required } from '../refuse.ts';
import { personWords, writePerson } from '../write-person.ts';

const WORDS = personWords('GETABONENTS', 'DATA');

/** The whole directory comes from pages that are kept encoded; a part of it is read. */
export const getAbonents: LineCommand = {
  async perform(call, params) {
    const { group, list } = required(abonentsFilter(params));
    const { out, context, act } = call;
    const db = context.database.work;
    out.line('GETABONENTS BEGIN');
    if (group === undefined && list === undefined) {
      await call.session.flush();
      for await (const bytes of context.people.all(db, act)) {
        const full = call.session.send(bytes);
        if (full) await full;
      }
    } else {
      for await (const people of streamPeople(db, act, { groupId: group, listId: list })) {
        for (const person of people) {
          writePerson(out, WORDS, person);
          const full = call.piece();
          if (full) await full;
        }
      }
    }
    out.line('GETABONENTS END');
  },
};
