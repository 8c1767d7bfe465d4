import { randomUUID } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { createFolder, type Folder } from '../../../../test/support/folder.ts';
import { run } from '../../database/statement.ts';
import { succeedHub } from '../succession.ts';

let store: TestDatabase;
let root: Folder;
let folder: string;
beforeAll(async () => {
  store = await createTestDatabase();
  root = createFolder('succession');
});
beforeEach(() => {
  folder = root.at(randomUUID());
  mkdirSync(folder);
});
afterAll(async () => {
  await store.drop();
  root.remove();
});

/** A hub that has shown itself alive to both engines, and will seem so for an hour. */
async function aliveHub(): Promise<string> {
  const hub = randomUUID();
  await run(
    store.database.work,
    `INSERT INTO delivery_hub (engine, hub, alive_until) SELECT e, $1, now() + interval '1 hour' FROM unnest('{1,2}'::int[]) e`,
    [hub],
  );
  return hub;
}
const known = async (hub: string): Promise<number> =>
  (await run(store.database.work, 'SELECT FROM delivery_hub WHERE hub = $1', [hub])).rows.length;

test('the next hub on a folder knows that the one before is dead, in every engine; others it leaves alone', async () => {
  const [dead, other, next] = [await aliveHub(), await aliveHub(), randomUUID()];
  (await succeedHub(store.database, folder, dead))?.release();
  expect([await known(dead), await known(other)]).toEqual([2, 2]);
  const lock = await succeedHub(store.database, folder, next);
  expect(lock).toBeDefined();
  expect([await known(dead), await known(other)]).toEqual([0, 2]);
  lock?.release();
});

test('while a hub lives on the folder, a second one there takes nothing from it', async () => {
  const first = await aliveHub();
  const lock = await succeedHub(store.database, folder, first);
  expect(await succeedHub(store.database, folder, randomUUID())).toBeUndefined();
  expect(await known(first)).toBe(2);
  lock?.release();
  // The second one has not taken the name, either.
  (await succeedHub(store.database, folder, randomUUID()))?.release();
  expect(await known(first)).toBe(0);
});

test('a copy of the folder succeeds nobody: the hub of the original may be alive', async () => {
  const original = await aliveHub();
  (await succeedHub(store.database, folder, original))?.release();
  const copy = root.at(randomUUID());
  cpSync(folder, copy, { recursive: true });
  const lock = await succeedHub(store.database, copy, randomUUID());
  expect(lock).toBeDefined();
  expect(await known(original)).toBe(2);
  lock?.release();
});

test('a folder that is not there is not made and is no fault', async () => {
  const nowhere = root.at('nowhere');
  expect(await succeedHub(store.database, nowhere, randomUUID())).toBeUndefined();
  expect(readdirSync(root.path)).not.toContain('nowhere');
});
