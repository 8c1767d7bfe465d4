import type { MessageView } from '../message.ts';
import { MESSAGE_TYPE } from './codec.ts';

/** The 7 values of a message (specification of alerts 3.6). */
export const messageValues = ({ id, type, name, file, voice, length_ms: length, text }: MessageView): (string | number)[] => [
  id,
  MESSAGE_TYPE.write(type),
  name,
  file ?? '',
  voice,
  length ?? '',
  text,
];
