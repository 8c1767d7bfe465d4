import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { discardEmbedded } from '@vestnik/hub/core/database/discard-embedded.ts';
import { startHubPeer } from '../hub/hub-peer.ts';
import { accrual } from './accrual.ts';
import { concurrentPayments } from './concurrent-payments.ts';
import { addContracts } from './contracts.ts';
import { flatness } from './flatness.ts';
import { say, withDatabase } from './ground.ts';
import { logins } from './logins.ts';
import { manyPayments } from './many-payments.ts';
import { operators } from './operators.ts';
import { paymentRates } from './payment-rates.ts';
import { rates } from './rates.ts';

/**
 * `npm run bench -- billing [--part NAME ...] [--contracts N] [--many N] [--objects N] [--payments N] [--seconds N] [--connections N] [--turns N]`: medians of
 * ratios of one run. `--objects` is for the part accrual, `--payments` for many-payments.
 */
const PARTS = ['rates', 'operators', 'logins', 'payments', 'payment-rates', 'flatness', 'many-payments', 'accrual'];

export async function run(options: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...options],
    options: {
      part: { type: 'string', multiple: true, default: PARTS },
      contracts: { type: 'string', default: '10000' },
      many: { type: 'string', default: '1000000' },
      objects: { type: 'string', default: '1000000' },
      payments: { type: 'string', default: '2000000' },
      seconds: { type: 'string', default: '5' },
      connections: { type: 'string', default: '32' },
      turns: { type: 'string', default: '3' },
    },
  });
  const wrong = values.part.find((part) => !PARTS.includes(part));
  if (wrong !== undefined) throw new Error(`--part ${wrong}: there are ${PARTS.join(', ')}`);
  const contracts = Number(values.contracts);
  const folder = mkdtempSync(join(tmpdir(), 'vestnik-bench-'));
  const dataFolder = join(folder, 'hub');
  say(`${cpus().length} processors (${cpus()[0]?.model}), Node ${process.versions.node}, PostgreSQL 18 embedded`);
  const hub = await startHubPeer(dataFolder);
  try {
    await withDatabase(hub, (database) => addContracts(database, 0, contracts));
    const ground = { hub, connections: Number(values.connections), seconds: Number(values.seconds), turns: Number(values.turns) };
    const chosen = (part: string): boolean => values.part.includes(part);
    if (chosen('rates')) await rates(ground, contracts);
    if (chosen('operators')) await operators(ground, contracts);
    if (chosen('logins')) await logins(ground, contracts);
    if (chosen('payments')) await concurrentPayments(ground);
    if (chosen('payment-rates')) await paymentRates(ground, contracts);
    if (chosen('flatness')) await flatness(ground, contracts, Number(values.many));
    if (chosen('many-payments')) await manyPayments(ground, Number(values.payments));
    if (chosen('accrual')) await accrual(ground, contracts, Number(values.objects));
  } finally {
    await hub.stop();
    await discardEmbedded({ dataFolder, runAs: 'nobody' });
    rmSync(folder, { recursive: true, force: true });
  }
}
