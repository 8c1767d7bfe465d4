import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { loadConfiguration } from '../../config.ts';
import { moduleCommands } from '../../core/test/support/module-commands.ts';
import { addCommands } from '../commands/index.ts';
import { type EndpointBench, openEndpointBench } from './support/endpoints.ts';

let bench: EndpointBench;
beforeAll(async () => {
  bench = await openEndpointBench();
});
afterAll(() => bench.drop());
afterEach(() => {
  process.exitCode = undefined;
});

const configuration = loadConfiguration({ environment: { VESTNIK_CALLBACKS__PUBLIC_URL: 'https://hub.example' }, cwd: '/' });

const vestnik = moduleCommands('callbacks', addCommands, () => ({
  configuration,
  database: bench.database,
  secretKey: bench.secretKey,
  hubId: randomUUID(),
}));

test('a bin from its adding to its end, with tests that are sent into it', async () => {
  const bin = JSON.parse(await vestnik(['bins', 'add', '--name', 'SAP', '--status', '503', '--retry-after', '60', '--json']));
  const id = String(bin.id);
  expect(bin).toMatchObject({ name: 'SAP', answer: { status: 503, retry_after: 60 } });
  const endpoint = JSON.parse(
    await vestnik(['endpoints', 'add', '--name', 'Trial', '--url', bin.address, '--set', 'body_format=xml', '--json']),
  );
  const failed = await vestnik(['endpoints', 'test', String(endpoint.id)]);
  expect(failed).toContain(`POST ${bin.address}\n`);
  expect(failed).toContain('<EventType>CallbackTest</EventType>');
  expect(failed).toMatch(/\n503\n.*retry-after: 60\n/s);
  expect(failed).toMatch(/failed: status, \d+ ms\n/);
  expect(process.exitCode).toBe(1);
  process.exitCode = undefined;
  expect(await vestnik(['bins', 'set', id, '--status', '200', '--delay', '0.05'], 'ru')).toContain('200 через 0.05 с');
  const sent = JSON.parse(await vestnik(['endpoints', 'test', String(endpoint.id), '--sample', 'nasty', '--json']));
  expect(sent).toMatchObject({ state: 'delivered', answer: { status: 200 } });
  expect(sent.timing.end).toBeGreaterThanOrEqual(45);
  expect(process.exitCode).toBeUndefined();

  expect(await vestnik(['bins', 'list'])).toContain(bin.address);
  const listed = await vestnik(['bins', 'requests', id]);
  expect(
    listed
      .split('\n')
      .slice(1, 3)
      .map((line) => line.trim().split(/\s+/)[0]),
  ).toEqual(['2', '1']);
  const shown = await vestnik(['bins', 'show', id, '1']);
  expect(shown).toContain('Content-Type: text/xml;charset=UTF-8');
  expect(shown).toContain('\n  <EventType>CallbackTest</EventType>\n');
  expect(await vestnik(['bins', 'empty', id], 'ru')).toBe(`приёмник ${id} пуст\n`);
  expect(JSON.parse(await vestnik(['bins', 'requests', id, '--json'])).items).toEqual([]);
  expect(await vestnik(['bins', 'delete', id])).toBe(`request bin ${id} is deleted\n`);
  expect(await vestnik(['bins', 'list'])).not.toContain(bin.address);
});

describe('a hostile request', () => {
  test('reaches the terminal without what would move its cursor', async () => {
    const bin = JSON.parse(await vestnik(['bins', 'add', '--json']));
    const endpoint = JSON.parse(
      await vestnik(['endpoints', 'add', '--name', 'x', '--url', bin.address, '--set', 'body_format=text', '--json']),
    );
    const body = 'red\u001b[31m \u202eright\u0007';
    await bench.rest.send('PATCH', `/callbacks/endpoints/${endpoint.id}`, { body: { headers: 'Content-Type: text/plain', body } });
    const sent = await vestnik(['endpoints', 'test', String(endpoint.id)]);
    const shown = await vestnik(['bins', 'show', String(bin.id), '1']);
    for (const text of [sent, shown]) {
      expect(text).toContain('red\ufffd[31m \ufffdright\ufffd');
      for (const sign of ['\u001b', '\u202e', '\u0007']) expect(text).not.toContain(sign);
    }
  });
});

test('an address that is not on the list is told in the language of the user', async () => {
  const endpoint = JSON.parse(await vestnik(['endpoints', 'add', '--name', 'x', '--url', 'https://not-listed.example/in', '--json']));
  const told = await vestnik(['endpoints', 'test', String(endpoint.id)], 'ru');
  expect(told).toContain('blocked: address_not_allowed');
  expect(told).toContain('Адрес https://not-listed.example/in не входит в белый список');
  expect(process.exitCode).toBe(1);
});
