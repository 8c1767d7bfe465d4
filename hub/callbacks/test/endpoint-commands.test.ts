import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { newFolder, runCommand } from '../../test/support/command.ts';
import { type EndpointBench, openEndpointBench } from './support/endpoints.ts';

// The real program on the bench's database.
let bench: EndpointBench;
const folder = newFolder();
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const vestnik = (args: readonly string[], language = 'en') =>
  runCommand(['callbacks', 'endpoints', ...args, '--lang', language], {
    cwd: folder,
    environment: { VESTNIK_DATABASE__URL: bench.url, VESTNIK_CALLBACKS__PUBLIC_URL: 'https://hub.example' },
  });

beforeAll(async () => {
  bench = await openEndpointBench();
  return () => bench.drop();
});

describe('vestnik callbacks endpoints', () => {
  test('add, show, lint, set, versions, preview, enable, rotate, disable, list, delete', async () => {
    const headers = file('headers.txt', 'Content-Type: application/json\nAuthorization: Bearer s3cret\n');
    const body = file('body.json', '{"id": @id_Reserve}');
    const token = 'AbCdEfGhIjKlMnOpQrStUv';
    const added = await vestnik([
      'add',
      '--name',
      '1С',
      '--url',
      `https://hub.example/bin/${token}`,
      '--headers',
      headers,
      '--body',
      body,
      '--set',
      'signing=true',
    ]);
    expect(added.err).toBe('');
    expect(added.out).toMatch(
      /endpoint 1 added, disabled\nsigning secret, shown this once: whsec_\S{44}\nnext: vestnik callbacks endpoints enable 1/,
    );

    const shown = await vestnik(['show', '1'], 'ru');
    expect(shown.out).toContain('Authorization: ***');
    expect(shown.out).toContain('отключён');
    expect(added.out + shown.out).not.toContain('s3cret');

    const wrong = await vestnik(['lint', '1', '--body', file('wrong.json', '{"id": "@id_Reserve}')]);
    expect({ code: wrong.code, out: wrong.out }).toEqual({ code: 1, out: expect.stringMatching(/^error body:1:\d+ \[/m) });
    const refused = await vestnik(['set', '1', '--method', '"POST"'], 'ru');
    expect(refused.code).not.toBe(0);
    expect(refused.err).toContain('нужно ввести POST или GET без кавычек');

    expect((await vestnik(['set', '1', '--set', 'max_attempts=5', '--set', 'language=en'])).out).toContain('endpoint 1 is at version 2');
    expect((await vestnik(['versions', '1'])).out).toMatch(/^ *2 .*cli:.*max_attempts, language$/m);
    expect(JSON.parse((await vestnik(['versions', '1', '2'])).out)).toEqual([
      { setting: 'max_attempts', before: 10, after: 5 },
      { setting: 'language', before: 'ru', after: 'en' },
    ]);
    expect((await vestnik(['preview', '1'])).out).toMatch(
      /^POST https:\/\/hub\.example\/bin\/.*\nContent-Type: application\/json\nAuthorization: \*\*\*\n[\s\S]*\n\n\{"id": 1042\}\n$/m,
    );

    expect((await vestnik(['enable', '1'])).out).toBe('endpoint 1 is enabled\n');
    expect((await vestnik(['rotate-secret', '1', '--keep-hours', '1'])).out).toMatch(/whsec_\S{44}\nthe one before signs until \d{4}-/);
    expect((await vestnik(['disable', '1', '--reason', 'moving'])).out).toBe('endpoint 1 is disabled\n');
    expect((await vestnik(['list'], 'ru')).out).toMatch(/1С +order +отключён +POST https/);
    expect((await vestnik(['delete', '1'])).out).toBe('endpoint 1 is deleted\n');
    expect((await vestnik(['list'])).out).toContain('no endpoints');
  }, 60_000);

  test('a file with settings, corrected by options; an address that is not on the allow-list is told in Russian', async () => {
    const settings = file('endpoint.json', JSON.stringify({ family: 'static', name: 'SAP', url: 'https://b.ru/in', concurrency: 16 }));
    const added = await vestnik(['add', '--file', settings, '--profile', 'modern', '--json']);
    expect(JSON.parse(added.out)).toMatchObject({ version: 1, signingSecret: expect.stringMatching(/^whsec_/) });
    const { id } = JSON.parse(added.out);
    const shown = JSON.parse((await vestnik(['show', String(id), '--json'])).out);
    expect(shown).toMatchObject({ family: 'static', name: 'SAP', concurrency: 16, success: ['2xx'], enabled: false });
    const enabled = await vestnik(['enable', String(id)], 'ru');
    expect(enabled.err).toContain('Адрес https://b.ru/in не входит в белый список');
  }, 60_000);
});
