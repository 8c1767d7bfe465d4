import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import type { EmbeddedDatabase } from '../embedded.ts';
import { cleanUpEmbedded, dataFolderWithCluster, start } from './support/embedded.ts';

/** The port that the hub's own PostgreSQL opens for other programs, and to whom. */
cleanUpEmbedded();

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const opened = (folder: string, port: number): Promise<EmbeddedDatabase> => start(folder, 0, { host: '127.0.0.1', port });

async function ask(config: pg.ClientConfig, text: string): Promise<unknown[]> {
  const client = new pg.Client(config);
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

describe('the port for readers', () => {
  test('is open by password to roles that were made, to one database alone, and never to the user of the hub', async () => {
    const folder = await dataFolderWithCluster();
    const port = await freePort();
    const embedded = await opened(folder, port);
    const own = { connectionString: embedded.url };
    expect(await ask(own, "SELECT current_setting('listen_addresses') AS hosts")).toEqual([{ hosts: '127.0.0.1' }]);
    const place = { host: '127.0.0.1', port, database: 'vestnik' };
    await ask(own, "CREATE ROLE crm LOGIN PASSWORD 'reads'");
    expect(await ask({ ...place, user: 'crm', password: 'reads' }, 'SELECT current_user AS me')).toEqual([{ me: 'crm' }]);
    await expect(ask({ ...place, user: 'crm', password: 'wrong' }, 'SELECT')).rejects.toMatchObject({ code: '28P01' });
    await expect(ask({ ...place, user: 'crm', password: 'reads', database: 'postgres' }, 'SELECT')).rejects.toMatchObject({
      code: '28000',
    });
    await expect(ask({ ...place, user: 'nobody', password: 'reads' }, 'SELECT')).rejects.toMatchObject({ code: '28P01' });
    const password = (await readFile(embedded.home.password, 'utf8')).trim();
    await expect(ask({ ...place, user: 'vestnik', password }, 'SELECT')).rejects.toMatchObject({ code: '28000' });
  });

  test('is found by a guest of the folder, goes with the setting and leaves the data', async () => {
    const folder = await dataFolderWithCluster();
    const port = await freePort();
    const owner = await opened(folder, port);
    const guest = await start(folder);
    expect(guest.owner).toBe(false);
    expect(guest.url).toBe(owner.url);
    await ask({ connectionString: guest.url }, 'CREATE TABLE kept (a int)');
    await guest.stop();
    await owner.stop();
    const plain = await start(folder);
    expect(
      await ask({ connectionString: plain.url }, "SELECT current_setting('listen_addresses') AS hosts, 'kept'::regclass::text AS kept"),
    ).toEqual([{ hosts: '', kept: 'kept' }]);
    await expect(ask({ host: '127.0.0.1', port, user: 'crm', password: 'reads', database: 'vestnik' }, 'SELECT')).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
  });

  test('that another program has is named when the server does not start', async () => {
    const folder = await dataFolderWithCluster();
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    try {
      await expect(opened(folder, port)).rejects.toThrow(/database\.readerPort.*127\.0\.0\.1/);
    } finally {
      await new Promise((resolve) => other.close(resolve));
    }
  });
});
