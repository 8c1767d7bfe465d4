import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { expect, test } from 'vitest';
import { discardEmbedded } from '../core/database/discard-embedded.ts';
import { newFolder, runCommand, startCommand } from './support/command.ts';

/** The way of somebody who sets a fresh hub up: operators of another system come in, and a program reads the database. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const md5 = (password: string): string => createHash('md5').update(password).digest('hex').toUpperCase();

test('a reader gets its role, reads by the port of the setting, is listed, and is gone when removed; operators come by a file', async () => {
  const folder = newFolder();
  const port = await freePort();
  const environment = { VESTNIK_DATA_FOLDER: folder, VESTNIK_DATABASE__RUN_AS: 'nobody' };
  const vestnik = (args: string[], more: Record<string, string> = {}) => runCommand(args, { environment: { ...environment, ...more } });
  try {
    const closed = await vestnik(['billing', 'readers', 'add', 'early']);
    expect(closed).toMatchObject({ code: 0, out: expect.stringContaining('set database.readerPort (5432) and restart the hub') });

    const open = { VESTNIK_DATABASE__READER_PORT: String(port) };
    const hub = startCommand(['serve'], { environment: { ...environment, ...open } });
    try {
      await hub.says(/\/console|listening|ready|http:\/\//i);
      const added = await vestnik(['billing', 'readers', 'add', 'crm', '--connections', '2'], open);
      expect(added).toMatchObject({ code: 0, err: '' });
      expect(added.out).toContain('made crm: reads');
      const url = /postgresql:\/\/\S+/.exec(added.out)?.[0] ?? '';
      expect(url).toMatch(new RegExp(`^postgresql://crm:[a-z2-9-]{23}@127\\.0\\.0\\.1:${port}/vestnik$`));
      const client = new pg.Client(url);
      client.on('error', () => undefined);
      await client.connect();
      expect((await client.query('SELECT count(*)::int AS n FROM billing_read.contract')).rows).toEqual([{ n: 0 }]);
      const ended = new Promise((resolve) => client.once('end', resolve));

      const [list, doctor] = await Promise.all([
        vestnik(['billing', 'readers', 'list', '--json'], open),
        vestnik(['doctor', '--json'], open),
      ]);
      const listed = JSON.parse(list.out);
      expect(listed).toEqual([
        { name: 'crm', kind: 'reader', login: true, open: 1, connections: 2, statementTimeout: '60s' },
        { name: 'early', kind: 'reader', login: true, open: 0, connections: 5, statementTimeout: '60s' },
      ]);
      const findings = JSON.parse(doctor.out) as { name: string; text: string }[];
      expect(findings).toContainEqual({ level: 'ok', name: 'database readers', text: '2 roles, 0 of them write quietly' });
      expect(findings).toContainEqual({ level: 'ok', name: `database.readerPort ${port}`, text: 'open on 127.0.0.1' });

      expect(await vestnik(['billing', 'readers', 'remove', 'crm', '--lang', 'ru'], open)).toMatchObject({
        code: 0,
        out: 'удалена роль crm\n',
      });
      await ended;
      await expect(new pg.Client(url).connect()).rejects.toMatchObject({ code: '28P01' });

      const file = join(newFolder(), 'operators.csv');
      writeFileSync(file, `\ufefflogin;name;rights;password_md5\nkassa;"Касса; 1";billing.read;${md5('kassa-old')}\nбез;;;${md5('x')}\n`);
      const applied = await vestnik(['operator', 'import', file, '--apply', '--json']);
      expect(JSON.parse(applied.out)).toMatchObject([
        { line: 2, login: 'kassa', outcome: 'added' },
        { line: 3, login: 'без', outcome: 'failed' },
      ]);
    } finally {
      hub.child.kill('SIGTERM');
      expect(await hub.ended).toBe(0);
    }
  } finally {
    await discardEmbedded({ dataFolder: folder, runAs: 'nobody' });
  }
}, 240_000);
