import { type ChildProcess, spawn } from 'node:child_process';
import { hash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAuthority, issue } from '../client/test/certificates.ts';
import { loadConfiguration } from '../hub/config.ts';
import { run as statement } from '../hub/core/database/statement.ts';
import { addOperator } from '../hub/core/identity/add-operator.ts';
import { SYSTEM } from '../hub/core/identity/caller.ts';
import { type Hub, startHub } from '../hub/hub.ts';
import { addClient } from '../hub/tickets/add-client.ts';
import { issueCertificate, pemOf } from '../hub/tickets/issue-certificate.ts';
import { revokeCertificate } from '../hub/tickets/revoke-certificate.ts';
import type { Subscription } from '../hub/tickets/routing.ts';
import { createOperationSource } from '../hub/tickets/samples/operation-source.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { requires } from './support/requires.ts';

/** The examples as a stranger runs them: programs of their own against a hub of their own. */
const EXAMPLES = fileURLToPath(new URL('../examples/', import.meta.url));
const OPERATION = join(EXAMPLES, 'control-message/operation.json');
const BATCH = join(EXAMPLES, 'control-message/operations.ndjson');

let store: TestDatabase;
let folder: string;
let hub: Hub;
let http: string;
let feed: string;
beforeAll(async () => {
  store = await createTestDatabase();
  folder = mkdtempSync(join(tmpdir(), 'vestnik-examples-'));
  const environment = {
    VESTNIK_DATA_FOLDER: join(folder, 'data'),
    VESTNIK_DATABASE__URL: store.url,
    VESTNIK_HTTP__PORT: '0',
    VESTNIK_TICKETS__FEED_PORT: '0',
    VESTNIK_ALERTS__LINE__PORT: '0',
  };
  hub = await startHub(loadConfiguration({ environment, cwd: folder }));
  http = hub.addresses['http'] ?? '';
  feed = `https://${hub.addresses['feed']}`;
  writeFileSync(join(folder, 'ca.crt'), hub.ground.authority.rootPem);
  const password = await hub.identity.hashPassword('pass"word\\ of the sender');
  await hub.identity.change((tx) =>
    addOperator(tx, SYSTEM, { login: 'grs', displayName: 'GRS', password, rights: ['tickets.ingest'] }, hub.identity.rights),
  );
});
afterAll(async () => {
  await hub?.stop();
  await store?.drop();
  rmSync(folder, { recursive: true, force: true });
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function start(
  script: string,
  args: readonly string[],
  environment: Record<string, string> = {},
): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(join(EXAMPLES, script), args, {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that a kill takes curl and jq along, as a power cut would.
    detached: true,
  });
  const texts = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    texts.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    texts.err += text;
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...texts }));
  });
  return { child, ended };
}
const run = (script: string, args: readonly string[], environment?: Record<string, string>): Promise<Ended> =>
  start(script, args, environment).ended;

const SENDER = { VESTNIK_LOGIN: 'grs', VESTNIK_PASSWORD: 'pass"word\\ of the sender', VESTNIK_TRIES: '1' };
const send = (file: string, environment: Record<string, string> = {}, address = http): Promise<Ended> =>
  run('control-message/send.sh', [address, file], { ...SENDER, ...environment });

/** A client with a certificate and an empty folder. */
async function agency(name: string, subscription: Subscription): Promise<{ pem: string; xml: string; serial: string; args: string[] }> {
  const { database, authority } = hub.ground;
  await database.transaction((tx) => addClient(tx, SYSTEM, { name, title: name, subscriptions: [subscription] }));
  const issued = await database.transaction((tx) => issueCertificate(tx, SYSTEM, authority, { client: name }));
  const pem = join(folder, `${name}.pem`);
  writeFileSync(pem, pemOf(issued), { mode: 0o600 });
  const xml = join(folder, `${name}-xml`);
  mkdirSync(xml);
  return { pem, xml, serial: issued.serial, args: [feed, join(folder, 'ca.crt'), pem, xml] };
}
const xmlIn = (path: string): string[] => readdirSync(path).filter((name) => name.endsWith('.xml'));

requires('curl').describe('send.sh', () => {
  test('one operation is stored; sent again it is a duplicate and a success', async () => {
    const first = await send(OPERATION);
    expect(first).toMatchObject({ code: 0, err: '' });
    const answer = JSON.parse(first.out);
    expect(answer).toMatchObject({ id: 'example-1', status: 'created' });
    expect(answer.documents.map((document: { number: string }) => document.number)).toEqual(['4214200000001']);
    const again = await send(OPERATION);
    expect(again.code).toBe(0);
    expect(JSON.parse(again.out)).toMatchObject({ operationId: answer.operationId, status: 'duplicate', documents: answer.documents });
  });

  test('a batch answers a line for each of its lines; operations that stand on one another go together', async () => {
    const { code, out } = await send(BATCH);
    expect(code).toBe(0);
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ line, id, status, documents }) => [line, id, status, documents.length])).toEqual([
      [1, 'example-2', 'created', 1],
      [2, 'example-3', 'created', 3],
      [3, 'example-4', 'created', 1],
      [4, 'example-5', 'created', 1],
    ]);
  });

  test('a batch with a refused line keeps the others, tells how many, and ends with 1', async () => {
    const file = join(folder, 'mixed.ndjson');
    const good = { ...JSON.parse(readFileSync(OPERATION, 'utf8')), id: 'mixed-1' };
    good.documents[0].number = '4214200000090';
    writeFileSync(file, `${JSON.stringify({ ...good, kind: 'sale' })}\nnonsense\n${JSON.stringify(good)}\n`);
    const { code, out, err } = await send(file);
    expect(code).toBe(1);
    expect(err).toContain('2 of 3 operations were refused');
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).status),
    ).toEqual(['rejected', 'rejected', 'created']);
  });

  test('a message that is refused for good ends with 1 and shows every fault', async () => {
    const file = join(folder, 'wrong.json');
    writeFileSync(file, readFileSync(OPERATION, 'utf8').replaceAll('"5000"', '5000'));
    const { code, out, err } = await send(file);
    expect(code).toBe(1);
    expect(err).toContain('refused with HTTP 422');
    expect(JSON.parse(out).details).toHaveLength(2);
  });

  test('a wrong password ends with 1, a hub that is away with 75, a wrong call with 2', async () => {
    expect(await send(OPERATION, { VESTNIK_PASSWORD: 'wrong' })).toMatchObject({ code: 1, err: expect.stringContaining('HTTP 401') });
    expect((await send(OPERATION, {}, 'http://127.0.0.1:1')).code).toBe(75);
    expect((await send(join(folder, 'nothing.json'))).code).toBe(2);
    expect((await send(OPERATION, { VESTNIK_LOGIN: '' })).code).toBe(2);
    expect((await send(join(EXAMPLES, 'README.md'))).code).toBe(2);
  });
});

requires('curl', 'jq').describe('read-feed.sh', () => {
  const submit = async (name: string, count: number, seed: number): Promise<void> => {
    const source = createOperationSource({ seed, agencies: [name], history: false });
    const file = join(folder, `${name}.ndjson`);
    writeFileSync(file, Array.from({ length: count }, () => `${JSON.stringify(source.next())}\n`).join(''));
    expect((await send(file)).code).toBe(0);
  };
  /** What the hub has handed out or still keeps for a client: digest by name. */
  const digests = async (name: string): Promise<string[]> => {
    const { rows } = await statement<{ sha256: string }>(
      hub.ground.database.work,
      `SELECT encode(d.sha256, 'hex') AS sha256 FROM ticket_document d JOIN ticket_client c ON c.client_id = ANY (d.clients) WHERE c.name = $1`,
      [name],
    );
    return rows.map((row) => row.sha256).sort();
  };
  const waiting = async (name: string): Promise<number> => {
    const { rows } = await statement<{ n: number }>(
      hub.ground.database.work,
      'SELECT count(*) AS n FROM ticket_message JOIN ticket_client USING (client_id) WHERE name = $1',
      [name],
    );
    return rows[0]?.n ?? -1;
  };
  const digestOf = (path: string): string => hash('sha256', readFileSync(path), 'hex');

  test('empties a mailbox into a folder, byte for byte, and has nothing to do the second time', async () => {
    const { args, xml } = await agency('reader-1', { agency: ['READER1'] });
    await submit('READER1', 20, 71);
    const first = await run('feed-reader/read-feed.sh', ['--once', ...args]);
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(first.out.trimEnd().split('\n').sort()).toEqual(xmlIn(xml).sort());
    expect(
      xmlIn(xml)
        .map((name) => digestOf(join(xml, name)))
        .sort(),
    ).toEqual(await digests('reader-1'));
    expect(await waiting('reader-1')).toBe(0);
    expect(await run('feed-reader/read-feed.sh', ['--once', ...args])).toMatchObject({ code: 0, out: '', err: '' });
  });

  test('killed at random moments, while files are taken away, it brings each message once', async () => {
    const { args, xml } = await agency('reader-2', { agency: ['READER2'] });
    await submit('READER2', 25, 72);
    const taken: string[] = [];
    const away = join(folder, 'taken');
    mkdirSync(away);
    let killed = 0;
    for (let round = 0; round < 15; round += 1) {
      const { child, ended } = start('feed-reader/read-feed.sh', ['--once', ...args]);
      const timer = setTimeout(() => process.kill(-(child.pid as number), 'SIGKILL'), 30 + Math.random() * 270);
      const { code, err } = await ended;
      clearTimeout(timer);
      expect([null, 0], err).toContain(code);
      if (code === null) killed += 1;
      for (const name of xmlIn(xml).slice(0, 3)) {
        renameSync(join(xml, name), join(away, `${taken.length}-${name}`));
        taken.push(name);
      }
    }
    expect(killed).toBeGreaterThan(0);
    const last = await run('feed-reader/read-feed.sh', ['--once', ...args]);
    expect(last.code, last.err).toBe(0);
    const all = [...taken, ...xmlIn(xml)];
    expect(new Set(all).size).toBe(all.length);
    const found = [...readdirSync(away).map((name) => join(away, name)), ...xmlIn(xml).map((name) => join(xml, name))];
    expect(found.map(digestOf).sort()).toEqual(await digests('reader-2'));
    expect(readdirSync(join(xml, '.feed-reader/tmp'))).toEqual([]);
    expect(await waiting('reader-2')).toBe(0);
  }, 60_000);

  test('waits for news, stands by when a newer copy starts, and stops in order', async () => {
    const { args, xml } = await agency('reader-3', { agency: ['READER3'] });
    const older = start('feed-reader/read-feed.sh', args);
    let said = '';
    older.child.stderr?.on('data', (text: string) => {
      said += text;
    });
    await expect.poll(() => sessionOf('reader-3'), { timeout: 10_000 }).toBe(1);
    await submit('READER3', 1, 73);
    await expect.poll(() => waiting('reader-3'), { timeout: 10_000 }).toBe(0);
    expect(xmlIn(xml).length).toBeGreaterThan(0);
    expect((await run('feed-reader/read-feed.sh', ['--once', ...args])).code).toBe(0);
    await expect.poll(() => said, { timeout: 10_000 }).toContain('another copy with this certificate took over');
    older.child.kill('SIGTERM');
    expect((await older.ended).code).toBe(0);
  });
  const sessionOf = async (name: string): Promise<number> => {
    const { rows } = await statement<{ n: number }>(
      hub.ground.database.work,
      'SELECT count(*) AS n FROM ticket_feed JOIN ticket_client USING (client_id) WHERE name = $1 AND instance IS NOT NULL',
      [name],
    );
    return rows[0]?.n ?? -1;
  };

  test('a revoked certificate ends with 6, a foreign one and a hub that is away with 7, a missing folder with 4, a wrong call with 2', async () => {
    const { args, serial, pem, xml } = await agency('reader-4', { agency: ['READER4'] });
    const ca = join(folder, 'ca.crt');
    const once = (...rest: string[]): Promise<Ended> => run('feed-reader/read-feed.sh', ['--once', ...rest]);
    expect((await once('https://127.0.0.1:1', ca, pem, xml)).code).toBe(7);
    expect((await once(feed, ca, pem, join(folder, 'nowhere'))).code).toBe(4);
    expect((await once(feed, ca, pem)).code).toBe(2);
    await hub.ground.database.transaction((tx) => revokeCertificate(tx, SYSTEM, { client: 'reader-4', serial, reason: 'test' }));
    expect(await once(...args)).toMatchObject({ code: 6, err: expect.stringContaining('CERT_REVOKED') });
    const foreign = join(folder, 'foreign.pem');
    writeFileSync(foreign, issue(createAuthority(), 'reader-4').pem, { mode: 0o600 });
    expect(await once(feed, ca, foreign, xml)).toMatchObject({ code: 7, err: expect.stringContaining('of this hub, and still valid?') });
  });
});

requires('python3').describe('list_tickets.py', () => {
  const sample = (name: string): Buffer => readFileSync(new URL(`../protocol/test/fixtures/${name}.xml`, import.meta.url));
  const filled = (name: string, samples: readonly string[]): string => {
    const path = join(folder, name);
    mkdirSync(path);
    for (const each of samples) writeFileSync(join(path, `${each}.xml`), sample(each));
    return path;
  };
  const list = (...args: string[]): Promise<Ended> => run('folder-reader/list_tickets.py', args);

  test('every family comes with its price, direction and sums; other files of the folder are left alone', async () => {
    const path = filled('families', [
      'eticket-sale',
      'eticket-surrendered',
      'eticket-exchange',
      'emd-penalty',
      'rail-refund',
      'insurance-sale',
    ]);
    writeFileSync(join(path, 'notes.txt'), 'x');
    mkdirSync(join(path, '.stat_client'));
    const { code, out, err } = await list(path);
    expect(code).toBe(0);
    const [head, ...lines] = out.trimEnd().split('\r\n');
    expect(head).toMatch(/^file,type,optype,trans_type,number,/);
    const cells = lines.map((line) => line.split(','));
    expect(cells.map(([, type, optype, trans, number, , , , , , , , , , , , signed]) => [type, optype, trans, number, signed])).toEqual([
      ['EMD', 'SALE', 'EXCHANGE', '4218200000017', '1500'],
      ['ETICKET', 'SALE', 'EXCHANGE', '4214200000002', '5500'],
      ['ETICKET', 'SALE', 'SALE', '4214200000001', '5500'],
      ['ETICKET', 'REFUND', 'EXCHANGE', '4214200000001', '-5500'],
      ['EINSURCAR', 'SALE', 'SALE', '9000000012345', '350'],
      ['TRAIN_TICKET', 'REFUND', 'REFUND', '20007700112233', '-3120.40'],
    ]);
    expect(err).toBe('RUB 4229.60\n');
  });

  test('a file with a DOCTYPE, a cut one and one of another kind are told and stay; the others are moved; the code is 1', async () => {
    const path = filled('mixed', ['eticket-sale', 'doctype']);
    const done = filled('done', []);
    writeFileSync(join(path, 'cut.xml'), sample('eticket-sale').subarray(0, 300));
    writeFileSync(join(path, 'other.xml'), '<ORDERS/>');
    const { code, err } = await list(path, '--move-to', done);
    expect(code).toBe(1);
    for (const text of ['cut.xml: it is not XML', 'doctype.xml: it has a DOCTYPE', 'other.xml: there is no TICKETS/TICKET'])
      expect(err).toContain(text);
    expect(readdirSync(path).sort()).toEqual(['cut.xml', 'doctype.xml', 'other.xml']);
    expect(readdirSync(done)).toEqual(['eticket-sale.xml']);
  });

  test('a folder that is not there is a wrong call', async () => {
    expect((await list(join(folder, 'nowhere'))).code).toBe(2);
  });
});
