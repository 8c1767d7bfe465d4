import { misuse } from './exit.ts';

const WORD = /"((?:[^"\\]|\\.)*)"(?= |$)|([^ "][^ ]*)/y;
const NAMED: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/**
 * Splits a line as people write it: words between spaces; in double quotes a word may hold spaces or be empty, and `\"`, `\\`, `\n`, `\r`, `\t`
 * and `\xNN` stand for characters.
 * @example splitWords('ADDGROUP "Цех 2" ""') // ['ADDGROUP', 'Цех 2', '']
 * @throws LineFault with exit 2 for quotes that do not end
 */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  let at = 0;
  while (at < line.length) {
    if (line[at] === ' ' || line[at] === '\t') {
      at += 1;
      continue;
    }
    WORD.lastIndex = at;
    const found = WORD.exec(line);
    if (!found) {
      throw misuse(
        `the quotes do not end right at column ${at + 1}; right would be "Цех 2", and \\" for a quote inside`,
        `кавычки закрыты неверно, позиция ${at + 1}; правильно: "Цех 2", а кавычка внутри пишется \\"`,
      );
    }
    words.push(found[1] === undefined ? found[2]! : unquote(found[1]));
    at = WORD.lastIndex;
  }
  return words;
}

/** Writes a word so that `splitWords` reads it, and so that no character of it can steer a terminal. */
export function showWord(word: string): string {
  if (word !== '' && !/[\s"\\\p{C}]/u.test(word)) return word;
  return `"${word.replace(/["\\]/g, '\\$&').replace(/[\p{C}\p{Zl}\p{Zp}]/gu, showControl)}"`;
}

function showControl(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const name = Object.keys(NAMED).find((one) => NAMED[one] === character);
  if (name !== undefined) return `\\${name}`;
  return code > 0xff ? '?' : `\\x${code.toString(16).padStart(2, '0')}`;
}

function unquote(text: string): string {
  return text.replace(/\\(?:x([0-9a-fA-F]{2})|(.))/gs, (_, hex: string | undefined, other: string) =>
    hex === undefined ? (NAMED[other] ?? other) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
