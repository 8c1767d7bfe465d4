import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openDatabase } from '@vestnik/hub/core/database/database.ts';
import { discardEmbedded } from '@vestnik/hub/core/database/discard-embedded.ts';
import { fillLog, logCases, readPage } from '@vestnik/hub/core/deliveries/test/support/long-log.ts';
import { startHubPeer } from '../hub/hub-peer.ts';

/** `npm run bench -- log [--rows N] [--turns N]`: how long a page of the delivery log takes under each filter, beside the limit of 200 ms of the specification (callbacks 8, P10). */
const LIMIT = 200;
const say = (text: string): void => void process.stdout.write(`${text}\n`);

export async function run(options: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...options],
    options: { rows: { type: 'string', default: '1000000' }, turns: { type: 'string', default: '5' } },
  });
  const [rows, turns] = [Number(values.rows), Number(values.turns)];
  const folder = mkdtempSync(join(tmpdir(), 'vestnik-bench-'));
  const dataFolder = join(folder, 'hub');
  say(`${cpus().length} processors (${cpus()[0]?.model}), Node ${process.versions.node}, PostgreSQL 18 embedded`);
  const hub = await startHubPeer(dataFolder);
  const database = openDatabase({ url: hub.databaseUrl, poolSize: 1, queuePoolSize: 1, name: 'bench' });
  try {
    await fillLog(database.work, rows);
    say(
      `\n${rows} ended deliveries and ${Math.ceil(rows / 10)} that wait; pages of 100, medians of ${turns} turns; the limit is ${LIMIT} ms`,
    );
    let slowest = 0;
    for (const page of logCases(rows)) {
      const times: number[] = [];
      for (let turn = 0; turn < turns; turn += 1) {
        const begun = performance.now();
        await readPage(database.work, page);
        times.push(performance.now() - begun);
      }
      const median = times.sort((a, b) => a - b)[Math.floor(turns / 2)] ?? Number.NaN;
      slowest = Math.max(slowest, median);
      say(`  ${page.name.padEnd(48)} ${median.toFixed(1).padStart(6)} ms`);
    }
    say(`  slowest to the limit ${(slowest / LIMIT).toFixed(2)}`);
  } finally {
    await database.close();
    await hub.stop();
    await discardEmbedded({ dataFolder, runAs: 'nobody' });
    rmSync(folder, { recursive: true, force: true });
  }
}
