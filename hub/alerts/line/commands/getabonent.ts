import { showLocalPerson } from '../../list-people.ts';
import { answerKept } from '../answer-kept.ts';
import type { LineCommand } from '../call.ts';
import { RIGHT } from '../codec/command.ts';
import { readId } from '../codec/ids.ts';
import { beginLine, endLine } from '../codec/lines/frame.ts';
import { personLines, personWords } from '../codec/lines/person-lines.ts';
import { required } from '../refuse.ts';

const WORDS = personWords('GETABONENT', 'DATA');

export const getAbonent: LineCommand<'GETABONENT'> = {
  refusals: { other: 'ERR_GETABONENT' },
  perform(call, { id: aid }) {
    const id = required(readId(aid));
    const { database, kept } = call.context;
    return answerKept(call, kept.people, { id, visible: call.may(RIGHT.directory) }, async (out) => {
      const person = await showLocalPerson(database.work, call.act, id);
      beginLine(out, call.name);
      personLines(out, WORDS, person);
      endLine(out, call.name);
    });
  },
};
