import { joinParams } from '@vestnik/protocol/line/parameters.ts';
import { encodeWindows1251 } from '@vestnik/protocol/windows1251.ts';
import { misuse } from './exit.ts';
import type { Request } from './session.ts';

const NAME = /^[A-Za-z][A-Za-z0-9]{0,63}$/;

/**
 * A request of one or several lines of words; the command may be written in small letters.
 * @throws LineFault with exit 2 where the first word cannot be a command
 */
export function requestOf(lines: readonly (readonly string[])[]): Request {
  const [[first = '', ...params] = []] = lines;
  if (!NAME.test(first))
    throw misuse(
      `"${first}" is no command; commands are letters, such as GETTASKS`,
      `«${first}» не является командой; команда состоит из букв, например GETTASKS`,
    );
  const name = first.toUpperCase();
  return { name, subject: params[0], lines: lines.map(([, ...rest]) => joinParams([name, ...rest])) };
}

/** A request whose lines are sent as they are, in windows-1251. */
export function rawRequest(lines: readonly string[]): Request {
  const [name = '', subject] = (lines[0] ?? '').split(' ');
  return { name, subject, lines: lines.map((line) => encodeWindows1251(`${line}\r\n`, '?')) };
}
