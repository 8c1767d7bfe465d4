import { randomBytes } from 'node:crypto';
import { createTestDatabase } from '../../../../test/support/database.ts';
import { loadConfiguration } from '../../../config.ts';
import type { Database } from '../../../core/database/database.ts';
import { run, type Value } from '../../../core/database/statement.ts';
import { createEventStore } from '../../../core/events/subscribe.ts';
import { HTTP_METRICS } from '../../../core/http/metrics.ts';
import { createHttpServer } from '../../../core/http/server.ts';
import { addOperator } from '../../../core/identity/add-operator.ts';
import { SYSTEM } from '../../../core/identity/caller.ts';
import { createIdentity } from '../../../core/identity/identity.ts';
import { IDENTITY_METRICS } from '../../../core/identity/metrics.ts';
import { createSecretKey } from '../../../core/identity/secret-key.ts';
import type { ServePorts } from '../../../core/module.ts';
import { createHealth } from '../../../core/telemetry/health.ts';
import { type Metrics, startMetrics } from '../../../core/telemetry/metrics.ts';
import { serving as billing } from '../../serving.ts';
import { type PublishedSchema, publishedSchema } from './published-schema.ts';

export interface Sent {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface JsonAnswer {
  readonly status: string;
  readonly message: string;
  readonly exception: string | null;
  readonly tag: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever was answered
  readonly data: any;
}

/** A hub with the faces of billing on a port of its own, and operators whose password is `<login>-пароль`. */
export interface Faces {
  readonly url: string;
  readonly port: number;
  readonly database: Database;
  readonly metrics: Metrics;
  /** Ports besides the hub's own. */
  readonly addresses: Readonly<Record<string, string>>;
  operator(login: string, ...rights: string[]): Promise<number>;
  rows<R extends Record<string, unknown>>(text: string, values?: readonly Value[]): Promise<R[]>;
  /** @throws Error naming what an answer of SOAP has that the WSDL of its address does not declare (the schema gate, spec 12). */
  send(path: string, init?: RequestInit): Promise<Sent>;
  /** Calls an operation over JSON as `alice`, who may do everything. */
  json(
    service: string,
    method: string,
    params?: unknown,
    more?: { user?: unknown; prefix?: string; headers?: Record<string, string> },
  ): Promise<JsonAnswer>;
  /** An operation over SOAP as `alice`; `inside` is what stands in the wrapper. */
  soap(service: string, operation: string, inside?: string, more?: { prefix?: string; headers?: Record<string, string> }): Promise<Sent>;
  /** An XML action as `alice`. */
  action(module: string, name: string, params?: Record<string, string>, more?: { prefix?: string }): Promise<Sent>;
  stop(): Promise<void>;
}

export const passwordOf = (login: string): string => `${login}-пароль`;
export const basicOf = (login: string, password = passwordOf(login)): string =>
  `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`;

const NAMESPACES: Readonly<Record<string, string>> = {
  'ru.bitel.bgbilling.kernel.contract.api': 'http://service.common.api.contract.kernel.bgbilling.bitel.ru/',
  'ru.bitel.bgbilling.kernel.contract.balance': 'http://common.balance.contract.kernel.bgbilling.bitel.ru/',
  'ru.bitel.bgbilling.kernel.module': 'http://service.common.module.kernel.bgbilling.bitel.ru/',
};
export const namespaceOf = (service: string): string => NAMESPACES[service.split('/')[0] ?? ''] ?? 'http://whatever/';

const SOAP_ADDRESS = /\/executer\/(?!json\/)[^/]+\/[^/]+/;

/** @param environment settings: `{ VESTNIK_BILLING__PROFILE: '8' }` */
export async function openFaces(environment: Record<string, string> = {}): Promise<Faces> {
  const test = await createTestDatabase({ poolSize: 10 });
  const { database } = test;
  const configuration = loadConfiguration({ environment: { VESTNIK_HTTP__PORT: '0', ...environment }, cwd: '/' });
  const identity = createIdentity({ database, knownRights: { ...billing.rights, ...(await billing.configuredRights?.(configuration)) } });
  identity.start();
  const events = createEventStore({ database, keepDays: 30 });
  const metrics = startMetrics([...HTTP_METRICS, ...IDENTITY_METRICS, ...billing.metrics]);
  const running = await billing.start({
    database,
    configuration,
    authentication: identity,
    secretKey: createSecretKey(randomBytes(32)),
  } as unknown as ServePorts);
  metrics.addGauges(running.gauges);
  const server = await createHttpServer({
    configuration,
    identity,
    events,
    routes: running.routes,
    foreign: running.foreign ?? [],
    health: createHealth({}),
    metrics,
    version: 'test',
  });
  await server.listen();
  const schemas = new Map<string, PublishedSchema | undefined>();
  /** Undefined where nothing is published: no service of ours. */
  const schemaAt = async (path: string): Promise<PublishedSchema | undefined> => {
    if (schemas.has(path)) return schemas.get(path);
    const answer = await fetch(`${server.address}${path}?wsdl`);
    const schema = answer.ok ? publishedSchema(await answer.text()) : undefined;
    schemas.set(path, schema);
    return schema;
  };
  const holdToSchema = async (path: string, text: string): Promise<void> => {
    const faults = (await schemaAt(path))?.faults(text) ?? [];
    if (faults.length > 0)
      throw new Error(`${path} answers what its WSDL does not declare:\n${faults.join('\n')}\n${text.slice(0, 2_000)}`);
  };

  const faces: Faces = {
    url: server.address,
    port: Number(new URL(server.address).port),
    database,
    metrics,
    addresses: running.addresses,
    async operator(login, ...rights) {
      const password = await identity.hashPassword(passwordOf(login));
      const { operatorId } = await identity.change((tx) => addOperator(tx, SYSTEM, { login, rights, password }, identity.rights));
      return operatorId;
    },
    rows: async <R extends Record<string, unknown>>(text: string, values: readonly Value[] = []) =>
      (await run<R>(database.work, text, values)).rows,
    async send(path, init = {}) {
      const answer = await fetch(`${server.address}${path}`, init);
      const text = await answer.text();
      const [place = ''] = path.split('?');
      if (init.method === 'POST' && SOAP_ADDRESS.test(place)) await holdToSchema(place, text);
      return { status: answer.status, headers: answer.headers, text };
    },
    async json(service, method, params = {}, { user = { user: 'alice', pswd: passwordOf('alice') }, prefix = '', headers = {} } = {}) {
      const body = JSON.stringify({ method, user, params });
      const answer = await faces.send(`${prefix}/executer/json/${service}`, { method: 'POST', body, headers });
      return JSON.parse(answer.text);
    },
    soap(service, operation, inside = '', { prefix = '', headers = { authorization: basicOf('alice') } } = {}) {
      const body = `<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body><n:${operation} xmlns:n="${namespaceOf(service)}">${inside}</n:${operation}></S:Body></S:Envelope>`;
      return faces.send(`${prefix}/executer/${service}`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'text/xml;charset=utf-8', ...headers },
      });
    },
    action(module, name, params = {}, { prefix = '' } = {}) {
      const query = new URLSearchParams({ user: 'alice', pswd: passwordOf('alice'), module, action: name, ...params });
      return faces.send(`${prefix}/executer?${query}`);
    },
    async stop() {
      for (const schema of schemas.values()) schema?.dispose();
      await server.stop(1_000);
      await running.stop();
      await identity.stop();
      metrics.stop();
      await test.drop();
    },
  };
  await faces.operator('alice', '*');
  return faces;
}
