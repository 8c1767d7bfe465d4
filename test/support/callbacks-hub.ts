import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfiguration } from '../../hub/config.ts';
import { type Hub, startHub } from '../../hub/hub.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { type RestRequest, rest } from './rest.ts';

/** A request as a receiver got it. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

export interface Receiver {
  /** `http://127.0.0.1:port` */
  readonly address: string;
  readonly port: number;
  readonly received: Received[];
  /** The status of each following answer; the last one stays. (Default: 200) */
  answers: number[];
  stop(): Promise<void>;
}

/** A web service that takes callbacks. */
export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const server: Server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const { method = '', url: path = '', headers, rawHeaders } = request;
    received.push({ method, path, headers, rawHeaders, body: Buffer.concat(parts).toString('utf8') });
    const status = receiver.answers.length > 1 ? (receiver.answers.shift() as number) : (receiver.answers[0] ?? 200);
    response.writeHead(status).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const receiver: Receiver = {
    address: `http://127.0.0.1:${port}`,
    port,
    received,
    answers: [200],
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return receiver;
}

export interface CallbacksHub {
  readonly hub: Hub;
  readonly database: TestDatabase;
  readonly http: string;
  readonly authorization: string;
  call(method: string, path: string, body?: object, headers?: Readonly<Record<string, string>>): RestRequest;
  /** An allow-list entry and an enabled endpoint. @returns its id. */
  endpoint(settings: Readonly<Record<string, unknown>> & { readonly url: string }): Promise<number>;
  organization(name?: string): Promise<number>;
  stop(): Promise<void>;
}

/** A whole hub with receivers on this machine. @param ports of receivers, which may be called although they are loopback. */
export async function openCallbacksHub(
  ports: readonly number[],
  options: { database?: TestDatabase; environment?: Record<string, string> } = {},
): Promise<CallbacksHub> {
  const database = options.database ?? (await createTestDatabase());
  const folder = mkdtempSync(join(tmpdir(), 'vestnik-callbacks-'));
  const hub = await startHub(
    loadConfiguration({
      cwd: folder,
      environment: {
        VESTNIK_DATA_FOLDER: folder,
        VESTNIK_DATABASE__URL: database.url,
        VESTNIK_HTTP__PORT: '0',
        VESTNIK_TICKETS__FEED_PORT: '0',
        VESTNIK_ALERTS__LINE__PORT: '0',
        VESTNIK_TICKETS__FEED_HOST: '127.0.0.1',
        VESTNIK_CALLBACKS__EXACT_ADDRESSES: ports.map((port) => `127.0.0.1:${port}`).join(','),
        ...options.environment,
      },
    }),
  );
  const http = hub.addresses['http'] ?? '';
  const { login, password } = hub.administrator ?? { login: '', password: '' };
  const authorization = `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`;
  const call: CallbacksHub['call'] = (method, path, body, headers) => rest({ http, authorization }, method, path, body, headers);
  return {
    hub,
    database,
    http,
    authorization,
    call,
    async endpoint({ url, ...settings }) {
      const { origin } = new URL(url);
      const entries = (await call('GET', '/callbacks/allow-entries').expect(200)).body.items as { address: string }[];
      if (!entries.some(({ address }) => address.startsWith(origin)))
        await call('POST', '/callbacks/allow-entries', { address: origin, reason: 'test' }).expect(201);
      const made = await call('POST', '/callbacks/endpoints', { family: 'order', name: 'Receiver', url, ...settings }).expect(201);
      const { id } = made.body.endpoint ?? made.body;
      await call('POST', `/callbacks/endpoints/${id}/enable`, {}).expect(200);
      return id;
    },
    async organization(name = 'ООО Ромашка') {
      return (await call('POST', '/organizations', { Name: name, kind: 'client' }).expect(201)).body.id_Organization;
    },
    async stop() {
      await hub.stop();
      rmSync(folder, { recursive: true, force: true });
      if (!options.database) await database.drop();
    },
  };
}
