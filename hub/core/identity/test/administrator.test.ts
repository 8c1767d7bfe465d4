import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { listOperators } from '../list-operators.ts';
import { searchAudit } from '../search-audit.ts';
import { anotherHub, testHub } from './support/hub.ts';

let db: TestDatabase;
beforeEach(async () => {
  db = await createTestDatabase();
});
afterEach(() => db.drop());

test('the first start makes admin with every right and tells the password once', async () => {
  const hub = testHub(db.database);
  const made = await hub.identity.ensureAdministrator();
  expect(made).toEqual({ login: 'admin', password: expect.stringMatching(/^[a-z2-9]{5}(-[a-z2-9]{5}){3}$/) });
  expect(await hub.identity.authenticateBasic('admin', made?.password ?? '', '::1')).toMatchObject({ login: 'admin', rights: ['*'] });
  expect(await hub.identity.ensureAdministrator()).toBeUndefined();
  const { items } = await searchAudit(db.database.work, {});
  expect(items).toMatchObject([
    { login: 'system', face: 'system', action: 'identity.operator.add', object: 'admin', reason: 'first start' },
  ]);
  await hub.identity.stop();
});

test('of two hubs and ten starts at once one makes it', async () => {
  const other = anotherHub(db.url);
  const hubs = [testHub(db.database), testHub(other)];
  const made = await Promise.all(Array.from({ length: 10 }, (_, index) => hubs[index % 2]?.identity.ensureAdministrator()));
  expect(made.filter(Boolean)).toHaveLength(1);
  expect((await listOperators(db.database.work)).items).toHaveLength(1);
  await other.close();
});

test('where somebody is, even without rights, nobody is made', async () => {
  const hub = testHub(db.database);
  await hub.operator('somebody');
  expect(await hub.identity.ensureAdministrator()).toBeUndefined();
});
