import type { MessageType } from '../../kinds.ts';
import type { LineErrorCode } from '../codec/errors.ts';
import { readNumber } from '../codec/ids.ts';
import { MESSAGE_TYPE } from '../codec.ts';
import { LineRefusal, required } from '../refuse.ts';

const MOST = 999_999_999;

/** The type of a message. @throws LineRefusal ERR_BADSYNTAX for no number, `code` for one of no type (specification of alerts 2.18, 3.11) */
export function requiredMessageType(text: string, code: LineErrorCode): MessageType {
  required(readNumber(text, 0, MOST));
  const type = MESSAGE_TYPE.read(text);
  if (type === undefined) throw new LineRefusal(code);
  return type;
}
