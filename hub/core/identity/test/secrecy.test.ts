import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { run } from '../../database/statement.ts';
import { openAuthority } from '../authority.ts';
import { createSecretKey } from '../secret-key.ts';
import { heard, testHub } from './support/hub.ts';
import { basic, listen } from './support/listener.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

/** Every row of every table of the database, as text. */
async function dump(): Promise<Map<string, string>> {
  const { rows: tables } = await run<{ name: string }>(
    db.database.work,
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`,
  );
  const content = new Map<string, string>();
  for (const { name } of tables) {
    const { rows } = await run<{ row: string }>(db.database.work, `SELECT row_to_json(t)::text AS row FROM "${name}" t`);
    content.set(name, rows.map(({ row }) => row).join('\n'));
  }
  return content;
}

test('no password, token, cookie or private key is in the log, the metrics, an event, the audit or any table', async () => {
  const secrets: string[] = [];
  const secret = (text: string): string => {
    secrets.push(text);
    return text;
  };
  const said = await heard(async () => {
    const hub = testHub(db.database);
    const administrator = await hub.identity.ensureAdministrator();
    const http = await listen(db.database, hub.identity);
    const root = basic('admin', secret(administrator?.password ?? ''));
    const first = secret('first-secret-password');
    const second = secret('second-secret-password');
    const third = secret('third-secret-password');
    const guess = secret('guessed-secret-password');
    await http.send('POST', '/operators', root, { login: 'anna', password: first, rights: ['tickets.view'] });
    await http.send('POST', '/operators', root, { login: 'anna', password: first, rights: [] });
    await http.send('POST', '/operators', root, { login: 'bad login', password: first, rights: [] });
    await http.send('POST', '/operators', root, { login: 'boris', password: secret('short1!'), rights: [] });
    await http.send('PUT', '/operators/anna/password', root, { password: second });
    const opened = await http.send('POST', '/session', undefined, { login: 'anna', password: second });
    const cookie = (opened.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    secret(cookie.slice('vestnik_session='.length));
    await http.send('PUT', '/password', cookie, { oldPassword: guess, newPassword: third });
    await http.send('PUT', '/password', cookie, { oldPassword: second, newPassword: third });
    const made = await http.send('POST', '/tokens', basic('anna', third), { name: 'robot' });
    const bearer = `Bearer ${secret(made.json.token)}`;
    await http.send('GET', '/session', bearer);
    await http.send('DELETE', `/tokens/${made.json.tokenId}`, bearer);
    await http.send('GET', '/session', bearer);
    // What people type into the wrong field.
    await http.send('POST', '/session', undefined, { login: guess, password: 'anna' });
    for (let count = 0; count < 25; count += 1) await http.send('GET', '/session', basic('anna', `${guess}${count}`));
    await http.send('DELETE', '/session', cookie);
    await http.stop();
    const authority = await openAuthority({ database: db.database, secretKey: createSecretKey(Buffer.alloc(32, 5)) });
    const issued = [await authority.issueClient({ commonName: 'agency-17' }), await authority.serverCertificate(['hub.example.org'])];
    for (const { keyPem } of issued) {
      const der = Buffer.from((keyPem ?? '').replace(/-----.*?-----/g, ''), 'base64');
      // The 32 bytes of the key itself, in the forms that a table or a log would show.
      const scalar = der.subarray(36, 68);
      for (const form of ['hex', 'base64'] as const) secret(scalar.toString(form));
    }
    await hub.identity.stop();
  });

  expect(secrets).toHaveLength(12);
  expect(new Set(secrets.map((text) => text.length > 6)).has(false)).toBe(false);
  const places = new Map([...(await dump()), ['the log', said]]);
  expect(places.get('audit')).toContain('identity.operator.password');
  expect(places.get('event')).toContain('vestnik.identity.token.created');
  expect(places.get('session')).toBe('');
  expect(said).toContain('refused for a while');
  for (const [place, content] of places) {
    for (const text of secrets) expect(content.includes(text), `${place} holds a secret of ${text.length} characters`).toBe(false);
    expect(content).not.toContain('PRIVATE KEY');
    if (place !== 'operator') expect(content, place).not.toContain('$argon2id$');
  }
});
