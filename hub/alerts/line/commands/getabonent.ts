import { showLocalPerson } from '../../list-people.ts';
import { answerKept } from '../answer-kept.ts';
import type { LineCommand } from '../call.ts';
import { RIGHT } from '../codec/command.ts';
import { readId } from '../codec/ids.ts';
import { required } from '../refuse.ts';
import { personWords, writePerson } from '../write-person.ts';

const WORDS = personWords('GETABONENT', 'DATA');

export const getAbonent: LineCommand = {
  refusals: { other: 'ERR_GETABONENT' },
  perform(call, [aid = '']) {
    const id = required(readId(aid));
    const { database, kept } = call.context;
    return answerKept(call, kept.people, { id, visible: call.may(RIGHT.directory) }, async (out) => {
      const person = await showLocalPerson(database.work, call.act, id);
      out.line('GETABONENT BEGIN');
      writePerson(out, WORDS, person);
      out.line('GETABONENT END');
    });
  },
};
