import { openDatabase } from '@vestnik/hub/core/database/database.ts';
import { migrate } from '@vestnik/hub/core/database/migrate.ts';
import { run as ask } from '@vestnik/hub/core/database/statement.ts';
import { migrationsOf } from '@vestnik/hub/ground.ts';
import { MODULES } from '@vestnik/hub/modules.ts';
import type { HubPeer } from '../hub/hub-peer.ts';
import { addContracts } from './contracts.ts';
import { administratorCall, type Ground, holds, median, PAYMENT_PATH, say, withDatabase } from './ground.ts';
import { type Load, load, type Way } from './load.ts';
import { paymentType } from './money.ts';
import { startPeer } from './peer.ts';

/**
 * paymentUpdate over JSON on many contracts, beside one transaction with the same statements by hand: spec of billing 11. What is done by hand has a database of
 * its own on the same server: in the hub's the hub would work at its events, too.
 */
const GOAL = 0.8;

/** A database of the hub's tables with contracts and a type of payments, on the hub's server. */
async function ownDatabase(hub: HubPeer, contracts: number): Promise<{ readonly url: string; readonly typeId: number }> {
  await withDatabase(hub, ({ work }) => ask(work, 'CREATE DATABASE by_hand'));
  const url = hub.databaseUrl.replace(/[^/]*$/, 'by_hand');
  const database = openDatabase({ url, poolSize: 2, queuePoolSize: 1, name: 'bench' });
  try {
    await migrate(database, migrationsOf(MODULES));
    await addContracts(database, 0, contracts);
    return { url, typeId: await paymentType(database) };
  } finally {
    await database.close();
  }
}

export async function paymentRates({ hub, connections, seconds, turns }: Ground, contracts: number): Promise<void> {
  const typeId = await withDatabase(hub, paymentType);
  const own = await ownDatabase(hub, contracts);
  const byHand = await startPeer('./paying-process.ts', own.url);
  try {
    const call = administratorCall(hub);
    const today = Temporal.Now.plainDateISO().toString();
    const request = (n: number, type: number) =>
      call(PAYMENT_PATH, 'paymentUpdate', {
        payment: { id: 0, contractId: 1 + ((n * 7919) % contracts), typeId: type, date: today, sum: '10.01', comment: `payment ${n}` },
      });
    const check = holds('"status":"ok"', '"return":[');
    const ways: [Way, Way] = [
      {
        name: 'by hand, same statements',
        address: byHand.address,
        request: (n) => ({ ...request(n, own.typeId), path: '/payment' }),
        check,
      },
      { name: 'JSON paymentUpdate', address: hub.rest, request: (n) => request(n, typeId), check },
    ];
    for (const way of ways) await load(way, connections, 2);
    const seen = ways.map((): Load[] => []);
    const server = [byHand.processorSeconds, () => hub.processorSeconds().hub];
    const spent = ways.map(() => ({ calls: 0, server: 0, database: 0 }));
    for (let turn = 0; turn < turns; turn += 1)
      for (const [at, way] of ways.entries()) {
        const processor = () => ({ server: server[at]?.() ?? 0, database: hub.processorSeconds().database });
        const before = processor();
        const found = await load(way, connections, seconds);
        const after = processor();
        seen[at]?.push(found);
        const sum = spent[at];
        if (!sum) continue;
        sum.calls += found.rate * seconds;
        sum.server += after.server - before.server;
        sum.database += after.database - before.database;
      }
    say(`\nPayments on ${contracts} contracts, ${connections} connections, ${seconds} s each, medians of ${turns} turns`);
    for (const [at, { name }] of ways.entries()) {
      const of = (figure: keyof Load): number => median((seen[at] ?? []).map((one) => one[figure]));
      const { calls = 1, server: ofServer = 0, database = 0 } = spent[at] ?? {};
      say(
        `  ${name.padEnd(26)} ${Math.round(of('rate'))}/s, p50 ${of('p50').toFixed(2)} ms, p99 ${of('p99').toFixed(2)} ms; process ${Math.round((ofServer / calls) * 1e6)} us, database ${Math.round((database / calls) * 1e6)} us`,
      );
    }
    const ratio = median((seen[1] ?? []).map(({ rate }, turn) => rate / (seen[0]?.[turn]?.rate ?? Number.NaN)));
    say(`  JSON to by hand            ${ratio.toFixed(2)} (goal ${GOAL.toFixed(2)})`);
  } finally {
    await byHand.stop();
  }
}
