import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFailed, test, vi } from 'vitest';
import { createAuthority, issue } from '../client/test/certificates.ts';
import { run } from '../hub/core/database/statement.ts';
import { type Authority, openAuthority } from '../hub/core/identity/authority.ts';
import { openSecretKey } from '../hub/core/identity/secret-key.ts';
import { type Agency, openAgency } from '../hub/demo/agency.ts';
import { air, message } from '../hub/tickets/test/control-messages.ts';
import { type ClientProcess, openClient } from './support/client-process.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { createFolder } from './support/folder.ts';
import { createHubProcess, type HubProcess } from './support/hub-process.ts';
import { asNow } from './support/operations.ts';
import { requires } from './support/requires.ts';
import { rest } from './support/rest.ts';

/** Certificates that are wrong in every way, seen from Stat_Client as a program; and two copies of one that is right (spec 6, 7.2, 9.1). */
const PATIENCE = { timeout: 25_000, interval: 10 };
const folder = createFolder('certificates');
let store: TestDatabase;
let hub: HubProcess;
let authority: Authority;
beforeAll(async () => {
  store = await createTestDatabase();
  hub = createHubProcess({ folder: folder.at('hub'), databaseUrl: store.url });
  await hub.start();
  authority = await openAuthority({ database: store.database, secretKey: await openSecretKey(hub.folder) });
});
afterAll(async () => {
  await hub?.stop();
  await store?.drop();
  folder.remove();
});

let clients = 0;
async function newClient(): Promise<ClientProcess> {
  clients += 1;
  const name = `agency-${clients}`;
  return openClient(hub, { name, folder: folder.at(name), subscriptions: [{ validator: [name.toUpperCase()] }] });
}
const pemOf = (client: ClientProcess): string => join(client.folder, `${client.name}.pem`);
let sold = 0;
async function sell(client: ClientProcess): Promise<void> {
  const operation = message('issue', air('ETICKET', 'issued', '4214200000001'));
  await vi.waitUntil(async () => {
    sold += 1;
    const deal = { agency: '17МОВ', validator: client.name.toUpperCase() };
    const { body } = await rest(hub, 'POST', '/tickets/operations', { ...asNow(operation, `sale-${sold}`), deal }).expect(201);
    return body.documents[0].clients.includes(client.name);
  }, PATIENCE);
}
const queued = async (client: ClientProcess): Promise<number> =>
  (await rest(hub, 'GET', `/tickets/clients/${client.name}`).expect(200)).body.queued;

describe('refused', () => {
  let client: ClientProcess;
  beforeEach(async () => {
    client = await newClient();
  });

  /** Exit codes of -once and of -check; and nothing may have come. */
  async function exits(): Promise<{ once: number | null; check: number | null; output: string }> {
    if ((await queued(client)) === 0) await sell(client);
    const [once, check] = [await client.ask('-once'), await client.ask('-check')];
    expect(client.files()).toEqual([]);
    expect(await queued(client)).toBe(1);
    return { once: once.code, check: check.code, output: `${once.output}\n${check.output}` };
  }

  test('the certificate of another authority: exit 6', async () => {
    writeFileSync(pemOf(client), issue(createAuthority(), client.name).pem);
    const { output, ...codes } = await exits();
    expect(codes, output).toEqual({ once: 6, check: 6 });
  });

  test('an expired certificate: exit 6', async () => {
    const now = Temporal.Now.instant().subtract({ hours: 24 * 40 });
    const { certificatePem, keyPem } = await authority.issueClient({ commonName: client.name, days: 10, now });
    writeFileSync(pemOf(client), `${certificatePem}${keyPem}`);
    const { output, ...codes } = await exits();
    expect(codes, output).toEqual({ once: 6, check: 6 });
    expect(output).toContain('CERTIFICATE_EXPIRED');
  });

  test('a certificate of the right authority that the hub does not know: exit 6', async () => {
    const { certificatePem, keyPem } = await authority.issueClient({ commonName: client.name });
    writeFileSync(pemOf(client), `${certificatePem}${keyPem}`);
    const { output, ...codes } = await exits();
    expect(codes, output).toEqual({ once: 6, check: 6 });
    expect(output).toContain('CERT_UNKNOWN');
  });

  test('a revoked certificate: exit 6; a new one delivers again', async () => {
    await rest(hub, 'DELETE', `/tickets/clients/${client.name}/certificates?reason=lost`).expect(200);
    const { output, ...codes } = await exits();
    expect(codes, output).toEqual({ once: 6, check: 6 });
    expect(output).toContain('CERT_REVOKED');
    const { body } = await rest(hub, 'POST', `/tickets/clients/${client.name}/certificates`, {}).expect(201);
    writeFileSync(pemOf(client), body.pem);
    expect((await client.ask('-once')).code).toBe(0);
    expect(client.files().length).toBe(1);
  });

  test('a closed client: exit 6; opened again it delivers what was queued before', async () => {
    await sell(client);
    await rest(hub, 'POST', `/tickets/clients/${client.name}/close`, { reason: 'contract ended' }).expect(200);
    expect((await client.ask('-once')).code).toBe(6);
    await rest(hub, 'POST', `/tickets/clients/${client.name}/open`, {}).expect(200);
    expect((await client.ask('-once')).code).toBe(0);
    expect(client.files().length).toBe(1);
  });

  test('a ca.crt of another authority: the hub is not believed, exit 7', async () => {
    writeFileSync(join(client.folder, 'ca.crt'), createAuthority().pem);
    const { output, ...codes } = await exits();
    expect(codes, output).toEqual({ once: 7, check: 7 });
    expect(output).toMatch(/certificate/i);
  });

  test('a missing PEM, one without a key, one without a certificate, a missing ca.crt: exit 3', async () => {
    const whole = readFileSync(pemOf(client), 'utf8');
    const [certificate = '', key = ''] = whole.split(/(?=-----BEGIN PRIVATE KEY-----)/);
    for (const text of [undefined, certificate, key, '']) {
      if (text === undefined) renameSync(pemOf(client), `${pemOf(client)}.away`);
      else writeFileSync(pemOf(client), text, { mode: 0o600 });
      const { output, ...codes } = await exits();
      expect(codes, output).toEqual({ once: 3, check: 3 });
    }
    writeFileSync(pemOf(client), whole, { mode: 0o600 });
    renameSync(join(client.folder, 'ca.crt'), join(client.folder, 'elsewhere.crt'));
    expect((await client.ask('-once')).code).toBe(3);
  });

  requires('not Windows').test('a PEM that others can read: exit 3 with OT2004; -protect mends it', async () => {
    for (const mode of [0o644, 0o640, 0o604]) {
      chmodSync(pemOf(client), mode);
      const { output, ...codes } = await exits();
      expect(codes, output).toEqual({ once: 3, check: 3 });
      expect(output).toContain('OT2004');
    }
    expect((await client.ask('-protect')).code).toBe(0);
    expect((await client.ask('-once')).code).toBe(0);
    expect(client.files().length).toBe(1);
  });
});

test('a second and a third computer with the same PEM: the newest holds, the older ones stand by, each takeover is one event', async () => {
  const first = await newClient();
  const others: Agency[] = [2, 3].map((n) => {
    const place = folder.at(`${first.name}-${n}`);
    const copy = openAgency(place, new Uint8Array(EMPTY_ZIP), 'en', ['-connect', hub.feed, '-wait', '2']);
    for (const name of ['ca.crt', `${first.name}.pem`, 'Stat_Client.conf']) {
      writeFileSync(join(place, name), readFileSync(join(first.folder, name)), { mode: 0o600 });
    }
    return copy;
  });
  const logOf = ({ folder: place }: Agency): string => readFileSync(join(place, 'Client.out'), 'utf8');
  const all = [first, ...others];
  onTestFailed(() => {
    for (const each of all) process.stderr.write(`--- ${each.folder}\n${logOf(each).slice(-2_000)}\n`);
  });
  const takeovers = async (): Promise<unknown[]> =>
    (
      await run<{ data: unknown }>(
        store.database.work,
        "SELECT data FROM event WHERE type = 'vestnik.tickets.session.takenover' AND subject = $1 ORDER BY id",
        [first.name],
      )
    ).rows;
  try {
    for (const [at, each] of all.entries()) {
      each.start();
      // One sale for each holder in turn: it arrives there, and at no other.
      await vi.waitUntil(async () => (await takeovers()).length === at, PATIENCE);
      await sell(first);
      await vi.waitUntil(() => each.files().length === 1, PATIENCE);
      await vi.waitUntil(async () => (await queued(first)) === 0, PATIENCE);
    }
    await vi.waitUntil(() => all.slice(0, 2).every((each) => logOf(each).includes(' OT1102 ')), PATIENCE);
    // The holder works on while the others stand by.
    for (let n = 0; n < 20; n += 1) await sell(first);
    await vi.waitUntil(() => (all[2]?.files().length ?? 0) === 21, PATIENCE);
    expect(all.map((each) => each.files().length)).toEqual([1, 1, 21]);
    expect(await takeovers()).toHaveLength(2);
    expect(all.map((each) => logOf(each).split(' OT1102 ').length - 1)).toEqual([1, 1, 0]);
  } finally {
    await Promise.all(all.map((each) => each.stop()));
  }
}, 90_000);

/** A zip with nothing in it: what its folder needs is copied there. */
const EMPTY_ZIP = [0x50, 0x4b, 0x05, 0x06, ...Array.from({ length: 18 }, () => 0)];
