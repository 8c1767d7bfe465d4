import { TOO_LONG } from '@vestnik/protocol/line/line-reader.ts';
import { splitParams } from '@vestnik/protocol/line/parameters.ts';
import { type FoundCommand, findCommand, refusedName } from './codec/commands.ts';

/** A line as it came, before anything of it is checked but its form. */
export interface Request {
  /** The command it means; undefined for an unknown one. */
  readonly found: FoundCommand | undefined;
  /** Behind the command, the parameter that stuck to it included. */
  readonly params: readonly string[];
  /** The name under which it is answered. */
  readonly name: string;
  /** It is none: longer than allowed, or a byte stands in it that may not. */
  readonly broken: boolean;
}

const SPACE = 0x20;
const PERCENT = 0x25;
const TOO_LONG_REQUEST: Request = { found: undefined, params: [], name: 'UNKNOWN', broken: true };

/** Takes a line apart (specification of alerts 2.3 to 2.11, 2.19). */
export function readRequest(line: Uint8Array | typeof TOO_LONG): Request {
  if (line === TOO_LONG) return TOO_LONG_REQUEST;
  const words = splitParams(line);
  const broken = 'fault' in words;
  const word = broken ? words.word : (words[0] ?? '');
  // Parameters may be escaped; a command has capital letters only.
  const percent = line.indexOf(PERCENT);
  if (percent >= 0 && !line.subarray(0, percent).includes(SPACE)) return { found: undefined, params: [], name: 'UNKNOWN', broken };
  const found = findCommand(word);
  const name = found?.spelling ?? refusedName(word);
  if (broken) return { found, params: [], name, broken };
  const params = words.slice(1);
  return { found, params: found?.attached === undefined ? params : [found.attached, ...params], name, broken };
}
