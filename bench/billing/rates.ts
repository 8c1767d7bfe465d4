import { administratorOf, type Ground, holds, JSON_HEADERS, JSON_PATH, median, say } from './ground.ts';
import { type Load, load, type Way } from './load.ts';
import { startPeer } from './peer.ts';

/** contractGet over JSON and SOAP and ContractInfo over XML actions, beside a bare fastify handler with the same statement and a server of npm soap. */
const NAMESPACE = 'http://service.common.api.contract.kernel.bgbilling.bitel.ru/';
const SOAP_PATH = '/executer/ru.bitel.bgbilling.kernel.contract.api/ContractService';

/** Processor time of a call. A peer's own is not seen, only what its statement costs the database. */
const timeOf = ({ calls, hub, database }: { calls: number; hub: number; database: number } = { calls: 0, hub: 0, database: 0 }): string =>
  `hub ${Math.round((hub / calls) * 1e6)} us, database ${Math.round((database / calls) * 1e6)} us`;

export async function rates({ hub, connections, seconds, turns }: Ground, contracts: number): Promise<void> {
  const bare = await startPeer('./bare-process.ts', hub.databaseUrl);
  const soap = await startPeer('./soap-process.ts', hub.databaseUrl);
  try {
    const { login, password } = administratorOf(hub);
    const idOf = (n: number): number => 1 + ((n * 7919) % contracts);
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
        request: (n) => ({ path: '/contract', method: 'POST', headers: JSON_HEADERS, body: body(n) }),
        check: holds('"title":"D-'),
      },
      {
        name: 'JSON contractGet',
        address: hub.rest,
        request: (n) => ({ path: JSON_PATH, method: 'POST', headers: JSON_HEADERS, body: body(n) }),
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
    for (const way of ways) await load(way, connections, 2);
    for (let turn = 0; turn < turns; turn += 1) {
      for (const [at, way] of ways.entries()) {
        const before = hub.processorSeconds();
        const found = await load(way, connections, seconds);
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
      const of = (figure: keyof Load): number => median(turnsOf.map((one) => one[figure]));
      say(
        `  ${way.name.padEnd(24)} ${Math.round(of('rate'))}/s, p50 ${of('p50').toFixed(2)} ms, p99 ${of('p99').toFixed(2)} ms; ${timeOf(spent[at])}`,
      );
    }
    const ratio = (one: number, other: number): string =>
      median((seen[one] ?? []).map(({ rate }, turn) => rate / (seen[other]?.[turn]?.rate ?? Number.NaN))).toFixed(2);
    say(`  JSON to bare             ${ratio(1, 0)} (goal 0.90)`);
    say(`  SOAP to npm soap         ${ratio(3, 2)} (goal 1.4), to JSON ${ratio(3, 1)} (goal 0.80)`);
    say(`  action to JSON           ${ratio(4, 1)} (goal 0.60)`);
  } finally {
    await bare.stop();
    await soap.stop();
  }
}
