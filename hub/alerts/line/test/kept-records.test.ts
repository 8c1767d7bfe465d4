import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startDatabaseProxy } from '../../../../test/support/database-proxy.ts';
import { type Database, openDatabase } from '../../../core/database/database.ts';
import { createListener } from '../../../core/database/listen.ts';
import { SYSTEM } from '../../../core/identity/caller.ts';
import { addPerson } from '../../add-person.ts';
import { changePerson } from '../../change-person.ts';
import { changeTask } from '../../change-task.ts';
import { type LineBench, openLineBench } from './support/line-bench.ts';
import type { LineClient } from './support/line-client.ts';
import { standardData } from './support/standard-data.ts';

let bench: LineBench;
let first: LineClient;
let second: LineClient;
beforeAll(async () => {
  bench = await openLineBench();
  await standardData(bench);
  await bench.write((tx, act) => addPerson(tx, act, { group_id: 1, name: 'Иванов', pin: '4711' }));
  first = await bench.client();
  second = await bench.client();
});
afterAll(() => bench.stop());

const WAIT = { timeout: 15_000, interval: 20 };
const named = (name: string): string => `GETTASK OK 1 3 ${name} 1 1 `;
const update = (name: string): string => `UPDATETASK 1 3 0 ${name} 1 1 5  0 0 0 0 0·`;

/** A change of the database that nobody is told of: who shows it has asked the database. */
const unheard = (name: string) => bench.rows('UPDATE alerts_task SET name = $1 WHERE task_id = 1', name);
const fromMemory = async (client: LineClient): Promise<boolean> => {
  const before = await client.ask('GETTASK 1');
  const sign = `sign-${Math.random()}`;
  await unheard(sign);
  const after = await client.ask('GETTASK 1');
  return after === before && !after.includes(sign);
};

describe('GETTASK', () => {
  test('is answered from memory once it was asked, and again from the database after an edit by this hub', async () => {
    await expect.poll(() => fromMemory(first), WAIT).toBe(true);
    expect(await first.ask(update('A'))).toBe('UPDATETASK OK 1 A 3 0');
    expect(await second.ask('GETTASK 1')).toContain(named('A'));
  });

  test('shows every edit at once after its OK, to every session of the hub and in one pipelined packet', async () => {
    for (let turn = 0; turn < 60; turn += 1) {
      const name = `T${turn}`;
      first.say(update(name), 'GETTASK 1');
      // Questions all around the edit: what they read must not be kept after it.
      second.say(...Array.from({ length: 5 }, () => 'GETTASK 1'));
      expect(await first.line()).toBe(`UPDATETASK OK 1 ${name} 3 0`);
      second.say('GETTASK 1');
      expect(await first.line()).toContain(named(name));
      expect((await second.lines(6)).at(-1)).toContain(named(name));
    }
  });

  test('shows an edit through another face of this hub as soon as that has been answered', async () => {
    for (let turn = 0; turn < 30; turn += 1) {
      second.say(...Array.from({ length: 3 }, () => 'GETTASK 1'));
      await bench.server.database.transaction((tx) => changeTask(tx, bench.act, { id: 1, change: { name: `R${turn}` } }));
      expect(await first.ask('GETTASK 1')).toContain(named(`R${turn}`));
      await second.lines(3);
    }
  });

  test('of a deleted task is an error, however often it was answered before', async () => {
    const added = await first.ask('ADDTASK 3 0 Gone 1 1 5  0 0 0 0 0·');
    const [, , id = ''] = added.split(' ');
    expect(await second.ask(`GETTASK ${id}`)).toMatch(/^GETTASK OK /);
    expect(await second.ask(`GETTASK ${id}`)).toMatch(/^GETTASK OK /);
    await first.ask(`DELTASK ${id}`);
    expect(await second.ask(`GETTASK ${id}`)).toMatch(/^GETTASK ERR_GETTASK /);
  });

  test('is checked for rights each time, and PINs stay with those who may see them', async () => {
    expect(await first.ask('UPDATETASK 1 3 0 P 1 1 5  0 0 1;4711 0 0·')).toBe('UPDATETASK OK 1 P 3 0');
    await bench.operator('viewer', ['alerts.view']);
    await bench.operator('nobody', []);
    const [viewer, nobody] = [await bench.client('viewer'), await bench.client('nobody')];
    for (let turn = 0; turn < 3; turn += 1) {
      expect(await first.ask('GETTASK 1')).toContain(' 1;4711 ');
      expect(await viewer.ask('GETTASK 1')).not.toContain('4711');
      expect(await nobody.ask('GETTASK 1')).toMatch(/^GETTASK ERR_NOACCESS /);
    }
  });
});

describe('GETABONENT', () => {
  const block = async (client: LineClient): Promise<string[]> => {
    client.say('GETABONENT 1');
    return client.until(/^GETABONENT END$/);
  };

  test('shows edits of all kinds at once, and PINs to those who may see them', async () => {
    await bench.operator('clerk', ['alerts.view']);
    const clerk = await bench.client('clerk');
    for (const name of ['Петров', 'Сидоров', 'Кузнецов']) {
      expect(await block(first)).toEqual(await block(second));
      await bench.server.database.transaction((tx) => changePerson(tx, bench.act, { id: 1, change: { name } }));
      expect((await block(first))[1]).toContain(` ${name} 100 `);
      expect((await block(first))[1]).toContain(' 4711 ');
      expect((await block(clerk))[1]).toContain(` ${name} 100    `);
    }
    await first.ask('ADDGROUP Новые·');
    await first.ask('GROUPADDABONENTS 2 1');
    expect((await block(second))[1]).toMatch(/^GETABONENT DATA 1 2 /);
    await first.ask('DELABONENTS 1');
    expect(await second.ask('GETABONENT 1')).toMatch(/^GETABONENT ERR_GETABONENT /);
  });
});

describe('another hub on the same database', () => {
  const open = (): Database => openDatabase({ url: bench.db.url, poolSize: 3, queuePoolSize: 1, name: 'other' });

  test('shows an edit within its notification', async () => {
    const theirs = open();
    const client = await (await bench.second(theirs)).client();
    for (let turn = 0; turn < 10; turn += 1) {
      await expect.poll(() => fromMemory(client), WAIT).toBe(true);
      const name = `N${turn}`;
      await first.ask(update(name));
      // Ages would take 10 s; the notification comes with the commit.
      await expect.poll(() => client.ask('GETTASK 1'), { timeout: 20_000, interval: 1 }).toContain(named(name));
    }
    await theirs.close();
  });

  test('keeps nothing while notifications do not reach it, and serves nothing from before when they do again', async () => {
    const { proxy, url } = await startDatabaseProxy(bench.db.url);
    const plain = open();
    const listener = createListener({ url, name: 'other listen' });
    const theirs: Database = { ...plain, listener };
    const client = await (await bench.second(theirs)).client();
    await expect.poll(() => fromMemory(client), WAIT).toBe(true);

    await proxy.refuse();
    proxy.cut('reset');
    await expect.poll(() => listener.listening, WAIT).toBe(false);
    for (let turn = 0; turn < 5; turn += 1) {
      await unheard(`L${turn}`);
      expect(await client.ask('GETTASK 1')).toContain(named(`L${turn}`));
    }
    await unheard('Before');
    expect(await client.ask('GETTASK 1')).toContain(named('Before'));
    await unheard('After');
    await proxy.accept();
    await expect.poll(() => listener.listening, WAIT).toBe(true);
    expect(await client.ask('GETTASK 1')).toContain(named('After'));
    await expect.poll(() => fromMemory(client), WAIT).toBe(true);
    await listener.stop();
    await plain.close();
    await proxy.stop();
  });
});

test('an edit that failed changes nothing, and the answers stay true', async () => {
  await first.ask(update('Stays'));
  await expect
    .soft(
      bench.server.database.transaction(async (tx) => {
        await changeTask(tx, { ...bench.act, caller: SYSTEM }, { id: 1, change: { name: 'Never' } });
        throw new Error('rolled back');
      }),
    )
    .rejects.toThrow('rolled back');
  expect(await first.ask('GETTASK 1')).toContain(named('Stays'));
});
