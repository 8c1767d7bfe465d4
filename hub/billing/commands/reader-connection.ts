import { hostname } from 'node:os';
import type { Configuration } from '../../config.ts';
import { EMBEDDED_DATABASE } from '../../core/database/embedded-address.ts';

/** Where a program connects that reads the views. */
export interface ReaderConnection {
  readonly host: string;
  readonly port: number;
  readonly database: string;
}

const USUAL_PORT = 5_432;

/** Where the hub's database answers other programs; undefined: the embedded one has no port for them (`database.readerPort`). */
export function readerConnection({ database }: Pick<Configuration, 'database'>): ReaderConnection | undefined {
  const { url, readerHost, readerPort } = database;
  if (url !== undefined) {
    const { hostname: named, port, pathname, searchParams } = new URL(url);
    return {
      host: decodeURIComponent(named) || (searchParams.get('host') ?? 'localhost'),
      port: Number(port || (searchParams.get('port') ?? USUAL_PORT)),
      database: decodeURIComponent(pathname.slice(1)) || EMBEDDED_DATABASE,
    };
  }
  if (readerPort === undefined) return undefined;
  const everywhere = readerHost === '0.0.0.0' || readerHost === '::';
  return { host: everywhere ? hostname() : readerHost, port: readerPort, database: EMBEDDED_DATABASE };
}

/** As programs take it. The password stands for itself where it is not known. */
export function connectionUrl({ host, port, database }: ReaderConnection, user: string, password = 'PASSWORD'): string {
  const place = host.includes(':') ? `[${host}]` : encodeURIComponent(host);
  return `postgresql://${user}:${encodeURIComponent(password)}@${place}:${port}/${encodeURIComponent(database)}`;
}
