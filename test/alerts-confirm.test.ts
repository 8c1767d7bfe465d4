import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type MailSink, startMailSink } from '../hub/alerts/mail-sink/mail-sink.ts';
import { loadConfiguration } from '../hub/config.ts';
import { type Hub, startHub } from '../hub/hub.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { rest } from './support/rest.ts';

// The whole way of a confirmation by mail: a task, the mail that arrives, its link, the page, the button (specification of alerts 4.5).

const PATIENCE = { timeout: 25_000, interval: 50 };

let database: TestDatabase;
let folder: string;
let hub: Hub;
let mails: MailSink;
let http: string;
beforeAll(async () => {
  database = await createTestDatabase();
  folder = mkdtempSync(join(tmpdir(), 'vestnik-alerts-confirm-'));
  mails = await startMailSink();
  // The address for receivers must be known before the hub listens.
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  http = `http://127.0.0.1:${port}`;
  hub = await startHub(
    loadConfiguration({
      cwd: folder,
      environment: {
        VESTNIK_DATA_FOLDER: folder,
        VESTNIK_DATABASE__URL: database.url,
        VESTNIK_HTTP__PORT: String(port),
        VESTNIK_TICKETS__FEED_PORT: '0',
        VESTNIK_ALERTS__LINE__PORT: '0',
        VESTNIK_ALERTS__PUBLIC_URL: `${http}/`,
      },
    }),
  );
});
afterAll(async () => {
  await hub?.stop();
  await mails?.stop();
  await database?.drop();
  rmSync(folder, { recursive: true, force: true });
});

const call = (method: string, path: string, body?: object) => {
  const { login, password } = hub.administrator ?? { login: '', password: '' };
  const authorization = `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`;
  return rest({ http, authorization }, method, `/alerts${path}`, body);
};

async function startTask(): Promise<number> {
  const group = (await call('POST', '/groups', { name: 'Duty' }).expect(201)).body.id;
  await call('POST', '/persons', { name: 'Анна', group_id: group, emails: [{ address: 'anna@example.org' }] }).expect(201);
  const list = (await call('POST', '/lists', { name: 'All' }).expect(201)).body.id;
  await call('PATCH', `/lists/${list}/members`, { add: { groups: [group] } }).expect(200);
  const message = (await call('POST', '/messages', { type: 'text', name: 'Assembly', text: '{name}, сбор. Код {code}' }).expect(201)).body
    .id;
  await call('POST', '/channel-groups', {
    kind: 'smtp',
    name: 'Mail',
    settings: { host: '127.0.0.1', port: mails.port, tls: 'none', from: 'duty@example.org' },
  }).expect(201);
  await vi.waitFor(
    async () => expect((await call('GET', '/channels').expect(200)).body.items).toMatchObject([{ state: 'free' }]),
    PATIENCE,
  );
  const task = await call('POST', '/tasks', {
    type: 'email',
    name: 'Assembly',
    list_id: list,
    message_id: message,
    priority: 1,
    confirmation: { kind: 'code', tries: 3 },
  }).expect(201);
  return (await call('POST', `/tasks/${task.body.id}/start`, {}).expect(202)).body.run.id;
}

test('the mail brings a link; looking at its page confirms nothing, a wrong code neither, the right one does, once', async () => {
  const run = await startTask();
  await vi.waitUntil(() => mails.count === 1, PATIENCE);
  const mail = await simpleParser(mails.mails[0]?.raw ?? '');
  const link = /http:\/\/127\.0\.0\.1:\d+\/alerts\/confirm\/[\w.-]+/.exec(mail.text ?? '')?.[0] ?? '';
  const code = /Код (\d{4})/.exec(mail.text ?? '')?.[1] ?? '';
  expect(mail.text).toContain('Анна, сбор.');
  const look = async () => (await call('GET', `/runs/${run}`).expect(200)).body;
  await vi.waitFor(async () => expect(await look()).toMatchObject({ waiting: 1, confirmed: 0 }), PATIENCE);

  for (const _ of [1, 2]) {
    const page = await fetch(link, { headers: { 'accept-language': 'ru' } });
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await page.text()).toContain('<form method="post">');
  }
  expect(await look()).toMatchObject({ waiting: 1, confirmed: 0 });

  const send = (answer: string) => fetch(link, { method: 'POST', body: new URLSearchParams({ answer }) });
  const wrong = await send(code === '0000' ? '1111' : '0000');
  expect([wrong.status, (await wrong.text()).includes('role="alert"')]).toEqual([200, true]);
  expect(await look()).toMatchObject({ confirmed: 0 });
  const right = await send(code);
  expect([right.status, (await right.text()).includes('<form')]).toEqual([200, false]);
  await vi.waitFor(async () => expect(await look()).toMatchObject({ status: 'finished', confirmed: 1, waiting: 0 }), PATIENCE);
  expect((await (await send(code)).text()).includes('<form')).toBe(false);
  const targets = (await call('GET', `/runs/${run}/targets`).expect(200)).body.items;
  expect(targets).toMatchObject([{ result: 'confirmed', confirmed_by: 'mail', address: 'anna@example.org' }]);
});

test('a link that we have not made tells its reader so, whatever is wrong with it', async () => {
  for (const token of ['1.1.AAAAAAAAAAAAAAAAAAAAAA', 'x', '1.1', '1.1.AAAAAAAAAAAAAAAAAAAAAA.x']) {
    for (const method of ['GET', 'POST']) {
      const answer = await fetch(`${http}/alerts/confirm/${token}`, { method });
      expect([method, token, answer.status]).toEqual([method, token, 404]);
      expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(await answer.text()).toContain('Такой ссылки нет');
    }
  }
});
