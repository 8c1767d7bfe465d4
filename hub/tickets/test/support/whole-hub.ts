import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { loadConfiguration } from '../../../config.ts';
import { addOperator } from '../../../core/identity/add-operator.ts';
import { SYSTEM } from '../../../core/identity/caller.ts';
import { type Hub, startHub } from '../../../hub.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** A whole hub as `vestnik serve` starts it, on a database of its own, with a sender `grs` who may do nothing else. */
export interface WholeHub {
  readonly hub: Hub;
  readonly database: TestDatabase;
  /** POSTs to the control messages as `grs`. */
  send(body: string | Uint8Array<ArrayBuffer> | undefined, type?: string): Promise<Answer>;
  /** A metric as /metrics shows it, summed over its labels that match; undefined when it is not on the page. */
  metric(name: string, labels?: Readonly<Record<string, string>>): Promise<number | undefined>;
  page(): Promise<string>;
  /** Stops the hub and drops the database. */
  drop(): Promise<void>;
}

/** @param environment VESTNIK_... variables. */
export async function openWholeHub(environment: Readonly<Record<string, string>> = {}): Promise<WholeHub> {
  const database = await createTestDatabase();
  const folder = mkdtempSync(join(tmpdir(), 'vestnik-hub-'));
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
        ...environment,
      },
    }),
  );
  const { identity } = hub;
  const password = await identity.hashPassword('grs-password');
  await identity.change((tx) => addOperator(tx, SYSTEM, { login: 'grs', rights: ['tickets.ingest'], password }, identity.rights));
  const authorization = `Basic ${Buffer.from('grs:grs-password').toString('base64')}`;
  const origin = hub.addresses['http'] ?? '';
  const page = async (): Promise<string> => (await fetch(`${origin}/metrics`)).text();
  return {
    hub,
    database,
    async send(body, type = 'application/json') {
      const answer = await fetch(`${origin}/api/v1/tickets/operations`, {
        method: 'POST',
        headers: { authorization, 'content-type': type },
        ...(body !== undefined && { body }),
      });
      return { status: answer.status, headers: answer.headers, text: await answer.text() };
    },
    page,
    async metric(name, labels = {}) {
      const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
      const values = (await page())
        .split('\n')
        .filter((line) => (line.startsWith(`${name} `) || line.startsWith(`${name}{`)) && wanted.every((label) => line.includes(label)))
        .map((line) => Number(line.slice(line.lastIndexOf(' ') + 1).replace('+Inf', 'Infinity')));
      return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0);
    },
    async drop() {
      await hub.stop();
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
