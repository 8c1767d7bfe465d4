import { showLocalPerson } from '../../list-people.ts';
import type { LineCommand } from '../call.ts';
import { readId } from '../codec/ids.ts';
import { required } from '../refuse.ts';
import { personWords, writePerson } from '../write-person.ts';

const WORDS = personWords('GETABONENT', 'DATA');

export const getAbonent: LineCommand = {
  refusals: { other: 'ERR_GETABONENT' },
  async perform(call, [id = '']) {
    const person = await showLocalPerson(call.context.database.work, call.act, required(readId(id)));
    call.out.line('GETABONENT BEGIN');
    writePerson(call.out, WORDS, person);
    call.out.line('GETABONENT END');
  },
};
