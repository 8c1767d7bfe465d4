import { randomUUID } from 'node:crypto';
import { vi } from 'vitest';
import { addChannelGroup } from '../../add-channel-group.ts';
import { channelKinds } from '../../channels/kinds.ts';
import { startAlertEngine } from '../../engine/alert-engine.ts';
import { createSmsc, type Smsc } from '../../smsc/smsc.ts';
import { type AlertsBench, alertsBench, PATIENCE } from './alerts-bench.ts';

/** An engine with the drivers of the product, and message centres as providers of SMS. */
export interface Providers {
  readonly bench: AlertsBench;
  readonly centres: readonly Smsc[];
  /** Numbers of the channels that work now; the first provider has 3. */
  working(): Promise<number[]>;
  /** Resolves when the only run of the task has ended. */
  ended(task: number): Promise<void>;
  /** Adds a provider at another port. */
  add(name: string, port: number, settings?: Readonly<Record<string, unknown>>): Promise<void>;
  stop(): Promise<void>;
}

const ACCOUNT = { systemId: 'two', password: 'secret' };

/** @param settings of every provider, beside where it is */
export async function openProviders(count: number, settings: Readonly<Record<string, unknown>>): Promise<Providers> {
  const bench = await alertsBench();
  const kinds = channelKinds(Buffer.alloc(32, 7));
  // The bench's own groups have no driver here.
  await bench.rows('UPDATE alerts_channel_group SET enabled = false');
  const add: Providers['add'] = async (name, port, more = {}) => {
    const given = { host: '127.0.0.1', port, ...ACCOUNT, ...settings, ...more };
    await bench.db.database.transaction((tx) => addChannelGroup(tx, bench.act, kinds, { kind: 3, name, settings: given }));
  };
  const centres = Array.from({ length: count }, () => createSmsc({ accounts: [ACCOUNT] }));
  for (const [at, centre] of centres.entries()) {
    await centre.start();
    await add(`Provider ${at + 1}`, centre.port);
  }
  const engine = await startAlertEngine({
    database: bench.db.database,
    events: bench.events,
    secretKey: bench.act.secretKey,
    hubId: randomUUID(),
    kinds,
    settings: () => ({ ...bench.act.settings, leaseSeconds: 5 }),
    confirmUrlOf: () => undefined,
  });
  const working = async (): Promise<number[]> =>
    (await bench.rows<{ number: number }>('SELECT number FROM alerts_channel WHERE state IN (1, 5) AND group_id > 2 ORDER BY number')).map(
      ({ number }) => number,
    );
  await vi.waitUntil(async () => (await working()).length === count, PATIENCE);
  return {
    bench,
    centres,
    working,
    async ended(task) {
      await vi.waitUntil(
        async () => (await bench.rows('SELECT FROM alerts_run WHERE task_id = $1 AND status = 4', task)).length === 1,
        PATIENCE,
      );
    },
    add,
    async stop() {
      await engine.stop();
      for (const centre of centres) await centre.stop();
      await bench.end();
    },
  };
}
