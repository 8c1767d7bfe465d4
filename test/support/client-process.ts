import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Agency, openAgency } from '../../hub/demo/agency.ts';
import { atExit } from './at-exit.ts';
import type { HubProcess } from './hub-process.ts';
import { rest } from './rest.ts';

/** Stat_Client at an agency, with the bundle that the hub made for it (hub/demo/agency.ts), and what its log says. */
export interface ClientProcess extends Agency {
  readonly name: string;
  /** Everything in Client.out so far. */
  log(): string;
  /** How often a code of the log stands in Client.out. */
  count(code: string): number;
  /** The end of log and output, for a message about why a test failed. */
  tail(): string;
}

export interface ClientOptions {
  readonly name: string;
  readonly folder: string;
  /** (Default: everything) */
  readonly subscriptions?: readonly object[];
  /** Value of Connect. (Default: the feed of the hub) */
  readonly connect?: string;
  /** Seconds of a long poll. (Default: 2) */
  readonly wait?: number;
  /** Further arguments, such as `-batch 1`. */
  readonly more?: readonly string[];
}

const read = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '');

/** Adds a client, makes its bundle over REST and unpacks it; the program is not started. */
export async function openClient(hub: Pick<HubProcess, 'http' | 'feed' | 'authorization'>, options: ClientOptions): Promise<ClientProcess> {
  const { name, folder, subscriptions = [{ everything: true }] } = options;
  await rest(hub, 'POST', '/tickets/clients', { name, title: name, subscriptions }).expect(201);
  const bundle = await rest(hub, 'POST', `/tickets/clients/${name}/bundle`, {}).expect(201);
  const more = ['-connect', options.connect ?? hub.feed, '-wait', String(options.wait ?? 2), ...(options.more ?? [])];
  const agency = openAgency(folder, bundle.bytes, 'en', more);
  const { start, stop } = agency;
  let forget: (() => void) | undefined;
  const log = (): string => read(join(folder, 'Client.out'));
  return Object.assign(agency, {
    name,
    start() {
      forget ??= atExit(() => void agency.kill());
      start();
    },
    async stop() {
      await stop();
      forget?.();
      forget = undefined;
    },
    log,
    count: (code: string) => log().split(` ${code} `).length - 1,
    tail: () => [...log().split('\n').slice(-15), ...read(join(folder, 'console.out')).split('\n').slice(-5)].join('\n'),
  });
}
