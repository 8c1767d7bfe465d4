import { randomBytes } from 'node:crypto';
import type { QueryResultRow } from 'pg';
import { createTestDatabase } from '../../../../test/support/database.ts';
import { loadConfiguration } from '../../../config.ts';
import type { Database } from '../../../core/database/database.ts';
import { run, type Value } from '../../../core/database/statement.ts';
import { createEventStore } from '../../../core/events/subscribe.ts';
import type { OpenApiDocument } from '../../../core/http/openapi.ts';
import { checkDocumented } from '../../../core/http/test/support/documented-fetch.ts';
import { createSecretKey } from '../../../core/identity/secret-key.ts';
import type { HubPorts } from '../../../core/module.ts';
import { type Answer, type ModuleRest, startModuleRest } from '../../../test/support/module-rest.ts';
import { staticRoutes } from '../../static-api.ts';
import { type ChangeFeed, createChangeFeed } from '../../trip-feed.ts';
import { tripRoutes } from '../../trips-api.ts';

interface More {
  readonly as?: string;
  readonly headers?: Record<string, string>;
}

// biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever was answered
type Json = any;

export interface TripsBench extends ModuleRest {
  readonly ports: HubPorts;
  readonly database: Database;
  readonly url: string;
  readonly feed: ChangeFeed;
  rows<R extends QueryResultRow>(text: string, values?: readonly Value[]): Promise<R[]>;
  /** Events about trips and orders published since the last call. */
  news(): Promise<{ type: string; subject: string; data: Json }[]>;
  /** The same, each as `type subject facets`. */
  lines(): Promise<string[]>;
  /** Sends a request that must succeed and answers its JSON. */
  ok(method: string, path: string, body?: unknown, more?: More): Promise<Json>;
  /** Sends a request that must be refused: `409 bad_state`. */
  refused(method: string, path: string, body?: unknown, more?: More): Promise<string>;
  /** A client of one's own. */
  organization(fields?: object): Promise<number>;
  /** A trip of a new organization, or of this one. */
  trip(fields?: object): Promise<number>;
  /** An order, in this trip or in a new one. */
  order(fields?: object, trip?: number): Promise<number>;
  /** Puts an order into a state by SQL, past all rules. */
  put(order: number, fields: Record<string, Value>): Promise<void>;
  putTrip(trip: number, fields: Record<string, Value>): Promise<void>;
}

/** A database of one's own with all of travel behind the hub's HTTP listener. */
export async function openTrips(): Promise<TripsBench> {
  const test = await createTestDatabase({ poolSize: 12 });
  const { database } = test;
  const ports: HubPorts = {
    configuration: loadConfiguration({ environment: { VESTNIK_LANGUAGE: 'en' }, cwd: '/' }),
    database,
    events: createEventStore({ database, keepDays: 30 }),
    authority: undefined as unknown as HubPorts['authority'],
    secretKey: createSecretKey(randomBytes(32)),
    hubId: 'test',
    databaseFolder: undefined,
  };
  const feed = createChangeFeed(database);
  const rest = await startModuleRest(database, { ...staticRoutes(ports), ...tripRoutes(ports, feed) });
  let seen = 0;
  const rows = async <R extends QueryResultRow>(text: string, values: readonly Value[] = []): Promise<R[]> =>
    (await run<R>(database.work, text, values)).rows;
  const document = (await (await fetch(`${rest.address}/api/v1/openapi.json`)).json()) as OpenApiDocument;
  // Whatever a test asks, the answer must be what the OpenAPI page promises.
  const checked: ModuleRest['send'] = async (method, path, options) => {
    const answer = await rest.send(method, path, options);
    const type = answer.headers.get('content-type') ?? '';
    const text = /json/.test(type) ? answer.bytes.toString() : '';
    checkDocumented(document, { method, path: `/api/v1${path.split('?', 1)[0]}`, status: answer.status, type, body: text });
    return answer;
  };
  const send = (method: string, path: string, body: unknown, more: More = {}): Promise<Answer> =>
    checked(method, path, { ...more, ...(body !== undefined && { body }) });
  const ok: TripsBench['ok'] = async (method, path, body, more) => {
    const answer = await send(method, path, body, more);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.bytes}`);
    return answer.json;
  };
  const set = (fields: Record<string, Value>): string =>
    Object.keys(fields)
      .map((field, at) => `${field} = $${at + 2}`)
      .join(', ');
  const bench: TripsBench = {
    ...rest,
    send: checked,
    ports,
    database,
    url: test.url,
    feed,
    rows,
    ok,
    async news() {
      const found = await rows<{ id: number; type: string; subject: string; data: Json }>(
        `SELECT id, type, subject, data FROM event WHERE id > $1 AND data->>'family' = 'order' ORDER BY id`,
        [seen],
      );
      seen = found.at(-1)?.id ?? seen;
      return found.map(({ type, subject, data }) => ({ type: type.replace('vestnik.travel.', ''), subject, data }));
    },
    async lines() {
      return (await bench.news()).map(({ subject, data }) => `${subject} ${data.facets.join('+')}`);
    },
    async refused(method, path, body, more) {
      const { status, json, bytes } = await send(method, path, body, more);
      if (status < 400) throw new Error(`${method} ${path} was not refused: ${status} ${bytes}`);
      return `${status} ${json.reason ?? json.code}`;
    },
    async organization(fields = {}) {
      return (await ok('POST', '/organizations', { Name: 'Ветер', ...fields })).id_Organization;
    },
    async trip(fields = {}) {
      const organization = 'id_Organization' in fields ? {} : { id_Organization: await bench.organization() };
      return (await ok('POST', '/trips', { ...organization, ...fields })).id_ComplexReserve;
    },
    async order(fields = {}, trip) {
      const at = trip ?? (await bench.trip());
      return (await ok('POST', `/trips/${at}/orders`, { ReserveType: 'avia', ...fields })).id_Reserve;
    },
    async put(order, fields) {
      await rows(`UPDATE travel_order SET ${set(fields)} WHERE order_id = $1`, [order, ...Object.values(fields)]);
    },
    async putTrip(trip, fields) {
      await rows(`UPDATE travel_trip SET ${set(fields)} WHERE trip_id = $1`, [trip, ...Object.values(fields)]);
    },
    async stop() {
      // As the hub does it: first the listener, then the modules.
      await rest.stop();
      feed.stop();
      await test.drop();
    },
  };
  return bench;
}
