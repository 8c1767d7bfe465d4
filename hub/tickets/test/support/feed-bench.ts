import { randomUUID } from 'node:crypto';
import type { FeedErrorBody, PullAnswer, PullRequest } from '@vestnik/protocol/feed.ts';
import { Agent, request } from 'undici';
import { vi } from 'vitest';
import { startFeed } from '../../feed/feed.ts';
import { replayOwn } from '../../feed/replay.ts';
import { createIngest, type Ingest } from '../../ingest.ts';
import { issueCertificate, pemOf } from '../../issue-certificate.ts';
import { startRoutingTable } from '../../routing-table.ts';
import { createXmlValidator } from '../../xml/validate.ts';
import { ALICE, type Workbench } from './administration.ts';

/** A hub's tickets without its HTTP: ingest, routing and feed on a workbench's database. */
export async function openFeedBench(
  bench: Workbench,
  options: { requestsPerSecond?: number; queueBound?: number; queueDays?: number } = {},
) {
  const { database, authority } = bench;
  const routing = await startRoutingTable(database);
  const ingest: Ingest = createIngest({
    database,
    routing,
    disk: undefined,
    queueDays: options.queueDays ?? 30,
    batchOperations: 500,
    batchBytes: 2 * 1024 ** 2,
    queueBound: options.queueBound ?? 20_000,
    xsdSample: 1,
    validator: createXmlValidator,
  });
  const open = () =>
    startFeed({
      database,
      authority,
      hubId: randomUUID(),
      host: '127.0.0.1',
      port: 0,
      names: ['localhost', '127.0.0.1'],
      requestsPerSecond: options.requestsPerSecond ?? 1_000,
      replay: (entry, request, address) => replayOwn(database, entry, request, { address, queueDays: options.queueDays ?? 30 }),
    });
  const feed = await open();
  return {
    routing,
    ingest,
    feed,
    /** Waits until operations are routed to a client that was just added. */
    async routed({ clientId, name }: { clientId: number; name: string }): Promise<void> {
      await vi.waitUntil(() => routing.nameOf(clientId) === name, { timeout: 20_000, interval: 10 });
    },
    /** A second hub on the same database. */
    open,
    async close() {
      await feed.stop();
      await ingest.stop();
      await routing.stop();
    },
  };
}

export interface Answered<T> {
  readonly status: number;
  readonly body: T;
  readonly headers: Record<string, string | string[] | undefined>;
}

/** A raw program at the agency: a certificate, an instance, and no cleverness. */
export async function openPeer(
  bench: Pick<Workbench, 'database' | 'authority'>,
  client: string,
  port: number,
  instance: string = randomUUID(),
) {
  const issued = await bench.database.transaction((tx) => issueCertificate(tx, ALICE, bench.authority, { client }));
  const pem = pemOf(issued);
  const agent = new Agent({
    connect: { ca: bench.authority.rootPem, cert: pem, key: pem, servername: 'localhost' },
    bodyTimeout: 0,
    headersTimeout: 0,
  });
  const origin = `https://127.0.0.1:${port}`;
  const ask = async <T>(
    path: string,
    init: { method?: 'GET' | 'POST'; body?: string | Buffer; headers?: Record<string, string> } = {},
  ): Promise<Answered<T>> => {
    const { statusCode, headers, body } = await request(`${origin}${path}`, {
      dispatcher: agent,
      method: init.method ?? 'POST',
      headers: { 'content-type': 'application/json', 'x-feed-instance': instance, ...init.headers },
      ...(init.body !== undefined && { body: init.body }),
    });
    return { status: statusCode, body: (await body.json()) as T, headers };
  };
  return {
    issued,
    instance,
    ask,
    /** A pull that must succeed. */
    async pull(pull: PullRequest = {}): Promise<PullAnswer> {
      const answer = await ask<PullAnswer>('/feed/v1/pull', { body: JSON.stringify({ waitSeconds: 0, ...pull }) });
      if (answer.status !== 200) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
      return answer.body;
    },
    /** A pull that must fail. */
    async refused(pull: unknown): Promise<{ status: number; code: string }> {
      const answer = await ask<FeedErrorBody>('/feed/v1/pull', { body: JSON.stringify(pull) });
      return { status: answer.status, code: answer.body.error?.code };
    },
    close: () => agent.destroy(),
  };
}
