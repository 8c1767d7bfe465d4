import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CLIENT_OPTIONS } from '@vestnik/protocol/client-options.ts';
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../command-line.ts';
import { EXIT } from '../exit.ts';
import { SPEC_MESSAGES } from '../messages.ts';

/** The agency's guide says what the tables of the code say. */
const guide = (name: string) => readFileSync(join(import.meta.dirname, '..', '..', 'docs', name), 'utf8');

describe.each([
  ['en', guide('agency.md'), 'required'],
  ['ru', guide('agency.ru.md'), 'обязателен'],
] as const)('in %s', (language, text, required) => {
  test('every key with its explanation and default', () => {
    const rows = text.split('\n').filter((line) => CLIENT_OPTIONS.some(({ key }) => line.startsWith(`| ${key} | `)));
    const escaped = (value: string) => value.replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    expect(rows).toEqual(
      CLIENT_OPTIONS.map(
        (option) => `| ${option.key} | ${escaped(option[language])} | ${option.required ? required : (option.preset ?? '')} |`,
      ),
    );
  });

  test('every command, every exit code', () => {
    for (const { name } of COMMANDS) expect(text).toContain(`\`-${name}`);
    const codes = [...text.slice(text.lastIndexOf('\n## ')).matchAll(/\| (\d) \|/g)].map((match) => Number(match[1]));
    expect(codes.sort()).toEqual(Object.values(EXIT).sort());
  });

  test('what to do about every warning and error of the log', () => {
    for (const code of Object.keys(SPEC_MESSAGES)) if (!code.startsWith('OT10')) expect(text).toMatch(new RegExp(`^\\| [^|]*${code}`, 'm'));
  });
});
