import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openDatabase } from '@vestnik/hub/core/database/database.ts';
import { discardEmbedded } from '@vestnik/hub/core/database/discard-embedded.ts';
import { run as ask } from '@vestnik/hub/core/database/statement.ts';
import { startHubPeer } from '../hub/hub-peer.ts';
import { type Load, load, type Request } from './load.ts';

/**
 * `npm run bench -- billing [--contracts N] [--seconds N] [--connections N] [--turns N]`: contractGet over JSON and SOAP and ContractInfo over XML actions,
 * beside a bare fastify handler with the same statement and beside a server of the npm package soap; in turns, medians of ratios of one run.
 */
const NAMESPACE = 'http://service.common.api.contract.kernel.bgbilling.bitel.ru/';
const JSON_PATH = '/executer/json/ru.bitel.bgbilling.kernel.contract.api/ContractService';
const SOAP_PATH = '/executer/ru.bitel.bgbilling.kernel.contract.api/ContractService';
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

interface Way {
  readonly name: string;
  readonly address: string;
  request(n: number): Request;
  check(text: string): void;
}

async function peer(file: string, url: string) {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), [url]);
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return {
    address: `http://127.0.0.1:${port}`,
    async stop() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}

/** Processor time of a call. A peer's own is not seen, only what its statement costs the database. */
const timeOf = ({ calls, hub, database }: { calls: number; hub: number; database: number } = { calls: 0, hub: 0, database: 0 }): string =>
  `hub ${Math.round((hub / calls) * 1e6)} us, database ${Math.round((database / calls) * 1e6)} us`;

const holds =
  (...pieces: readonly string[]) =>
  (text: string): void => {
    for (const piece of pieces) if (!text.includes(piece)) throw new Error(`the answer lacks ${piece}: ${text.slice(0, 500)}`);
  };

export async function run(options: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...options],
    options: {
      contracts: { type: 'string', default: '10000' },
      seconds: { type: 'string', default: '5' },
      connections: { type: 'string', default: '32' },
      turns: { type: 'string', default: '3' },
    },
  });
  const [contracts, seconds, connections, turns] = [values.contracts, values.seconds, values.connections, values.turns].map(Number) as [
    number,
    number,
    number,
    number,
  ];
  const folder = mkdtempSync(join(tmpdir(), 'vestnik-bench-'));
  const dataFolder = join(folder, 'hub');
  say(`${cpus().length} processors (${cpus()[0]?.model}), Node ${process.versions.node}, PostgreSQL 18 embedded`);
  const hub = await startHubPeer(dataFolder);
  const stops: (() => Promise<void>)[] = [];
  try {
    const database = openDatabase({ url: hub.databaseUrl, poolSize: 1, queuePoolSize: 1, name: 'bench' });
    await ask(
      database.work,
      `INSERT INTO contract (title, comment, date_from) SELECT 'D-' || lpad(n::text, 7, '0'), 'Абонент ' || n, '2020-01-01' FROM generate_series(1, $1::int) AS n`,
      [contracts],
    );
    await ask(database.work, 'ANALYZE contract');
    await database.close();
    const bare = await peer('./bare-process.ts', hub.databaseUrl);
    stops.push(bare.stop);
    const soap = await peer('./soap-process.ts', hub.databaseUrl);
    stops.push(soap.stop);
    const [login = '', password = ''] = Buffer.from(hub.authorization.slice('Basic '.length), 'base64').toString().split(':');
    const idOf = (n: number): number => 1 + ((n * 7919) % contracts);
    const json = { 'content-type': 'application/json' };
    const xml = { 'content-type': 'text/xml;charset=UTF-8', authorization: hub.authorization };
    const envelope = (n: number): string =>
      `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><q:contractGet xmlns:q="${NAMESPACE}"><contractId>${idOf(n)}</contractId></q:contractGet></soap:Body></soap:Envelope>`;
    const body = (n: number): string =>
      JSON.stringify({ method: 'contractGet', user: { user: login, pswd: password }, params: { contractId: idOf(n) } });
    const action = `/executer?user=${encodeURIComponent(login)}&pswd=${encodeURIComponent(password)}&authToSession=0&module=contract&action=ContractInfo`;
    const ways: Way[] = [
      {
        name: 'bare fastify, same SQL',
        address: bare.address,
        request: (n) => ({ path: '/contract', method: 'POST', headers: json, body: body(n) }),
        check: holds('"title":"D-'),
      },
      {
        name: 'JSON contractGet',
        address: hub.rest,
        request: (n) => ({ path: JSON_PATH, method: 'POST', headers: json, body: body(n) }),
        check: holds('"status":"ok"', '"title":"D-'),
      },
      {
        name: 'npm soap, same SQL',
        address: soap.address,
        request: (n) => ({ path: '/ContractService', method: 'POST', headers: xml, body: envelope(n) }),
        check: holds('contractGetResponse', 'D-'),
      },
      {
        name: 'SOAP contractGet',
        address: hub.rest,
        request: (n) => ({ path: SOAP_PATH, method: 'POST', headers: xml, body: envelope(n) }),
        check: holds('contractGetResponse', 'title="D-'),
      },
      {
        name: 'action ContractInfo',
        address: hub.rest,
        request: (n) => ({ path: `${action}&cid=${idOf(n)}`, method: 'GET', headers: {}, body: null }),
        check: holds('status="ok"', 'title="D-'),
      },
    ];
    const seen = ways.map((): Load[] => []);
    const spent = ways.map(() => ({ calls: 0, hub: 0, database: 0 }));
    // Everything is compiled and every password verified before it counts.
    for (const way of ways) await load(way.address, connections, 2, way.request, way.check);
    for (let turn = 0; turn < turns; turn += 1) {
      for (const [at, way] of ways.entries()) {
        const before = hub.processorSeconds();
        const found = await load(way.address, connections, seconds, way.request, way.check);
        const after = hub.processorSeconds();
        seen[at]?.push(found);
        const sum = spent[at];
        if (!sum) continue;
        sum.calls += found.rate * seconds;
        sum.hub += after.hub - before.hub;
        sum.database += after.database - before.database;
      }
    }
    say(`\n${contracts} contracts, ${connections} connections, ${seconds} s each, medians of ${turns} turns`);
    for (const [at, way] of ways.entries()) {
      const turnsOf = seen[at] ?? [];
      say(
        `  ${way.name.padEnd(24)} ${Math.round(median(turnsOf.map(({ rate }) => rate)))}/s, p50 ${median(turnsOf.map(({ p50 }) => p50)).toFixed(2)} ms, p99 ${median(turnsOf.map(({ p99 }) => p99)).toFixed(2)} ms; ${timeOf(spent[at])}`,
      );
    }
    const ratio = (one: number, other: number): string =>
      median((seen[one] ?? []).map(({ rate }, turn) => rate / (seen[other]?.[turn]?.rate ?? Number.NaN))).toFixed(2);
    say(`  JSON to bare             ${ratio(1, 0)} (goal 0.90)`);
    say(`  SOAP to npm soap         ${ratio(3, 2)} (goal 1.4), to JSON ${ratio(3, 1)} (goal 0.80)`);
    say(`  action to JSON           ${ratio(4, 1)} (goal 0.60)`);
  } finally {
    for (const stop of stops) await stop();
    await hub.stop();
    await discardEmbedded({ dataFolder, runAs: 'nobody' });
    rmSync(folder, { recursive: true, force: true });
  }
}
