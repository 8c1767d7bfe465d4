import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { loadConfiguration } from '../../config.ts';
import { type Hub, startHub } from '../../hub.ts';
import { type CallbacksStage, openReceivers, playCallbacks, type Receivers } from '../callbacks.ts';
import { addLogin } from '../login.ts';
import { createRest } from '../rest.ts';
import type { Stage } from '../stage.ts';
import { speaker } from '../texts.ts';

let database: TestDatabase;
let folder: string;
let receivers: Receivers;
let hub: Hub;
beforeAll(async () => {
  database = await createTestDatabase();
  folder = mkdtempSync(join(tmpdir(), 'vestnik-demo-callbacks-'));
  receivers = await openReceivers();
  hub = await startHub(
    loadConfiguration({
      cwd: folder,
      environment: {
        VESTNIK_DATA_FOLDER: folder,
        VESTNIK_DATABASE__URL: database.url,
        VESTNIK_HTTP__PORT: '0',
        VESTNIK_TICKETS__FEED_PORT: '0',
        VESTNIK_ALERTS__LINE__PORT: '0',
        VESTNIK_CALLBACKS__EXACT_ADDRESSES: Object.values(receivers)
          .map(({ host }) => host)
          .join(','),
      },
    }),
  );
});
afterAll(async () => {
  await hub?.stop();
  await Promise.all(Object.values(receivers ?? {}).map((receiver) => receiver.stop()));
  await database?.drop();
  rmSync(folder, { recursive: true, force: true });
});

/** A stage that keeps what it is told. */
function silentStage(): Stage & { readonly lines: string[]; readonly titles: string[] } {
  const lines: string[] = [];
  const titles: string[] = [];
  const keep = (text: string): void => {
    lines.push(...text.split('\n'));
  };
  return {
    lines,
    titles,
    step(title, body) {
      titles.push(title);
      return body();
    },
    detail: keep,
    live: keep,
    table: (rows) => {
      for (const [name, value] of rows) keep(`${name} ${value}`);
    },
    text: keep,
  };
}

test('the whole flow of a trip reaches two receivers; one that fails twice gets it at last, and a dead one holds nobody up', async () => {
  const stage = silentStage();
  const http = hub.addresses['http'] ?? '';
  const { login, password } = hub.administrator ?? { login: '', password: '' };
  const at: CallbacksStage = {
    stage,
    say: speaker('ru'),
    language: 'ru',
    rest: createRest(http, login, password, 'ru'),
    async operator(name, rights) {
      await addLogin(hub, name, 'demo-password', rights);
      return createRest(http, name, 'demo-password', 'ru');
    },
    database: hub.ground.database,
  };
  const verdict = await playCallbacks(receivers, at);
  expect(verdict).toMatchObject({ good: true, delivered: 22, attempts: 3, waiting: 11 });
  expect(verdict.waits).toHaveLength(22);
  // The dead one keeps each of its callbacks for 2 s.
  expect(Math.max(...verdict.waits)).toBeLessThan(6_000);

  const { sap, stumbling } = receivers;
  expect(stumbling.received.map(({ status }) => status)).toEqual([500, 500, 200]);
  expect(new Set(stumbling.received.map(({ body }) => JSON.parse(body).eventId)).size).toBe(1);
  expect(new Set(stumbling.received.map(({ body }) => JSON.parse(body).callbackId)).size).toBe(3);
  const last = sap.received.at(-1);
  expect(last?.body).toContain('<EventType>ComplexReserveStateChanged</EventType>');
  expect(last?.body).toContain('<Code>ТК-7/2</Code>');
  for (const line of last?.body.split('\n') ?? []) expect(stage.lines).toContain(`  ${line}`);
  expect(stage.lines.join('\n')).toContain('не входит в белый список');
  expect(stage.titles).toHaveLength(4);
  // Every placeholder has got its value.
  expect(stage.lines.filter((line) => /\{\w+\}/.test(line))).toEqual([]);
}, 60_000);

test('what the hub refuses is told in its own words', async () => {
  const { login, password } = hub.administrator ?? { login: '', password: '' };
  const rest = createRest(hub.addresses['http'] ?? '', login, password, 'en');
  await expect(rest.call('POST', '/callbacks/endpoints/999/enable', {})).rejects.toThrow(
    /POST \/callbacks\/endpoints\/999\/enable was answered 404: /,
  );
});
