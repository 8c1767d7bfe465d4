import { chmodSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { type CommandContext, createContext } from '../commands/context.ts';
import { accrualFindings, billingFindings, siteServiceFindings } from '../commands/doctor/billing.ts';
import { databaseFindings } from '../commands/doctor/database.ts';
import type { Finding } from '../commands/doctor/finding.ts';
import { machineFindings } from '../commands/doctor/machine.ts';
import { translator } from '../commands/language.ts';
import { loadConfiguration } from '../config.ts';
import { run } from '../core/database/statement.ts';
import { openAuthority } from '../core/identity/authority.ts';
import { createSecretKey } from '../core/identity/secret-key.ts';
import { newFolder } from './support/command.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const context = (environment: Record<string, string> = {}): CommandContext =>
  createContext(new Command('vestnik'), { language: 'en', t: translator('en'), environment, cwd: '/' });

async function machine(environment: Record<string, string>, cwd = newFolder()): Promise<Map<string, Finding>> {
  const all = {
    VESTNIK_HTTP__PORT: '0',
    VESTNIK_TICKETS__FEED_PORT: '0',
    VESTNIK_ALERTS__LINE__PORT: '0',
    VESTNIK_TICKETS__MIN_FREE_BYTES: '0',
    VESTNIK_TICKETS__MIN_FREE_PERCENT: '0',
    ...environment,
  };
  const findings = await machineFindings(loadConfiguration({ environment: all, cwd }), context(all));
  return new Map(findings.map((finding) => [finding.name, finding]));
}

describe('the machine', () => {
  test('a fresh one has nothing that fails; every warning says what to do', async () => {
    const findings = [...(await machine({})).values()];
    expect(findings.filter((finding) => finding.level === 'fail')).toEqual([]);
    expect(findings.filter((finding) => finding.level === 'warn').map(({ name, next }) => [name, next !== undefined])).toEqual([
      ['tickets.feedNames', true],
    ]);
  });

  test('a secret key that others can read', async () => {
    const cwd = newFolder();
    const path = join(cwd, 'secret.key');
    writeFileSync(path, 'x');
    chmodSync(path, 0o644);
    const environment = { VESTNIK_DATA_FOLDER: cwd };
    expect((await machine(environment)).get('secret key')).toEqual({
      level: 'fail',
      name: 'secret key',
      text: `${path} can be read by others (mode 644)`,
      next: `chmod 600 ${path}`,
    });
    chmodSync(path, 0o600);
    expect((await machine(environment)).get('secret key')?.level).toBe('ok');
  });

  test('a data folder below a file', async () => {
    const file = join(newFolder(), 'file');
    writeFileSync(file, '');
    expect((await machine({ VESTNIK_DATA_FOLDER: join(file, 'data') })).get('data folder')?.level).toBe('fail');
  });

  test('a full disk', async () => {
    const disk = (await machine({ VESTNIK_TICKETS__MIN_FREE_BYTES: '1024 GiB' })).get('disk');
    expect(disk).toMatchObject({
      level: 'fail',
      text: expect.stringMatching(/GiB \(\d+ %\) free/),
      next: expect.stringContaining('tickets.minFreeBytes'),
    });
  });

  test('ports: taken by a stranger, taken by a hub, of another machine', async () => {
    let answer = 'hello';
    const other = createServer((_, response) => response.end(answer));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const port = String((other.address() as { port: number }).port);
    const name = `http.port ${port}`;
    expect((await machine({ VESTNIK_HTTP__PORT: port })).get(name)).toMatchObject({ level: 'fail', text: 'in use by another program' });
    answer = '{"status":"alive"}';
    expect((await machine({ VESTNIK_HTTP__PORT: port })).get(name)).toMatchObject({ level: 'ok', text: 'in use while a hub is running' });
    other.close();
    expect((await machine({ VESTNIK_HTTP__HOST: '192.0.2.1', VESTNIK_HTTP__PORT: '1025' })).get('http.port 1025')).toMatchObject({
      level: 'fail',
      text: expect.stringContaining('EADDRNOTAVAIL'),
    });
  });

  test('HTTPS: passwords in the clear, a certificate about to end, one that cannot be read', async () => {
    expect((await machine({ VESTNIK_HTTP__HOST: '0.0.0.0' })).get('HTTPS certificate')).toMatchObject({
      level: 'warn',
      text: expect.stringContaining('in the clear'),
    });
    const authority = await openAuthority({ database: database.database, secretKey: createSecretKey(Buffer.alloc(32, 1)) });
    const folder = newFolder();
    const environment = { VESTNIK_HTTP__TLS__CERTIFICATE: join(folder, 'c.pem'), VESTNIK_HTTP__TLS__KEY: join(folder, 'k.pem') };
    expect((await machine(environment)).get('HTTPS certificate')).toMatchObject({ level: 'fail', text: expect.stringContaining('ENOENT') });
    for (const [days, level] of [
      [300, 'ok'],
      [5, 'warn'],
    ] as const) {
      const { certificatePem, keyPem } = await authority.issueServer({ names: ['localhost'], days });
      writeFileSync(environment.VESTNIK_HTTP__TLS__CERTIFICATE, certificatePem);
      writeFileSync(environment.VESTNIK_HTTP__TLS__KEY, keyPem);
      expect((await machine(environment)).get('HTTPS certificate')?.level).toBe(level);
    }
  });
});

describe('the database', () => {
  const look = async (): Promise<Map<string, Finding>> => {
    const environment = { VESTNIK_DATABASE__URL: database.url };
    const findings = await databaseFindings(loadConfiguration({ environment, cwd: newFolder() }), context(environment));
    return new Map(findings.map((finding) => [finding.name, finding]));
  };

  test('version, migrations, clock', async () => {
    const findings = await look();
    expect([...findings.values()].map(({ name, level }) => [name, level])).toEqual([
      ['database', 'ok'],
      ['migrations', 'ok'],
      ['clock', 'ok'],
      ['fees', 'ok'],
      ['database readers', 'ok'],
      ['alerts licence', 'ok'],
      ['alerts channels', 'ok'],
      ['alerts tasks', 'ok'],
    ]);
    expect(findings.get('database')?.text).toMatch(/^PostgreSQL 1[5-9]/);
  });

  test('a migration that is missing warns, an edited one fails by name', async () => {
    const { work } = database.database;
    await run(work, "UPDATE migration SET sha256 = 'x' WHERE module = 'events'");
    expect((await look()).get('migrations')).toMatchObject({ level: 'fail', text: expect.stringContaining('events/0001-events.sql') });
    await run(work, "DELETE FROM migration WHERE module = 'events'");
    expect((await look()).get('migrations')).toMatchObject({ level: 'warn', next: expect.stringContaining('vestnik migrate') });
  });

  test('our own is not made by looking for it', async () => {
    const configuration = loadConfiguration({ environment: {}, cwd: newFolder() });
    expect(await databaseFindings(configuration, context())).toEqual([
      { level: 'ok', name: 'database', text: 'will be made at the first start' },
    ]);
  });
});

test('the billing says how much of its catalogue is served, and how much is only known', () => {
  expect(billingFindings(context())).toEqual([
    {
      level: 'ok',
      name: 'billing',
      text: 'served: 144 operations of web services, 97 XML actions; known and not yet served: 276 operations of web services, 19 XML actions',
    },
  ]);
});

test('fees that are late are told, with the day up to which they are accrued', async () => {
  const { database: own, drop } = await createTestDatabase();
  try {
    const configuration = loadConfiguration({ environment: {}, cwd: '/' });
    const look = async (now: string): Promise<Finding | undefined> =>
      (await accrualFindings(own, configuration, context(), Temporal.Instant.from(now)))[0];
    expect(await look('2026-03-16T02:00:00+03:00')).toEqual({ level: 'ok', name: 'fees', text: 'not accrued yet' });
    await run(own.work, "INSERT INTO contract (contract_id, title, date_from) VALUES (1, 'c', '2026-01-01')");
    await run(own.work, "INSERT INTO billing_module (module_id, name, title) VALUES (1, 'npay', 'm')");
    await run(own.work, "INSERT INTO billing_service (service_id, module_id, title) VALUES (1, 1, 's')");
    await run(own.work, "INSERT INTO service_object (contract_id, service_id, date_from) VALUES (1, 1, '2026-01-01')");
    await run(own.work, "INSERT INTO accrual_mark (day) VALUES ('2026-03-14')");
    expect(await look('2026-03-14T23:00:00+03:00')).toMatchObject({ level: 'ok', text: 'accrued up to 2026-03-14' });
    expect(await look('2026-03-15T00:59:00+03:00')).toMatchObject({ level: 'ok' });
    expect(await look('2026-03-15T05:10:00+03:00')).toMatchObject({
      level: 'warn',
      text: 'accrued up to 2026-03-14: 5 h late',
      next: expect.stringContaining('running hub'),
    });
  } finally {
    await drop();
  }
});

test('site services: their names, or each fault with its file', async () => {
  const folder = newFolder();
  const look = () =>
    siteServiceFindings(loadConfiguration({ environment: { VESTNIK_BILLING__SITE_SERVICES: folder }, cwd: '/' }), context());
  expect(await siteServiceFindings(loadConfiguration({ environment: {}, cwd: '/' }), context())).toEqual([]);
  expect(await look()).toMatchObject([{ level: 'warn', text: `${folder} holds none` }]);
  writeFileSync(
    join(folder, 'ticket.service.mjs'),
    `export default { name: 'TicketService', package: 'com.example', operations: { go: { doc: { ru: 'р', en: 'e' }, run: async () => 1 } } };`,
  );
  expect(await look()).toEqual([{ level: 'ok', name: 'site services', text: 'TicketService' }]);
  writeFileSync(join(folder, 'wrong.service.mjs'), 'export default {};');
  const findings = await look();
  expect(findings.map(({ level }) => level)).toEqual(['fail', 'fail', 'fail']);
  expect(findings[0]?.text).toContain(`${folder}/wrong.service.mjs: name:`);
});
