import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

/**
 * What a real client may send or want otherwise is matched in codec.ts and codec/, and nowhere else (specification of alerts, chapter 11): no other file of the line
 * protocol writes a value into a line, or reads one from a text.
 */
const ROOM = join(import.meta.dirname, '..');
const files = (readdirSync(ROOM, { recursive: true }) as string[]).filter(
  (name) => name.endsWith('.ts') && name !== 'codec.ts' && !/^(codec|test)\//.test(name),
);
const codeOf = (name: string): string =>
  readFileSync(join(ROOM, name), 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '');

/** Ways to make or to understand a value by hand, and the files that have another use for them. */
const HAND_MADE: readonly (readonly [what: string, pattern: RegExp, but?: readonly string[]])[] = [
  ['a method of LineWriter that writes a value or a word', /\.(?:word|text|number|value|hex|line)\(/],
  ['digits and flags read by hand', /\/\^?\\d|Number\.parseInt|\?\s*1\s*:\s*0\b/, ['answer-kept.ts']],
  ['a value joined or split by hand', /\.(?:join|split)\(\s*['"`][ ;,=]['"`]\s*\)/, ['list-members.ts']],
  ['a line of words and values in a template', /`[^`]*\$\{[^`]*\b(?:OK|DATA|BEGIN|END)\b[^`]*`/],
  ['windows-1251 or the escapes themselves', /windows1251|line\/parameters\.ts|%[0-9A-F]{2}/, ['request.ts']],
  ['a parameter taken by its place', /\b(?:perform|begin|take)\((?:\w+, )?\[|\bparams\[/],
  ['a number of the database sent as it is', /import \{[^}]*\} from '(?:\.\.\/)+kinds\.ts'/],
];

describe('outside the codec', () => {
  test('there are files to look at', () => {
    expect(files.length).toBeGreaterThan(70);
    expect(files).toContain('commands/gettask.ts');
  });

  test.each(HAND_MADE.map(([what, pattern, but = []]) => ({ what, pattern, but })))('nowhere is $what', ({ pattern, but }) => {
    expect(files.filter((name) => !but.includes(name) && pattern.test(codeOf(name)))).toEqual([]);
  });

  test.each([
    ["call.out.line('GETLISTS DATA', id);", 0],
    ['const flag = enabled ? 1 : 0;', 1],
    ['if (/^\\d+$/.test(text)) return Number(text);', 1],
    ["ids.join(',')", 2],
    ['`' + '$' + '{name} OK ' + '$' + '{id}`', 3],
    ["text.replace(' ', '%20')", 4],
    ["perform(call, [id = '']) {", 5],
  ])('%s would be seen', (code, at) => {
    expect(HAND_MADE[at]?.[1].test(code)).toBe(true);
  });
});
