import { joinParams } from '@vestnik/protocol/line/parameters.ts';
import { encodeWindows1251 } from '@vestnik/protocol/windows1251.ts';
import { misuse } from './exit.ts';
import type { Request } from './session.ts';
import { showWord } from './words.ts';

/** Commands that a password is a parameter of. */
const WITH_PASSWORD: ReadonlySet<string> = new Set(['LOGIN', 'CHECKPASSW', 'USERADD', 'USERCHG']);
const NAME = /^[A-Za-z][A-Za-z0-9]{0,63}$/;

/**
 * A request of one or several lines of words; the command may be written in small letters.
 * @throws LineFault with exit 2 where the first word cannot be a command, or a word has characters that the wire does not have
 */
export function requestOf(lines: readonly (readonly string[])[]): Request {
  const [[first = '', ...params] = []] = lines;
  if (!NAME.test(first))
    throw misuse(
      `"${first}" is no command; commands are letters, such as GETTASKS`,
      `«${first}» не является командой; команда состоит из букв, например GETTASKS`,
    );
  const name = first.toUpperCase();
  const secret = WITH_PASSWORD.has(name);
  for (const line of lines) for (const word of line) requireSendable(word, secret);
  return { name, subject: params[0], lines: lines.map(([, ...rest]) => joinParams([name, ...rest])) };
}

/** A request whose lines are sent as they are, in windows-1251. @throws LineFault with exit 2 for what it does not have */
export function rawRequest(lines: readonly string[]): Request {
  for (const line of lines) requireSendable(line, WITH_PASSWORD.has(line.split(' ', 1)[0] ?? ''));
  const [name = '', subject] = (lines[0] ?? '').split(' ');
  return { name, subject, lines: lines.map((line) => encodeWindows1251(`${line}\r\n`, '?')) };
}

/**
 * The wire has windows-1251 only: what it lacks would arrive as `?` and be stored so.
 * @param secret whether the text may be a password, of which nothing is shown
 * @throws LineFault with exit 2 naming the character
 */
export function requireSendable(text: string, secret = false): void {
  let lost: number | undefined;
  encodeWindows1251(text, (codePoint) => {
    lost ??= codePoint;
    return '?';
  });
  if (lost === undefined) return;
  const sign = `U+${lost.toString(16).toUpperCase().padStart(4, '0')} (${showWord(String.fromCodePoint(lost))})`;
  throw misuse(
    `the line protocol has windows-1251 only and cannot send ${secret ? 'a character of this command' : `the character ${sign}`}. Nothing was sent; right would be another text, or REST`,
    `в строковом протоколе только windows-1251, ${secret ? 'один из символов команды' : `символ ${sign}`} передать нельзя. Ничего не отправлено; нужен другой текст или REST`,
  );
}
