import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Act } from '@vestnik/hub/alerts/act.ts';
import { alertsSection } from '@vestnik/hub/config/alerts.ts';
import { type Database, openDatabase } from '@vestnik/hub/core/database/database.ts';
import { run, type Value } from '@vestnik/hub/core/database/statement.ts';
import { SYSTEM } from '@vestnik/hub/core/identity/caller.ts';
import { createSecretKey } from '@vestnik/hub/core/identity/secret-key.ts';
import { type HubPeer, startHubPeer } from '../hub/hub-peer.ts';

/** What every part of the bench stands on: a hub in a process of its own, and a way to its database beside it. */
export interface Ground {
  readonly hub: HubPeer;
  readonly database: Database;
  readonly act: Act;
  /** Port of the hub's line protocol. */
  readonly linePort: number;
  readonly turns: number;
  rows<R extends Record<string, unknown>>(text: string, ...values: Value[]): Promise<R[]>;
  /** What the hub has spent so far. */
  spent(): Promise<Spent>;
  /** Bytes that the hub uses at this moment, after a collection of what is not used. */
  memory(): Promise<number>;
  stop(): Promise<void>;
}

/** Processor seconds, and statements sent to the database. */
export interface Spent {
  readonly hub: number;
  readonly database: number;
  readonly statements: Readonly<Record<string, { readonly count: number; readonly seconds: number }>>;
}

export const say = (line: string): void => void process.stdout.write(`${line}\n`);
export const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
export const rounded = (rate: number): string => `${Math.round(rate)}/s`;
export const rates = (values: readonly number[]): string => values.map(rounded).join(', ');

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** @param folder of this run, which may be filled */
export async function openGround(folder: string, turns: number, profile: string | undefined): Promise<Ground> {
  const linePort = await freePort();
  const socket = join(folder, 'statements');
  const options = [`--import=${new URL('./count-statements.ts', import.meta.url).href}`];
  if (profile !== undefined) options.push('--cpu-prof', `--cpu-prof-dir=${profile}`);
  const hub = await startHubPeer(join(folder, 'hub'), {
    VESTNIK_ALERTS__LINE__PORT: String(linePort),
    VESTNIK_ALERTS__LINE__SESSIONS_PER_LOGIN: '1000',
    VESTNIK_ALERTS__LINE__CONNECTIONS_PER_SECOND: '10000',
    NODE_OPTIONS: options.join(' '),
    BENCH_STATEMENTS: socket,
  });
  const database = openDatabase({ url: hub.databaseUrl, poolSize: 4, queuePoolSize: 1, name: 'bench' });
  return {
    hub,
    database,
    act: {
      caller: SYSTEM,
      settings: alertsSection.parse({}),
      // Nothing that this bench stores is sealed.
      secretKey: createSecretKey(Buffer.alloc(32, 7)),
      get now() {
        return Temporal.Now.instant();
      },
    },
    linePort,
    turns,
    rows: async <R extends Record<string, unknown>>(statement: string, ...values: Value[]) =>
      (await run<R>(database.work, statement, values)).rows,
    async spent() {
      const statements = JSON.parse(await text(connect(socket))) as Spent['statements'];
      return { ...hub.processorSeconds(), statements };
    },
    memory: async () => JSON.parse(await text(connect(`${socket}.memory`))) as number,
    async stop() {
      await database.close();
      await hub.stop();
    },
  };
}

/** What each of so many targets cost between two moments, in a sentence. */
export function costOf(before: Spent, after: Spent, targets: number): { text: string; statements: number } {
  const each = (seconds: number): number => Math.round((seconds * 1e6) / targets);
  const sum = ({ statements }: Spent): number => Object.values(statements).reduce((all, { count }) => all + count, 0);
  const statements = (sum(after) - sum(before)) / targets;
  return {
    statements,
    text: `processor time each: hub ${each(after.hub - before.hub)} us, database ${each(after.database - before.database)} us; statements ${statements.toFixed(3)}`,
  };
}

/** The statements that were sent most often between two moments. */
export function mostSent(before: Spent, after: Spent, targets: number): string[] {
  return Object.entries(after.statements)
    .map(([name, { count, seconds }]) => {
      const was = before.statements[name] ?? { count: 0, seconds: 0 };
      return { name, count: count - was.count, seconds: seconds - was.seconds };
    })
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count)
    .slice(0, 24)
    .map(
      ({ name, count, seconds }) =>
        `    ${name.padEnd(44)} ${count} times, ${(targets / count).toFixed(0)} targets each, ${((seconds / count) * 1000).toFixed(1)} ms`,
    );
}

export const fileOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
