import { changeMessage } from '../../change-message.ts';
import { showMessage } from '../../list-messages.ts';
import type { LineCommand } from '../call.ts';
import { ifPresent } from '../codec/absent.ts';
import { readId } from '../codec/ids.ts';
import { keepUnsendable } from '../codec/keep-unsendable.ts';
import { messageLine } from '../codec/lines/message-lines.ts';
import { required } from '../refuse.ts';
import { requiredMessageType } from './message-type.ts';

export const updateMessage: LineCommand<'UPDATEMESSAGE'> = {
  refusals: { unknown_file: 'ERR_NOFILE', no_file: 'ERR_NOFILE', other: 'ERR_UPDATEMESSAGE' },
  async perform(call, { id: mid, type: kind, name, file, voice, text }) {
    const id = required(readId(mid));
    const sound = ifPresent(file);
    const type = requiredMessageType(kind, 'ERR_UPDATEMESSAGE');
    const message = await call.write(async (tx, act) => {
      const stored = await showMessage(tx, id);
      const change = {
        type,
        name: keepUnsendable(name, stored.name),
        file: sound === undefined ? null : keepUnsendable(sound, stored.file ?? ''),
        voice: keepUnsendable(voice, stored.voice),
        text: keepUnsendable(text, stored.text),
      };
      return changeMessage(tx, act, { id, change });
    });
    messageLine(call.out, call.name, 'OK', message);
  },
};
