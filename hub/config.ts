import { existsSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import { z } from 'zod';
import { alertsSection } from './config/alerts.ts';
import { billingSection } from './config/billing.ts';
import { callbacksSection } from './config/callbacks.ts';
import { count, describe, GIB, host, KIB, MIB, port, size, text } from './config/fields.ts';
import { ConfigurationError, describeFault, type Leaf, type Raw, readEnvironment, readFile } from './config/source.ts';
import { travelSection } from './config/travel.ts';

/**
 * The one schema of the configuration. Everything that can be set stands here with its default, its unit and its bounds;
 * docs/configuration.md and `vestnik config --example` are made from it. Code behind it never sees a raw option.
 *
 * Two sources, the second wins: the file (vestnik.yaml) and the environment (VESTNIK_<SECTION>__<KEY>).
 */
const DAY_LIMIT = 3650;
const tls = z
  .strictObject({
    certificate: describe(
      z.string().min(1),
      'path',
      'path',
      'Certificate chain of the HTTP listener, PEM. Read again when the file changes and on SIGHUP.',
    ),
    key: describe(z.string().min(1), 'path', 'path', 'Private key of that certificate, PEM, without a password.'),
  })
  .optional();

const schema = z.strictObject({
  dataFolder: describe(
    z.string().min(1).default('./vestnik-data'),
    'path',
    'path',
    'Folder of everything the hub keeps on this machine: the secret key and, without database.url, the database.',
  ),
  language: describe(
    z.enum(['ru', 'en']).default('ru'),
    'text',
    'ru, en',
    'Language of the command line and of messages for callers that ask for none.',
  ),
  database: z
    .strictObject({
      url: text(
        z.string().regex(/^postgres(ql)?:\/\//, 'must begin with postgresql://'),
        'postgresql://user:password@host:port/database',
        'The PostgreSQL server to use, version 15 or newer. Without it the hub runs its own in dataFolder.',
      ).optional(),
      poolSize: count(10, 2, 500, 'Connections for everything but the queues.'),
      queuePoolSize: count(10, 2, 500, 'Connections for the statements of the queues.'),
      runAs: text(
        z.string().min(1).max(64).default('nobody'),
        'user name',
        'Unprivileged system user of the embedded PostgreSQL when the hub runs as root.',
      ),
      readerHost: text(
        host.default('127.0.0.1'),
        'host name or address',
        'Address that database.readerPort binds. Use 0.0.0.0 for all; the connection is not encrypted.',
      ),
      readerPort: describe(
        z.int().min(1).max(65_535),
        'integer',
        '1..65535',
        "TCP port of the embedded PostgreSQL for programs that read the billing's views, usually 5432. Without it there is none. Counts from the next start.",
      ).optional(),
    })
    .prefault({}),
  http: z
    .strictObject({
      host: text(
        host.default('127.0.0.1'),
        'host name or address',
        'Address that the HTTP listener (REST, console, metrics) binds. Use 0.0.0.0 for all.',
      ),
      port: port(8080, 'TCP port of the HTTP listener.'),
      publicUrl: text(
        z.url({ protocol: /^https?$/ }),
        'http:// or https:// URL',
        'Address under which people reach the hub; written into links and the OpenAPI page.',
      ).optional(),
      tls,
      trustProxy: describe(
        z
          .union(
            [z.literal(false), z.array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()])).min(1)],
            'must be false or a list of addresses and networks',
          )
          .default(false),
        'addresses',
        'false, or addresses and networks',
        'Proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.',
      ),
      bodyLimit: size(MIB, KIB, GIB, 'Largest request body of a route that sets no limit of its own.'),
    })
    .prefault({}),
  log: z
    .strictObject({
      level: describe(
        z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
        'text',
        'debug, info, warn, error, silent',
        'The least important lines that are written.',
      ),
      format: describe(
        z.enum(['auto', 'json', 'pretty']).default('auto'),
        'text',
        'auto, json, pretty',
        'auto is pretty on a terminal and JSON lines elsewhere.',
      ),
    })
    .prefault({}),
  identity: z
    .strictObject({
      sessionHours: count(12, 1, 720, 'Hours after which a console session ends.'),
      auditDays: count(1100, 1, 36_500, 'Days that the audit of changes is kept.'),
    })
    .prefault({}),
  events: z.strictObject({ keepDays: count(7, 1, DAY_LIMIT, 'Days that events are kept for subscribers and live updates.') }).prefault({}),
  tickets: z
    .strictObject({
      feedHost: text(host.default('0.0.0.0'), 'host name or address', 'Address that the feed for agencies (mutual TLS) binds.'),
      feedPort: port(8443, 'TCP port of the feed.'),
      feedNames: describe(
        z.array(host).min(1).max(50).default(['localhost', '127.0.0.1']),
        'list',
        'list of names and addresses',
        "Names and addresses in the feed's server certificate: every one that a client may write into Connect.",
      ),
      feedAddress: text(
        z.string().regex(/^[A-Za-z0-9._-]+:\d{1,5}$|^\[[0-9a-fA-F:]+\]:\d{1,5}$/, 'must be host:port'),
        'host:port',
        'Address written into the bundles of clients. Without it: the first of feedNames with the port of the feed.',
      ).optional(),
      queueDays: count(30, 1, 30, 'Days that an undelivered message waits in its mailbox.'),
      keepDays: count(
        400,
        0,
        DAY_LIMIT,
        'Days that documents and history are kept for replay; 0 erases a body when its last message leaves a mailbox.',
      ),
      warnAgeDays: describe(
        z.array(z.int().min(1).max(30)).max(10).default([1, 7, 20, 27]),
        'integers',
        'list of 1..30',
        'Ages of the oldest undelivered message, in days, at which a warning is raised.',
      ),
      warnQueued: count(10_000, 1, 1_000_000_000, 'Undelivered messages of one client at which a warning is raised.'),
      expiryWarnDays: describe(
        z.array(z.int().min(1).max(365)).max(10).default([30, 14, 7, 1]),
        'integers',
        'list of 1..365',
        "Days before the end of a client's certificate at which a warning is raised.",
      ),
      batchOperations: count(500, 1, 2_000, 'Operations that are stored in one transaction, at most.'),
      batchBytes: size(2 * MIB, 64 * KIB, 64 * MIB, 'Bytes that are stored in one transaction, at most.'),
      queueBound: count(20_000, 1, 1_000_000, 'Operations that may wait to be stored; beyond it senders get 429.'),
      minFreeBytes: size(2 * GIB, 0, 1024 * GIB, "Free space of the database's disk below which control messages are refused with 503."),
      minFreePercent: count(5, 0, 50, 'The same in percent of the disk; either limit refuses.'),
      xsdSample: count(1_000, 0, 1_000_000, 'Every so many documents one is validated against its XSD in production; 0 = never.'),
      clientDays: count(730, 1, 1_825, 'Days that a new client certificate is valid.'),
      requestsPerSecond: count(50, 1, 10_000, 'Feed requests a second of one client, beyond which it gets 429.'),
    })
    .prefault({}),
  travel: travelSection,
  callbacks: callbacksSection,
  billing: billingSection,
  alerts: alertsSection,
});

export type Configuration = z.output<typeof schema>;

/** One setting for the reference page. */
export interface ConfigurationRow {
  readonly key: string;
  readonly type: string;
  readonly default: unknown;
  readonly environment: string;
  readonly description: string;
}

/** `tickets.feedPort` -> `VESTNIK_TICKETS__FEED_PORT`. */
const environmentName = (path: readonly string[]): string =>
  `VESTNIK_${path.map((part) => part.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()).join('__')}`;

function leavesOf(node: z.ZodType, path: readonly string[]): (Leaf & ConfigurationRow)[] {
  const meta = node.meta();
  if (meta?.['kind'] === undefined) {
    let inner: unknown = node;
    while (inner instanceof z.ZodPrefault || inner instanceof z.ZodOptional) inner = inner.unwrap();
    if (inner instanceof z.ZodObject)
      return Object.entries(inner.shape).flatMap(([key, child]) => leavesOf(child as z.ZodType, [...path, key]));
    return inner === node ? [] : leavesOf(inner as z.ZodType, path);
  }
  const fallback = node.safeParse(undefined);
  return [
    {
      path,
      kind: meta['kind'] as Leaf['kind'],
      key: path.join('.'),
      type: String(meta['type']),
      default: fallback.success ? fallback.data : undefined,
      environment: environmentName(path),
      description: meta.description ?? '',
    },
  ];
}

const LEAVES = leavesOf(schema, []);

/** Every setting in the order of the schema, for docs/configuration.md and the example file. Sizes are in bytes. */
export const describeConfiguration = (): readonly ConfigurationRow[] =>
  LEAVES.map(({ key, type, default: fallback, environment, description }) => ({ key, type, default: fallback, environment, description }));

export interface ConfigurationOptions {
  /** The file; it must exist. (Default: VESTNIK_CONFIG, then vestnik.yaml in `cwd` when there is one) */
  readonly file?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

/** The file that `loadConfiguration` reads; undefined when there is none. */
export function configurationFile({ file, environment, cwd }: ConfigurationOptions): string | undefined {
  const named = file ?? (environment['VESTNIK_CONFIG'] || undefined);
  if (named !== undefined) return resolve(cwd, named);
  const usual = resolve(cwd, 'vestnik.yaml');
  return existsSync(usual) ? usual : undefined;
}

function setIn(target: Raw, path: readonly string[], value: unknown): void {
  const [key = '', ...rest] = path;
  if (rest.length === 0) {
    target[key] = value;
    return;
  }
  const child = target[key];
  const folder: Raw = typeof child === 'object' && child !== null && !Array.isArray(child) ? (child as Raw) : {};
  target[key] = folder;
  setIn(folder, rest, value);
}

function getIn(target: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (typeof value === 'object' && value !== null ? (value as Raw)[key] : undefined), target);
}

/**
 * Reads and checks the configuration. Relative paths of the file, and defaults, are taken from the file's folder; those of
 * variables from `cwd`. An empty variable counts as not set.
 * @throws ConfigurationError listing every fault with the line of the file or the name of the variable.
 */
export function loadConfiguration(options: ConfigurationOptions): Configuration {
  const path = configurationFile(options);
  const file = path === undefined ? undefined : readFile(path);
  const variables = readEnvironment(options.environment, LEAVES);
  const raw: Raw = structuredClone(file?.value ?? {});
  const base = path === undefined ? options.cwd : dirname(path);
  for (const { leaf, value } of variables.set)
    setIn(raw, leaf.path, leaf.kind === 'path' && typeof value === 'string' ? resolve(options.cwd, value) : value);
  const parsed = schema.safeParse(raw);
  const faults = [
    ...variables.faults,
    ...(parsed.error?.issues ?? []).flatMap((issue) => describeFault(issue, { file, variables, leaves: LEAVES, raw })),
  ];
  if (!parsed.success || faults.length > 0) throw new ConfigurationError(faults);
  for (const leaf of LEAVES) {
    const value = leaf.kind === 'path' ? getIn(parsed.data, leaf.path) : undefined;
    if (typeof value === 'string' && !isAbsolute(value)) setIn(parsed.data as unknown as Raw, leaf.path, resolve(base, value));
  }
  return parsed.data;
}
