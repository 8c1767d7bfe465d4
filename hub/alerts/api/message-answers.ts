import * as z from 'zod';
import { MESSAGE_TYPE } from '../kinds.ts';
import { type MessageView, messageChange, newMessageInput } from '../message.ts';
import { instant, versionField } from './call.ts';
import { unsendableField, withWarning } from './unsendable.ts';
import { word, wordAnswer, wordOf } from './words.ts';

/** The bodies of REST: as the use cases take them, with words for numbers. */
export const newMessageBody = newMessageInput.extend({ type: word(MESSAGE_TYPE) });
export const messageBody = messageChange.extend({ type: word(MESSAGE_TYPE).optional() });

export const messageAnswer = z.object({
  id: z.int(),
  type: wordAnswer(MESSAGE_TYPE),
  name: z.string(),
  file: z.string().nullable(),
  voice: z.string(),
  text: z.string(),
  length_ms: z.int().nullable(),
  unsendable: unsendableField,
  version: versionField,
  created_at: instant,
  changed_at: instant,
});
export const messageJson = (view: MessageView) => withWarning({ ...view, type: wordOf(MESSAGE_TYPE, view.type) });
