import { execFileSync, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import type { LineClient } from '../hub/alerts/line/test/support/line-client.ts';
import { createSmsc, type Smsc } from '../hub/alerts/smsc/smsc.ts';
import { wav } from '../hub/alerts/test/support/wav.ts';
import { type AlertsDuty, alertsDuty, PATIENCE } from './support/alerts-duty.ts';
import { alertsSession } from './support/alerts-session.ts';
import { type CallbacksHub, openCallbacksHub } from './support/callbacks-hub.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { createFolder } from './support/folder.ts';
import { requires } from './support/requires.ts';

/**
 * A disk that is full where sound files and the record of who has read which report are kept, in the middle of a run (specification of alerts 8.1): a tablespace of
 * PostgreSQL on a file system of 2 MB.
 */
const PEOPLE = 300;
const ACCOUNT = { systemId: 'disk', password: 'secret' };
const SIZE = 2 * 1024 * 1024;
/** `nobody` of Debian: the user of the run's PostgreSQL when we are root. */
const NOBODY = 65_534;

requires('mount').describe('a full disk', () => {
  const folder = createFolder('alerts-disk');
  const disk = folder.at('disk');
  const space = `small_${randomUUID().replaceAll('-', '')}`;
  let store: TestDatabase;
  let hub: CallbacksHub;
  let smsc: Smsc;
  let duty: AlertsDuty;
  const administer = async (sql: string): Promise<void> => {
    const client = new pg.Client({ connectionString: inject('templateUrl').replace(/\/vestnik_template$/, '/postgres') });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  };
  beforeAll(async () => {
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE},uid=${NOBODY},mode=0755`, 'tmpfs', disk]);
    mkdirSync(`${disk}/space`);
    execFileSync('chown', [String(NOBODY), `${disk}/space`]);
    chmodSync(`${disk}/space`, 0o700);
    await administer(`CREATE TABLESPACE ${space} LOCATION '${disk}/space'`);
    smsc = createSmsc({ accounts: [ACCOUNT] });
    await smsc.start();
    store = await createTestDatabase();
    hub = await openCallbacksHub([], { database: store });
    duty = alertsDuty(() => hub, store);
    for (const table of ['alerts_content', 'audit']) await duty.rows(`ALTER TABLE ${table} SET TABLESPACE ${space}`);
    await duty.channel('smpp', 'Centre', { host: '127.0.0.1', port: smsc.port, ...ACCOUNT, window: 10, tps: 50 });
    await duty.working(1);
  });
  afterAll(async () => {
    await hub?.stop();
    await smsc?.stop();
    await store?.drop();
    await administer(`DROP TABLESPACE IF EXISTS ${space}`);
    spawnSync('umount', ['-l', disk]);
    folder.remove();
  });

  const fill = async (): Promise<void> => {
    for (let size = SIZE; size >= 4_096; size /= 2) {
      try {
        writeFileSync(`${disk}/ballast`, Buffer.alloc(size), { flag: 'a' });
      } catch (error) {
        expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
      }
    }
    expect(statSync(`${disk}/ballast`).size).toBeGreaterThan(0);
    // What is left in pages that the table has already.
    const room = () => duty.rows(`INSERT INTO audit (login, face, action, object) VALUES ('x', 'line', 'x', repeat('x', 64))`);
    await vi.waitFor(() => expect(room()).rejects.toThrow(/No space left on device/), { ...PATIENCE, interval: 0 });
  };
  const sound = wav({ data: 100_000 });
  const sendFile = async (client: LineClient): Promise<string> => {
    const hex = sound.toString('hex');
    const data = Array.from(
      { length: Math.ceil(hex.length / 20_000) },
      (_, at) => `SENDRAWFILE DATA ${hex.slice(at * 20_000, (at + 1) * 20_000)}`,
    );
    client.say(`SENDRAWFILE BEGIN тревога.wav ${sound.length}`, ...data, 'SENDRAWFILE END');
    return (await client.until(/^SENDRAWFILE /)).at(-1) ?? '';
  };
  const getReport = async (client: LineClient, task: number): Promise<readonly string[]> => {
    client.say(`GETREPORT ${task} HTML`);
    const lines = await client.until(/^GETREPORT (END$|ERR_)/);
    return lines.filter((line) => line.startsWith('GETREPORT '));
  };

  test('reports and files are refused by the errors of their commands, the run goes on; with room again, both are served', async () => {
    const task = await duty.task(await duty.list(PEOPLE, (at) => `+79191${String(at).padStart(6, '0')}`));
    const client = await alertsSession(hub);
    await duty.start(task);
    await vi.waitUntil(() => smsc.taken() > PEOPLE / 10, PATIENCE);
    await fill();
    expect(await sendFile(client)).toMatch(/^SENDRAWFILE ERR_BADSYNTAX /);
    expect(await getReport(client, task)).toEqual([expect.stringMatching(/^GETREPORT ERR_GETREPORT /)]);
    const { id } = (await duty.call('GET', `/tasks/${task}/runs`)).items[0];
    expect((await hub.call('GET', `/alerts/runs/${id}/report?format=html`)).status).toBe(503);
    // The session lives, and all this was in the middle of the run.
    client.say('PING on');
    expect((await client.until(/^PING /)).at(-1)).toBe('PING OK on');
    expect(smsc.taken()).toBeLessThan(PEOPLE);

    await duty.ended(task);
    expect(await duty.results(task)).toEqual({ 2: PEOPLE });
    expect(smsc.taken()).toBe(PEOPLE);
    expect(await duty.rows('SELECT FROM alerts_file')).toEqual([]);
    rmSync(`${disk}/ballast`);
    expect(await sendFile(client)).toBe(`SENDRAWFILE OK тревога.wav ${sound.length}`);
    expect((await getReport(client, task)).at(-1)).toBe('GETREPORT END');
    client.end();
  });
});
