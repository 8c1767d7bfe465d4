import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';

/** The way to a PostgreSQL server through a fault proxy. @param url as createTestDatabase() gives it: a unix socket, or host and port. */
export async function startDatabaseProxy(url: string): Promise<{ proxy: FaultProxy; url: string }> {
  const [, credentials = '', host = '', database = ''] = /^postgresql:\/\/([^@]+)@([^/]+)\/(.+)$/.exec(url) ?? [];
  const name = decodeURIComponent(host);
  const [address = '', port = '5432'] = name.split(':');
  const proxy = await startFaultProxy(name.startsWith('/') ? { path: `${name}/.s.PGSQL.5432` } : { host: address, port: Number(port) });
  return { proxy, url: `postgresql://${credentials}@127.0.0.1:${proxy.port}/${database}` };
}
