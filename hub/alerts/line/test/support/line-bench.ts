import type { ConnectionOptions } from 'node:tls';
import * as z from 'zod';
import { createTestDatabase, type TestDatabase } from '../../../../../test/support/database.ts';
import { type Configuration, loadConfiguration } from '../../../../config.ts';
import type { Database } from '../../../../core/database/database.ts';
import { run, type Transaction, type Value } from '../../../../core/database/statement.ts';
import { createEventStore, type EventStore } from '../../../../core/events/subscribe.ts';
import { addOperator } from '../../../../core/identity/add-operator.ts';
import { openAuthority } from '../../../../core/identity/authority.ts';
import { SYSTEM } from '../../../../core/identity/caller.ts';
import { createIdentity, type Identity } from '../../../../core/identity/identity.ts';
import { createSecretKey } from '../../../../core/identity/secret-key.ts';
import type { Act } from '../../../act.ts';
import { ALERTS_RIGHTS } from '../../../api-rights.ts';
import type { ChannelKindEntry } from '../../../channels/channel-kind.ts';
import { type LiveSettings, startLiveSettings } from '../../../live-settings.ts';
import { type LineServer, type LineServerOptions, startLineServer } from '../../line-server.ts';
import { type LineClient, openLineClient } from './line-client.ts';

export const PASSWORD = 'Secret-123';

export interface LineBench {
  readonly db: TestDatabase;
  readonly server: LineServer;
  readonly identity: Identity;
  readonly events: EventStore;
  readonly settings: LiveSettings;
  readonly act: Act;
  readonly configuration: Configuration;
  /** Connects; nothing is said. */
  connect(options?: ConnectionOptions): Promise<LineClient>;
  /** Connects and logs in. @param login (Default: admin, who may everything) */
  client(login?: string): Promise<LineClient>;
  /** Adds an operator with the password of all. */
  operator(login: string, rights: readonly string[]): Promise<void>;
  write<T>(body: (tx: Transaction, act: Act) => Promise<T>): Promise<T>;
  rows<R extends Record<string, unknown>>(text: string, ...values: Value[]): Promise<R[]>;
  /** A line server of another hub on the same database, which is stopped with this bench. @param database its own way to it */
  second(database: Database): Promise<{ readonly server: LineServer; client(login?: string): Promise<LineClient> }>;
  stop(): Promise<void>;
}

/** Kinds of channel whose far sides nobody asks for anything. */
export const QUIET_KINDS: ReadonlyMap<number, ChannelKindEntry> = new Map(
  ([1, 3, 4] as const).map((number) => [
    number,
    {
      number,
      settings: z.strictObject({
        host: z.string().max(64).default('127.0.0.1'),
        window: z.coerce.number().int().min(1).max(100).default(10),
        secret: z.string().max(64).default(''),
      }),
      secrets: ['secret'],
      channelsOf: (_settings, group) => [group],
      spellings: (id) => [id],
      create: () => {
        throw new Error('no driver is needed here');
      },
    } satisfies ChannelKindEntry,
  ]),
);

export async function openLineBench(
  options: Partial<Pick<LineServerOptions, 'limits' | 'version' | 'reportOf' | 'kinds'>> & {
    readonly line?: Readonly<Record<string, unknown>>;
    readonly alerts?: Readonly<Record<string, unknown>>;
  } = {},
): Promise<LineBench> {
  const { line = {}, alerts = {}, ...more } = options;
  const db = await createTestDatabase({ poolSize: 8, queuePoolSize: 4 });
  const { database } = db;
  const secretKey = createSecretKey(Buffer.alloc(32, 5));
  const loaded = loadConfiguration({ environment: {}, cwd: '/' });
  const configuration = {
    ...loaded,
    alerts: { ...loaded.alerts, ...alerts, line: { ...loaded.alerts.line, port: 0, ...line } },
  } as Configuration;
  const events = createEventStore({ database, keepDays: 7 });
  await events.start();
  const identity = createIdentity({ database, knownRights: ALERTS_RIGHTS, sleep: async () => undefined });
  identity.start();
  const authority = await openAuthority({ database, secretKey });
  const settings = await startLiveSettings({ database, events, configured: configuration.alerts });
  const common = {
    configuration,
    events,
    authority,
    secretKey,
    identity,
    settings,
    kinds: QUIET_KINDS,
    // biome-ignore lint/correctness/useYield: no run, no report
    reportOf: async function* () {
      throw new Error('no report was expected');
    },
    version: '1.0',
    ...more,
  } satisfies Omit<LineServerOptions, 'database'>;
  const server = await startLineServer({ ...common, database });
  const others: LineServer[] = [];
  const act: Act = {
    caller: SYSTEM,
    secretKey,
    get settings() {
      return settings.current();
    },
    get now() {
      return Temporal.Now.instant();
    },
  };
  const clients: LineClient[] = [];
  const hash = await identity.hashPassword(PASSWORD);
  const connectTo = async (address: string, wishes?: ConnectionOptions): Promise<LineClient> => {
    const client = await openLineClient(address, wishes);
    clients.push(client);
    return client;
  };
  const logIn = async (address: string, login: string): Promise<LineClient> => {
    const client = await connectTo(address);
    client.say(`LOGIN ${login} ${PASSWORD}`);
    const [welcome = ''] = await client.lines(1);
    if (!welcome.startsWith('LOGIN OK ')) throw new Error(`not logged in: ${welcome}`);
    await client.line();
    return client;
  };
  const bench: LineBench = {
    db,
    server,
    identity,
    events,
    settings,
    act,
    configuration,
    connect: (wishes) => connectTo(server.address, wishes),
    client: (login = 'admin') => logIn(server.address, login),
    async operator(login, rights) {
      await identity.change((tx) => addOperator(tx, SYSTEM, { login, rights, password: hash }, identity.rights));
    },
    write: (body) => database.transaction((tx) => body(tx, act)),
    rows: async (text, ...values) => (await run<never>(database.work, text, values)).rows,
    async second(theirs) {
      const other = await startLineServer({ ...common, database: theirs });
      others.push(other);
      return { server: other, client: (login = 'admin') => logIn(other.address, login) };
    },
    async stop() {
      for (const client of clients) client.end();
      for (const other of [server, ...others]) await other.stop();
      settings.stop();
      await identity.stop();
      await events.stop();
      await db.drop();
    },
  };
  await identity.change((tx) =>
    addOperator(tx, SYSTEM, { login: 'admin', displayName: 'Анна', rights: ['*'], password: hash }, identity.rights),
  );
  return bench;
}
