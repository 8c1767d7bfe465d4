import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { addOperator } from '../hub/core/identity/add-operator.ts';
import { SYSTEM } from '../hub/core/identity/caller.ts';
import { type CallbacksHub, openCallbacksHub } from './support/callbacks-hub.ts';
import { requires } from './support/requires.ts';

/** The receivers and the script of `examples/callback-receiver` as a stranger runs them, against a hub of their own. */
const EXAMPLES = fileURLToPath(new URL('../examples/callback-receiver/', import.meta.url));
const PATIENCE = { timeout: 15_000, interval: 20 };

/** Ports that nobody has now; they are held until all of them are known, so that they differ. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

let hub: CallbacksHub;
let ports: number[];
let folder: string;
beforeAll(async () => {
  ports = await freePorts(3);
  hub = await openCallbacksHub(ports);
  folder = mkdtempSync(join(tmpdir(), 'vestnik-examples-callbacks-'));
});
afterAll(async () => {
  await hub?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const running: ChildProcess[] = [];
afterEach(async () => {
  for (const child of running.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const setUp = (target: string, environment: Record<string, string> = {}, address = hub.http, ...more: string[]): Promise<Ended> => {
  const [login = '', password = ''] = Buffer.from(hub.authorization.slice('Basic '.length), 'base64').toString('utf8').split(':');
  const child = spawn(join(EXAMPLES, 'set-up-endpoint.sh'), [address, target, ...more], {
    env: { ...process.env, VESTNIK_LOGIN: login, VESTNIK_PASSWORD: password, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const texts = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    texts.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    texts.err += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...texts }));
  });
};

/** Starts a receiver and waits until it listens. @returns what it has printed so far, and the process. */
async function receive(command: readonly [string, ...string[]], port: number, journal: string, secret: string) {
  const [program, ...args] = command;
  const child = spawn(program, [...args, String(port), journal], {
    env: { ...process.env, VESTNIK_SIGNING_SECRET: secret },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.push(child);
  const said = { text: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.text += text;
  });
  await vi.waitUntil(() => said.text.includes('listening on'), PATIENCE);
  return { said, child };
}

const secretOf = ({ out }: Ended): string => /^VESTNIK_SIGNING_SECRET=(whsec_\S+)$/m.exec(out)?.[1] ?? '';
const journalled = (path: string): { id: string; event: Record<string, unknown> }[] =>
  existsSync(path)
    ? readFileSync(path, 'utf8')
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line))
    : [];

/** A request as the hub would sign it, or as somebody forges it. */
function post(port: number, secret: string, change: { id?: string; seconds?: number; body?: string; signedBody?: string } = {}) {
  const { id = '7-1', seconds = Math.floor(Date.now() / 1000), body = '{"event":"x"}', signedBody = body } = change;
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${seconds}.${signedBody}`).digest('base64');
  return fetch(`http://127.0.0.1:${port}/in`, {
    method: 'POST',
    headers: { 'webhook-id': id, 'webhook-timestamp': String(seconds), 'webhook-signature': `v1,b3RoZXI= v1,${signature}` },
    body,
  });
}

const OTHER = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const RECEIVERS = [
  { name: 'receiver.ts', needs: [], command: [process.execPath, join(EXAMPLES, 'receiver.ts')], at: 0 },
  { name: 'receiver.py', needs: ['python3'], command: ['python3', join(EXAMPLES, 'receiver.py')], at: 1 },
] as const;

for (const { name, needs, command, at } of RECEIVERS) {
  requires('curl', 'jq', ...needs).describe(name, () => {
    test('stores what the hub sends, drops what comes again, also after a restart, and turns forgeries away', async () => {
      const port = ports[at] ?? 0;
      const target = `http://127.0.0.1:${port}/in`;
      const journal = join(folder, `${name}.ndjson`);
      const ready = await setUp(target);
      expect(ready, ready.err).toMatchObject({ code: 0 });
      const secret = secretOf(ready);
      expect(secret).not.toBe('');
      const { said, child } = await receive(command, port, journal, secret);

      const organization = await hub.organization(`Customer of ${name}`);
      const { id_Reserve: order, id_ComplexReserve: trip } = (
        await hub.call('POST', '/orders', { id_Organization: organization, ReserveType: 'avia' }).expect(201)
      ).body;
      await vi.waitUntil(() => journalled(journal).length >= 1, PATIENCE);
      const [first] = journalled(journal);
      expect(first?.event).toEqual({ event: 'ReserveCreated', order, trip, outerId: '', state: 'draft', tripState: 'draft' });

      // The same event again: by hand with its id, as after a crash of the hub.
      const again = await post(port, secret, { id: first?.id ?? '' });
      expect([again.status, await again.text()]).toEqual([200, 'duplicate']);
      expect((await Promise.all([1, 2, 3, 4].map(() => post(port, secret, { id: 'twice' })))).map(({ status }) => status)).toEqual([
        200, 200, 200, 200,
      ]);
      expect(journalled(journal).map(({ id }) => id)).toEqual([first?.id, 'twice']);

      // Forged, changed on the way, overheard and sent later, unsigned, no JSON.
      const old = Math.floor(Date.now() / 1000) - 301;
      expect((await post(port, OTHER, { id: 'a' })).status).toBe(401);
      expect((await post(port, secret, { id: 'b', body: '{"event":"y"}', signedBody: '{"event":"x"}' })).status).toBe(401);
      expect((await post(port, secret, { id: 'c', seconds: old })).status).toBe(401);
      expect((await fetch(target, { method: 'POST', body: '{}' })).status).toBe(401);
      expect((await post(port, secret, { id: 'd', body: 'not JSON' })).status).toBe(400);
      expect((await post(port, secret, { id: 'e', body: `"${'x'.repeat(1024 * 1024)}"` }).catch(() => ({ status: 413 }))).status).toBe(413);
      expect(journalled(journal)).toHaveLength(2);
      expect(said.text).toContain(`stored ${first?.id}`);

      // A power cut in the middle of a line, then the next start: with the secret before and the present one.
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
      appendFileSync(journal, '{"id":"cut","ev');
      const next = await receive(command, port, journal, `${OTHER},${secret}`);
      expect(await (await post(port, secret, { id: 'twice' })).text()).toBe('duplicate');
      expect(await (await post(port, OTHER, { id: 'cut' })).text()).toBe('stored');
      expect(journalled(journal).map(({ id }) => id)).toEqual([first?.id, 'twice', 'cut']);
      const stopped = once(next.child, 'exit');
      next.child.kill('SIGTERM');
      expect(await stopped).toEqual([0, null]);
    }, 30_000);

    test('without a secret it does not start', async () => {
      const [program, ...args] = command;
      const child = spawn(program, [...args, '0', join(folder, 'none')], {
        env: { ...process.env, VESTNIK_SIGNING_SECRET: '' },
        stdio: 'ignore',
      });
      const [code] = await once(child, 'exit');
      expect(code).not.toBe(0);
      expect(existsSync(join(folder, 'none'))).toBe(false);
    });
  });
}

requires('curl', 'jq').describe('set-up-endpoint.sh', () => {
  test('called again it finds its endpoint; where a second person must approve it says so, and goes on when that is done', async () => {
    const target = `http://127.0.0.1:${ports[2]}/in`;
    const password = await hub.hub.identity.hashPassword('pass"word\\');
    const operator = { login: 'support', displayName: 'Support', rights: ['callbacks.allow.approve'], password };
    await hub.hub.identity.change((tx) => addOperator(tx, SYSTEM, operator, hub.hub.identity.rights));
    const first = await setUp(target);
    expect(first.code).toBe(3);
    expect(first.err).toContain('allow-list');
    expect(secretOf(first)).not.toBe('');
    const { items } = (await hub.call('GET', '/callbacks/allow-requests').expect(200)).body;
    expect(items).toHaveLength(1);
    await hub.call('POST', `/callbacks/allow-requests/${items[0].allow_id}/forward`, {}).expect(200);
    const approved = await fetch(`${hub.http}/api/v1/callbacks/allow-requests/${items[0].allow_id}/approve`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from('support:pass"word\\').toString('base64')}`,
        'content-type': 'application/json',
      },
      body: '{}',
    });
    expect(approved.status).toBe(200);
    const second = await setUp(target);
    expect(second, second.err).toMatchObject({ code: 0, out: '' });
    const endpoints = (await hub.call('GET', '/callbacks/endpoints?q=Example').expect(200)).body.items as { url: string }[];
    expect(endpoints.filter(({ url }) => url === target)).toMatchObject([{ enabled: true, signing: true }]);
  });

  test('about the billing: the body that the hub offers, beside the endpoint for orders; an unknown family is a wrong call', async () => {
    const target = `http://127.0.0.1:${ports[2]}/in`;
    const made = await setUp(target, {}, hub.http, 'billing');
    expect(made, made.err).toMatchObject({ code: 0 });
    const endpoints = (await hub.call('GET', '/callbacks/endpoints?q=Example').expect(200)).body.items as { family: string; url: string }[];
    expect(endpoints.filter(({ url }) => url === target).map(({ family }) => family)).toEqual(['order', 'billing']);
    expect((await setUp(target, {}, hub.http, 'static')).code).toBe(2);
  });

  test('a wrong call ends with 2, a refused address with 1, a wrong password with 1, a hub that is away with 75', async () => {
    expect((await setUp('http://127.0.0.1:1/in', { VESTNIK_LOGIN: '' })).code).toBe(2);
    expect(await setUp('http://localhost/in')).toMatchObject({ code: 1, err: expect.stringContaining('refused with HTTP') });
    expect(await setUp('https://a.example/in', { VESTNIK_PASSWORD: 'wrong' })).toMatchObject({
      code: 1,
      err: expect.stringContaining('401'),
    });
    expect((await setUp('https://a.example/in', {}, 'http://127.0.0.1:1')).code).toBe(75);
  });
});
