import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { platform } from 'node:os';
import { HubError } from '../errors.ts';
import type { EmbeddedHome } from './embedded-home.ts';

/** The TCP port that is opened for other programs beside the hub. */
export interface ReaderPort {
  readonly host: string;
  readonly port: number;
}

/** Where the embedded server listens: the folder of its unix socket, or on Windows a local port. */
export interface EmbeddedAddress {
  readonly host: string;
  readonly port: number | undefined;
  /** A server has one number for all it listens on: where this is set, the socket's file is named by it, too. */
  readonly readers?: ReaderPort;
}

/** The user of the cluster, made by initdb. */
export const DATABASE_USER = 'vestnik';
export const EMBEDDED_DATABASE = 'vestnik';

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new HubError('INTERNAL', 'no free local port');
  return address.port;
}

/** The address a new owner listens on. */
export async function chooseAddress(home: EmbeddedHome, readers: ReaderPort | undefined): Promise<EmbeddedAddress> {
  const own =
    platform() === 'win32' ? { host: '127.0.0.1', port: readers?.port ?? (await freePort()) } : { host: home.socket, port: undefined };
  return readers ? { ...own, readers } : own;
}

/** Tells other processes on the folder where the server listens. */
export function writeAddress(home: EmbeddedHome, address: EmbeddedAddress): void {
  const fresh = `${home.address}.new`;
  writeFileSync(fresh, JSON.stringify(address));
  renameSync(fresh, home.address);
}

/** The address the owner has written, or undefined while the first owner is still creating the database. */
export function readAddress(home: EmbeddedHome): EmbeddedAddress | undefined {
  if (!existsSync(home.address) || !existsSync(home.password)) return undefined;
  return JSON.parse(readFileSync(home.address, 'utf8')) as EmbeddedAddress;
}

/** @throws HubError INTERNAL when the file with the password is not there. */
export function connectionUrl(home: EmbeddedHome, { host, port: own, readers }: EmbeddedAddress, database: string): string {
  if (!existsSync(home.password))
    throw new HubError('INTERNAL', `the password of the database was in ${home.password}, which is missing: restore it from a backup`);
  const port = own ?? readers?.port;
  const password = encodeURIComponent(readFileSync(home.password, 'utf8').trim());
  return `postgresql://${DATABASE_USER}:${password}@${encodeURIComponent(host)}${port === undefined ? '' : `:${port}`}/${database}`;
}
