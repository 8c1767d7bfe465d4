import { spawn } from 'node:child_process';
import { connect } from 'node:tls';
import { decodeWindows1251 } from '@vestnik/protocol/windows1251.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { requires } from '../../../../test/support/requires.ts';
import { addGroup } from '../../add-group.ts';
import { type LineBench, openLineBench, PASSWORD } from './support/line-bench.ts';
import { bytesOf, type LineClient, openLineClient, replay as replayAt } from './support/line-client.ts';

let bench: LineBench;
beforeAll(async () => {
  bench = await openLineBench({ line: { sessions: 10_000, sessionsPerLogin: 1_000, connectionsPerSecond: 10_000 } });
  await bench.write((tx, act) => addGroup(tx, act, { name: 'Охрана', description: 'с\u00a0краю\u00a0' }));
});
afterAll(() => bench.stop());

/** A recorded session that changes nothing, so that it can be replayed: a login, listings, errors, a block that is refused, escapes, the end. */
const SESSION = [
  'PING',
  `LOGIN admin ${PASSWORD}`,
  'GETGROUPS',
  '',
  'GETTASK 42',
  'ADDABONENT BEGIN',
  'ADDABONENT DATA 777 0 Иванов%20И.И. 10   4321  АО%20«Заря» Охрана  Инженер·',
  'ADDABONENT PHONE 1 +79161234567 1',
  'ADDABONENT END',
  'LISTDELGROUPS5 1',
  'UPDATLIST 9 A B',
  'FOO',
  'PING %C0%zz%2',
  'QUIT',
];
const BYTES = Buffer.concat(SESSION.map(bytesOf));
const ANSWERS = [
  'PING OK',
  'LOGIN OK Здравствуйте,%20Анна.%20Vestnik%201.0',
  'HASP 1 2 8 1 1 0',
  'GETGROUPS BEGIN',
  'GETGROUPS DATA 1 Охрана с\u00a0краю\u00a0',
  'GETGROUPS END',
  'GETTASK ERR_GETTASK Задание%20не%20найдено.',
  'ADDABONENT ERR_GROUPADDABONENTS не%20удалось%20добавить%20абонентов%20в%20группу',
  'LISTDELGROUPS ERR_LISTADDGROUPS не%20удалось%20удалить%20группы%20из%20список',
  'UPDATLIST ERR_UPDATELIST не%20удалось%20обновить%20список%20рассылки.',
  'FOO ERR_BADSYNTAX неправильный%20синтаксис%20команды.',
  'PING OK А%25zz%252',
  'QUIT OK',
];

const replay = (pieces: readonly Uint8Array[]): Promise<string[]> => replayAt(bench.server.address, pieces);

test('the session in one write', async () => {
  expect(await replay([BYTES])).toEqual(ANSWERS);
});

test('the session byte by byte', async () => {
  expect(await replay(Array.from(BYTES, (byte) => Uint8Array.of(byte)))).toEqual(ANSWERS);
});

test('the session cut in two at every offset, each part in TLS records of its own', async () => {
  for (let begin = 1; begin < BYTES.length; begin += 20) {
    const offsets = Array.from({ length: Math.min(20, BYTES.length - begin) }, (_, at) => begin + at);
    const found = await Promise.all(offsets.map((at) => replay([BYTES.subarray(0, at), BYTES.subarray(at)])));
    for (const [at, lines] of found.entries()) expect(lines, `cut at ${offsets[at]}`).toEqual(ANSWERS);
  }
}, 60_000);

test('the session in many pieces of any size', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: BYTES.length - 1 }), { maxLength: 12 }), async (cuts) => {
      const ends = [...new Set([0, ...cuts, BYTES.length])].sort((one, other) => one - other);
      const pieces = ends.slice(1).map((end, at) => BYTES.subarray(ends[at], end));
      expect(await replay(pieces)).toEqual(ANSWERS);
    }),
    { numRuns: 20 },
  );
});

test('bare LF ends a line, too; the server always sends CR LF', async () => {
  expect(await replay([Buffer.from(BYTES.toString('latin1').replaceAll('\r\n', '\n'), 'latin1')])).toEqual(ANSWERS);
});

test.each([
  ['NUL', 'PING a\0b'],
  ['a tab', 'PING a\tb'],
  ['a lone CR', 'PING a\rb'],
  ['%00', 'PING a%00b'],
])('%s inside a line is ERR_BADSYNTAX', async (_, line) => {
  const client = await bench.client();
  expect(await client.ask(line)).toBe('PING ERR_BADSYNTAX неправильный%20синтаксис%20команды.');
});

test('random bytes are answered or closed, and the server serves on', async () => {
  const watch = await bench.client();
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 3_000 }), fc.boolean(), async (bytes, login) => {
      const client: LineClient = await openLineClient(bench.server.address);
      if (login) client.say(`LOGIN admin ${PASSWORD}`);
      client.write(bytes);
      client.say('', 'QUIT');
      const lines = await client.closed();
      for (const line of lines.slice(login ? 2 : 0)) expect(line).toMatch(/^[A-Z]{1,32} (ERR_|OK)/);
      expect(await watch.ask('PING alive')).toBe('PING OK alive');
    }),
    { numRuns: 60 },
  );
});

test('every byte value but NUL is stored in a description, and comes back as it was sent', async () => {
  const client = await bench.client();
  const values = Uint8Array.from({ length: 255 }, (_, at) => at + 1);
  // What may not stand in a line is escaped; the rest is sent as it is, 0x98 and 0xA0 included.
  const sent = Buffer.concat(
    Array.from(values, (byte) =>
      byte <= 0x20 || byte === 0x25 || byte === 0x7f
        ? Buffer.from(`%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
        : Buffer.of(byte),
    ),
  );
  const shown = decodeWindows1251(sent);
  client.write(Buffer.concat([Buffer.from('ADDGROUP bytes '), sent, Buffer.from('\r\n')]));
  const [, , id = ''] = (await client.line()).split(' ');
  const stored = await bench.rows('SELECT description FROM alerts_group WHERE group_id = $1', Number(id));
  expect(stored).toEqual([{ description: decodeWindows1251(values) }]);
  client.say('GETGROUPS');
  expect(await client.until(/^GETGROUPS END$/)).toContain(`GETGROUPS DATA ${id} bytes ${shown}`);
  // All of them escaped, in small letters, mean the same.
  const escaped = Array.from(values, (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
  expect(await client.ask(`UPDATEGROUP ${id} bytes ${escaped}`)).toBe(`UPDATEGROUP OK ${id} bytes ${shown}`);
  expect(await client.ask(`DELGROUP ${id}`)).toBe(`DELGROUP OK ${id}`);
});

test.each([
  ['TLSv1.2', true],
  ['TLSv1.3', true],
  ['TLSv1.1', false],
] as const)('%s: %s', async (version, served) => {
  const [host, port] = bench.server.address.split(':');
  const outcome = await new Promise<boolean>((resolve) => {
    const socket = connect({
      host: host ?? '',
      port: Number(port),
      rejectUnauthorized: false,
      minVersion: version,
      maxVersion: version,
      ciphers: 'DEFAULT@SECLEVEL=0',
    });
    socket.once('secureConnect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
  expect(outcome).toBe(served);
});

/** Runs `openssl s_client` with lines on its input. */
async function sClient(address: string, args: readonly string[], input: Uint8Array): Promise<Buffer> {
  const child = spawn('openssl', ['s_client', '-connect', address, '-quiet', '-no_ign_eof', ...args], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const output: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stdin.on('error', () => undefined);
  child.stdin.write(input);
  await new Promise((resolve) => child.once('close', resolve));
  return Buffer.concat(output);
}

requires('openssl').test('openssl s_client is served byte for byte', async () => {
  const output = await sClient(bench.server.address, ['-tls1_3'], BYTES);
  expect(output.equals(Buffer.concat(ANSWERS.map(bytesOf)))).toBe(true);
});

requires('openssl').test('openssl finds the certificate that the server names, and accepts it from our root', async () => {
  const child = spawn('openssl', ['s_client', '-connect', bench.server.address, '-showcerts'], { stdio: ['pipe', 'pipe', 'ignore'] });
  child.stdin.end('QUIT\r\n');
  let text = '';
  for await (const chunk of child.stdout) text += chunk;
  const { X509Certificate } = await import('node:crypto');
  const [leaf, root] = [...text.matchAll(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g)].map(
    ([pem]) => new X509Certificate(pem),
  );
  expect(leaf?.fingerprint256).toBe(bench.server.fingerprint);
  expect(leaf?.verify(root?.publicKey as never)).toBe(true);
});
