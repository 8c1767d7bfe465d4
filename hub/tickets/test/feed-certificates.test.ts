import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { requires } from '../../../test/support/requires.ts';
import { openAuthority } from '../../core/identity/authority.ts';
import { createSecretKey } from '../../core/identity/secret-key.ts';
import { changeClientState } from '../change-client-state.ts';
import { issueCertificate } from '../issue-certificate.ts';
import { revokeCertificate } from '../revoke-certificate.ts';
import { createOperationSource } from '../samples/operation-source.ts';
import { ALICE, openWorkbench, type Workbench } from './support/administration.ts';
import { openFeedBench, openPeer } from './support/feed-bench.ts';

let bench: Workbench;
let hub: Awaited<ReturnType<typeof openFeedBench>>;
let second: Awaited<ReturnType<(typeof hub)['open']>>;
beforeAll(async () => {
  bench = await openWorkbench();
  hub = await openFeedBench(bench);
  second = await hub.open();
});
afterAll(async () => {
  await second?.stop();
  await hub?.close();
  await bench?.drop();
});

async function knock(tls: { cert?: string; key?: string; ca?: string }): Promise<number | string> {
  const agent = new Agent({ connect: { ca: bench.authority.rootPem, servername: 'localhost', ...tls } });
  try {
    const { statusCode } = await request(`https://127.0.0.1:${hub.feed.port}/feed/v1/status`, { dispatcher: agent });
    return statusCode;
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  } finally {
    await agent.destroy();
  }
}

/** What the client sees of a refused handshake: the alert, or the connection closed under it. */
const REFUSED = /^(ERR_SSL_|ECONNRESET|EPIPE|UND_ERR_SOCKET)/;

test('without a certificate there is no connection', async () => {
  expect(await knock({})).toMatch(REFUSED);
});

test('a certificate of a foreign authority with the right name is refused in the handshake', async () => {
  await bench.client({ name: 'agency-foreign' });
  const foreign = await openWorkbench();
  const other = await openAuthority({ database: foreign.database, secretKey: createSecretKey(randomBytes(32)) }).catch(
    () => foreign.authority,
  );
  const issued = await other.issueClient({ commonName: 'agency-foreign' });
  expect(await knock({ cert: issued.certificatePem, key: issued.keyPem ?? '' })).toMatch(REFUSED);
  await foreign.drop();
});

requires('openssl').test('a self-signed certificate that carries the name of our authority is refused', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vestnik-self-'));
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      '1',
      '-subj',
      '/CN=agency-foreign',
      '-keyout',
      'k',
      '-out',
      'c',
    ],
    { cwd: folder, stdio: 'ignore' },
  );
  expect(await knock({ cert: readFileSync(join(folder, 'c'), 'utf8'), key: readFileSync(join(folder, 'k'), 'utf8') })).toMatch(REFUSED);
  rmSync(folder, { recursive: true });
});

test('an expired certificate is refused in the handshake', async () => {
  const past = Temporal.Now.instant().subtract({ hours: 24 * 20 });
  const issued = await bench.authority.issueClient({ commonName: 'agency-foreign', days: 10, now: past });
  expect(await knock({ cert: issued.certificatePem, key: issued.keyPem ?? '' })).toMatch(REFUSED);
});

test('a certificate of ours that no client has is answered 403 CERT_UNKNOWN', async () => {
  const issued = await bench.authority.issueClient({ commonName: 'agency-foreign' });
  expect(await knock({ cert: issued.certificatePem, key: issued.keyPem ?? '' })).toBe(403);
});

test("the server's own certificate is not accepted as a client's", async () => {
  const issued = await bench.authority.issueServer({ names: ['localhost'] });
  expect(await knock({ cert: issued.certificatePem, key: issued.keyPem })).toMatch(REFUSED);
});

test('a client that trusts another authority refuses the hub', async () => {
  const foreign = await openWorkbench();
  const { issued, close } = await (async () => {
    await bench.client({ name: 'agency-trust' });
    return openPeer(bench, 'agency-trust', hub.feed.port);
  })();
  expect(await knock({ ca: foreign.authority.rootPem, cert: issued.certificatePem, key: issued.keyPem ?? '' })).toMatch(
    /CERT|SELF_SIGNED|UNABLE_TO/,
  );
  await close();
  await foreign.drop();
});

test('revoking cuts waiting pulls on both hubs, and the next request is answered 403', async () => {
  await bench.client({ name: 'agency-revoked' });
  const here = await openPeer(bench, 'agency-revoked', hub.feed.port);
  await here.pull();
  const waiting = here.pull({ waitSeconds: 30 }).then(
    () => 'answered',
    () => 'cut',
  );
  await expect.poll(() => hub.feed.waiting).toBe(1);
  const begun = performance.now();
  await bench.database.transaction((tx) => revokeCertificate(tx, ALICE, { client: 'agency-revoked', reason: 'lost laptop' }));
  expect(await waiting).toBe('cut');
  expect(performance.now() - begun).toBeLessThan(10_000);
  expect(await knock({ cert: here.issued.certificatePem, key: here.issued.keyPem ?? '' })).toBe(403);
  const elsewhere = new Agent({
    connect: { ca: bench.authority.rootPem, servername: 'localhost', cert: here.issued.certificatePem, key: here.issued.keyPem ?? '' },
  });
  const answer = await request(`https://127.0.0.1:${second.port}/feed/v1/status`, { dispatcher: elsewhere });
  expect(await answer.body.json()).toMatchObject({ error: { code: 'CERT_REVOKED' } });
  await elsewhere.destroy();
  await here.close();
});

test('a renewed certificate works beside the old one, without a gap', async () => {
  await bench.client({ name: 'agency-renewed' });
  const old = await openPeer(bench, 'agency-renewed', hub.feed.port);
  await old.pull();
  const fresh = await bench.database.transaction((tx) => issueCertificate(tx, ALICE, bench.authority, { client: 'agency-renewed' }));
  expect(await knock({ cert: fresh.certificatePem, key: fresh.keyPem ?? '' })).toBe(200);
  await old.pull();
  await old.close();
});

test('a held client is told so and gets nothing until it is released; a closed one is refused, its waiting pull too', async () => {
  await hub.routed(await bench.client({ name: 'agency-held', subscriptions: [{ agency: ['ALA01'] }] }));
  const program = await openPeer(bench, 'agency-held', hub.feed.port);
  const change = (act: 'hold' | 'release' | 'close' | 'open') =>
    bench.database.transaction((tx) => changeClientState(tx, ALICE, { client: 'agency-held', act, reason: 'test' }));
  await change('hold');
  await hub.ingest.submit(createOperationSource({ seed: 61, agencies: ['ALA01'], history: false }).next(), 'grs');
  expect(await program.pull()).toMatchObject({ held: true, messages: [] });
  const waiting = program.pull({ waitSeconds: 30 });
  await expect.poll(() => hub.feed.waiting).toBe(1);
  await change('release');
  const released = await waiting;
  expect(released.held).toBe(false);
  expect(released.messages.length).toBeGreaterThan(0);
  const last = released.messages.at(-1);
  const refused = program.refused({ waitSeconds: 30, ackThrough: { sequence: last?.sequence, id: last?.id } });
  await expect.poll(() => hub.feed.waiting).toBe(1);
  await change('close');
  expect(await refused).toEqual({ status: 403, code: 'CLIENT_CLOSED' });
  await change('open');
  await program.pull();
  await program.close();
});

test('the private key of a client is nowhere in the database', async () => {
  const { issued, close } = await openPeer(bench, 'agency-renewed', hub.feed.port);
  const body = (issued.keyPem ?? '').split('\n')[1] ?? '';
  const tables = await bench.rows<{ name: string }>("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'");
  for (const { name } of tables) {
    const [found] = await bench.rows<{ n: number }>(`SELECT count(*) AS n FROM ${name} t WHERE strpos(t::text, $1) > 0`, [body]);
    expect([name, found?.n]).toEqual([name, 0]);
  }
  await close();
});
