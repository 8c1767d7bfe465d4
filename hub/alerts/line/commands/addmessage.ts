import { addMessage as add } from '../../add-message.ts';
import type { LineCommand } from '../call.ts';
import { ifPresent } from '../codec/absent.ts';
import { messageLine } from '../codec/lines/message-lines.ts';
import { requiredMessageType } from './message-type.ts';

export const addMessage: LineCommand<'ADDMESSAGE'> = {
  refusals: { unknown_file: 'ERR_NOFILE', no_file: 'ERR_NOFILE', no_licence: 'ERR_NOHASP', other: 'ERR_ADDMESSAGE' },
  async perform(call, { type: kind, name, file, voice, text }) {
    const type = requiredMessageType(kind, 'ERR_ADDMESSAGE');
    const message = await call.write((tx, act) => add(tx, act, { type, name, file: ifPresent(file) ?? null, voice, text }));
    messageLine(call.out, call.name, 'OK', message);
  },
};
