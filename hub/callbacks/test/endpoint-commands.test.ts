import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { loadConfiguration } from '../../config.ts';
import { moduleCommands } from '../../core/test/support/module-commands.ts';
import { addCommands } from '../commands/index.ts';
import { BIN, type EndpointBench, openEndpointBench } from './support/endpoints.ts';

let bench: EndpointBench;
const folder = mkdtempSync(join(tmpdir(), 'vestnik-endpoints-'));
beforeAll(async () => {
  bench = await openEndpointBench();
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await bench.drop();
});
afterEach(() => {
  process.exitCode = undefined;
});

const configuration = loadConfiguration({ environment: { VESTNIK_CALLBACKS__PUBLIC_URL: 'https://hub.example' }, cwd: '/' });

const commands = moduleCommands('callbacks', addCommands, () => ({ configuration, database: bench.database, secretKey: bench.secretKey }));
const endpoints = (words: readonly string[], language?: 'ru') => commands(['endpoints', ...words], language);
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

test('the life of an endpoint', async () => {
  const headers = file('headers.txt', 'Content-Type: application/json\nAuthorization: Bearer s3cret\n');
  const body = file('body.json', '{"id": @id_Reserve}');
  const added = await endpoints(['add', '--name', '1С', '--url', BIN, '--headers', headers, '--body', body, '--set', 'signing=true']);
  expect(added).toMatch(
    /^endpoint 1 added, disabled\nsigning secret, shown this once: whsec_\S{44}\nnext: vestnik callbacks endpoints enable 1\n$/,
  );
  const shown = await endpoints(['show', '1'], 'ru');
  expect(shown).toContain('Authorization: ***');
  expect(shown).toMatch(/состояние +отключён/);
  expect(added + shown).not.toContain('s3cret');

  expect(await endpoints(['set', '1', '--set', 'max_attempts=5', '--set', 'language=en'])).toContain('endpoint 1 is at version 2');
  expect(await endpoints(['versions', '1'])).toMatch(/^ *2 .*cli:alice.*max_attempts, language$/m);
  expect(JSON.parse(await endpoints(['versions', '1', '2']))).toEqual([
    { setting: 'max_attempts', before: 10, after: 5 },
    { setting: 'language', before: 'ru', after: 'en' },
  ]);
  expect(await endpoints(['preview', '1'])).toMatch(
    /^POST https:\/\/hub\.example\/bin\/\S+\nContent-Type: application\/json\nAuthorization: \*\*\*\n[\s\S]*\n\n\{"id": 1042\}\n$/m,
  );
  expect(await endpoints(['enable', '1'])).toBe('endpoint 1 is enabled\n');
  expect(await endpoints(['enable', '1'], 'ru')).toBe('уже включён\n');
  expect(await endpoints(['rotate-secret', '1', '--keep-hours', '1'])).toMatch(/whsec_\S{44}\nthe one before signs until \d{4}-/);
  expect(await endpoints(['disable', '1', '--reason', 'moving'])).toBe('endpoint 1 is disabled\n');
  expect(await endpoints(['list'], 'ru')).toMatch(/1С +order +отключён +POST https/);
  expect(await endpoints(['delete', '1'])).toBe('endpoint 1 is deleted\n');
  expect(await endpoints(['list'])).toContain('no endpoints');
});

describe('what is wrong', () => {
  test('lint tells every finding with its place and ends with 1; nothing is stored', async () => {
    await endpoints(['add', '--name', 'A', '--url', BIN]);
    const wrong = file('wrong.xml', '<a>\n@{Nope}</a>');
    expect(await endpoints(['lint', '2', '--body', wrong], 'ru')).toMatch(/^ошибка body:2:1 \[template\] /m);
    expect(process.exitCode).toBe(1);
    process.exitCode = undefined;
    expect(await endpoints(['lint', '2'])).toBe('nothing to complain of\n');
    expect(process.exitCode).toBeUndefined();
    expect(await endpoints(['show', '2', '--json'])).toContain('"version": 1');
  });

  test('a save with a fault throws it for people of both languages', async () => {
    await expect(endpoints(['set', '2', '--method', '"POST"'])).rejects.toMatchObject({
      reason: 'method',
      russian: 'method: нужно ввести POST или GET без кавычек',
    });
    await expect(endpoints(['set', '2', '--set', 'nonsense=1'])).rejects.toMatchObject({ code: 'VALIDATION' });
    await expect(endpoints(['set', '2', '--set', '=1'])).rejects.toThrow(/--set takes key=value/);
    await expect(endpoints(['set', '2', '--file', file('list.json', '[]')])).rejects.toThrow(/must hold a JSON object/);
    await expect(endpoints(['set', '2', '--file', file('bad.json', '{')])).rejects.toThrow(/bad\.json is not JSON/);
    await expect(endpoints(['set', '2', '--body', join(folder, 'none')])).rejects.toThrow(/none cannot be read \(ENOENT\)/);
    await expect(endpoints(['show', 'two'])).rejects.toThrow(CommanderError);
    await expect(endpoints(['show', '99'])).rejects.toMatchObject({ code: 'NOT_FOUND', russian: 'получателя 99 нет' });
  });

  test('an endpoint of the billing, with its filters; which variables stay empty is said', async () => {
    const body = file('billing.json', '{"contract": @contractId, "why": "@{description}", "amount": "@{amount}"}');
    const headers = file('json.txt', 'Content-Type: application/json');
    const added = await endpoints(
      ['add', '--family', 'billing', '--name', 'Books', '--url', 'https://c.ru/in', '--body', body, '--headers', headers].concat(
        ...['billing.payment.created', 'billing.charge.created'].map((type) => ['--event', type]),
        ...['groups=[3]', 'sources=["soap"]'].map((setting) => ['--set', setting]),
      ),
    );
    expect(added).toContain('[subscriber_data] @{description} may hold personal data');
    const id = /endpoint (\d+) added/.exec(added)?.[1] ?? '';
    expect(JSON.parse(await endpoints(['show', id, '--json']))).toMatchObject({
      ...{ family: 'billing', groups: [3], sources: ['soap'], subscriber_data: false },
      events: ['billing.payment.created', 'billing.charge.created'],
    });
    expect(await endpoints(['list', '--family', 'billing'])).toMatch(/Books +billing/);
    expect(await endpoints(['preview', id])).toContain('{"contract": 1042, "why": "", "amount": "590.00"}');
    expect(await endpoints(['preview', id, '--set', 'subscriber_data=true'])).toContain('"why": "Оплата за ноябрь"');
    await expect(endpoints(['set', id, '--set', 'organizations=[5]'])).rejects.toMatchObject({ reason: 'organizations' });
  });

  test('an address that is not on the allow-list can be saved and not enabled', async () => {
    const settings = file('endpoint.json', JSON.stringify({ family: 'static', name: 'SAP', url: 'https://b.ru/in', concurrency: 16 }));
    const { id } = JSON.parse(await endpoints(['add', '--file', settings, '--profile', 'modern', '--json']));
    expect(JSON.parse(await endpoints(['show', String(id), '--json']))).toMatchObject({
      family: 'static',
      concurrency: 16,
      success: ['2xx'],
    });
    await expect(endpoints(['enable', String(id)])).rejects.toMatchObject({
      reason: 'address_not_allowed',
      russian: expect.stringContaining('Адрес https://b.ru/in не входит в белый список'),
    });
  });
});
