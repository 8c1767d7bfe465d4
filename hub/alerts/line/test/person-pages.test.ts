import { LineWriter } from '@vestnik/protocol/line/line-writer.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Queryable, run } from '../../../core/database/statement.ts';
import type { Act } from '../../act.ts';
import { addGroup } from '../../add-group.ts';
import { type PeopleFilter, streamPeople } from '../../list-people.ts';
import { sealPin } from '../../person-row.ts';
import { personLines, personWords } from '../codec/lines/person-lines.ts';
import { createPersonPages, type PersonPages, type PersonPagesOptions } from '../person-pages.ts';
import { type LineBench, openLineBench } from './support/line-bench.ts';

let bench: LineBench;
/** Names of the statements that went to the database. */
let asked: string[];
let db: Queryable;
const open = (options: Partial<PersonPagesOptions> = {}): PersonPages =>
  createPersonPages({ mostBytes: 10_000_000, trusted: () => true, ...options });
const GROUPS = 3;

beforeAll(async () => {
  bench = await openLineBench();
  db = {
    query(query) {
      asked.push(query.name ?? '');
      return bench.db.database.work.query(query);
    },
  };
  for (let group = 1; group <= GROUPS; group += 1) await bench.write((tx, act) => addGroup(tx, act, { name: `Группа ${group}` }));
  await bench.rows(`INSERT INTO alerts_list (name) VALUES ('Список')`);
});
afterAll(() => bench.stop());
beforeEach(async () => {
  asked = [];
  await bench.rows('TRUNCATE alerts_person CASCADE');
});

const people = (ids: readonly number[], group = 1) =>
  bench.rows(
    `WITH made AS (INSERT INTO alerts_person (person_id, group_id, name) SELECT id, $2::int, 'Иванов ' || id FROM unnest($1::int[]) AS id RETURNING person_id)
     INSERT INTO alerts_address (person_id, kind, place, raw, normal, phone_type) SELECT person_id, 'phone', 0, '+7' || person_id, '+7' || person_id, 1 FROM made`,
    ids,
    group,
  );
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, at) => from + at);
const viewer = (): Act => ({
  ...bench.act,
  settings: bench.act.settings,
  now: bench.act.now,
  caller: { ...bench.act.caller, rights: ['alerts.view'] },
});

async function listed(pages: PersonPages, filter: PeopleFilter = {}, act: Act = bench.act): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of pages.listing(db, act, filter)) pieces.push(piece);
  return Buffer.concat(pieces).toString('latin1');
}
/** The same as it is read and encoded without any of what is tested. */
async function expected(filter: PeopleFilter = {}, act: Act = bench.act): Promise<string> {
  const out = new LineWriter();
  const words = personWords('GETABONENTS', 'DATA');
  for await (const portion of streamPeople(bench.db.database.work, act, filter))
    for (const person of portion) personLines(out, words, person);
  return Buffer.from(out.take()).toString('latin1');
}
const warm = (pages: PersonPages) => pages.warm(db, bench.act, async () => true);
/** Whether a listing asks the database for anything but whether people were written, and who is in a list. */
async function fromMemory(pages: PersonPages, filter: PeopleFilter = {}): Promise<boolean> {
  asked = [];
  await listed(pages, filter);
  return asked.every((name) => ['alerts.peopleWrittenSince', 'alerts.listDigest', 'alerts.idsInList'].includes(name));
}

describe('a book', () => {
  test('comes from a listing of everybody or from reading ahead, and serves every filter', async () => {
    await people(range(1, 700));
    await people(range(701, 1_300), 2);
    await bench.rows('INSERT INTO alerts_list_person SELECT 1, id FROM unnest($1::int[]) AS id', [5, 6, 7, 600, 1_299]);
    const filters: PeopleFilter[] = [
      {},
      { groupId: 1 },
      { groupId: 2 },
      { groupId: 3 },
      { listId: 1 },
      { listId: 1, groupId: 2 },
      { listId: 9 },
    ];
    for (const begin of [(pages: PersonPages) => listed(pages), warm]) {
      const pages = open();
      expect(await fromMemory(pages, { groupId: 1 })).toBe(false);
      expect(pages.complete).toBe(false);
      await begin(pages);
      expect(pages.complete).toBe(true);
      for (const filter of filters) {
        expect(await fromMemory(pages, filter)).toBe(true);
        expect(await listed(pages, filter)).toBe(await expected(filter));
      }
    }
    for (const filter of [{ groupId: 0 }, { listId: 2 ** 31 }]) expect(await listed(open(), filter)).toBe('');
  });

  test('is not believed after a write, and only what has changed is read again', async () => {
    await people(range(1, 3_000));
    const pages = open();
    await warm(pages);
    await bench.rows(`UPDATE alerts_person SET name = 'Новое имя' WHERE person_id = 1500`);
    asked = [];
    expect(await listed(pages, { groupId: 1 })).toContain('1500 1 0 ');
    expect(await listed(pages)).toBe(await expected());
    expect(asked.filter((name) => name === 'alerts.localPeopleBetween')).toHaveLength(1);
    expect(await fromMemory(pages, { groupId: 1 })).toBe(true);
    for (const change of [
      'DELETE FROM alerts_person WHERE person_id < 600',
      'UPDATE alerts_person SET group_id = 3 WHERE person_id = 2000',
    ]) {
      await bench.rows(change);
      for (const filter of [{}, { groupId: 1 }, { groupId: 3 }]) expect(await listed(pages, filter)).toBe(await expected(filter));
    }
    await bench.rows('TRUNCATE alerts_person CASCADE');
    expect(await listed(pages)).toBe('');
    expect(pages.bytes).toBe(0);
  });

  test('shows what was written before its snapshot and committed after it', async () => {
    await people(range(1, 20));
    const pages = open();
    const written = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const early = bench.write(async (tx) => {
      await run(tx, `INSERT INTO alerts_person (person_id, group_id, name) VALUES (900, 2, 'Ранний')`);
      written.resolve();
      await go.promise;
    });
    await written.promise;
    // A later transaction commits first.
    await bench.rows(`UPDATE alerts_person SET name = 'Поздний' WHERE person_id = 3`);
    await warm(pages);
    expect(pages.complete).toBe(true);
    expect(await fromMemory(pages)).toBe(true);
    expect(await listed(pages, { groupId: 2 })).toBe('');
    go.resolve();
    await early;
    expect(await listed(pages, { groupId: 2 })).not.toBe('');
    expect(await listed(pages)).toBe(await expected());
    expect(await fromMemory(pages)).toBe(true);
  });

  test('is not made by a pass during which somebody wrote', async () => {
    await people(range(1, 2_000));
    const pages = open();
    let turn = 0;
    await pages.warm(db, bench.act, async () => {
      turn += 1;
      if (turn === 2) await bench.rows(`UPDATE alerts_person SET name = 'Между' WHERE person_id IN (1, 1900)`);
      return true;
    });
    expect(await fromMemory(pages)).toBe(false);
    expect(await listed(pages)).toBe(await expected());
    expect(await fromMemory(pages)).toBe(true);
  });

  test('is not believed while a change of the server would not be noticed, after such a change, or when nobody has looked for long', async () => {
    await people(range(1, 100));
    let trusted = true;
    const pages = open({ trusted: () => trusted });
    await warm(pages);
    trusted = false;
    expect(await fromMemory(pages)).toBe(false);
    trusted = true;
    expect(await fromMemory(pages)).toBe(true);
    pages.distrust();
    expect(pages.complete).toBe(false);
    expect(await fromMemory(pages)).toBe(false);
    const old = open({ oldest: -1 });
    await warm(old);
    expect(await fromMemory(old)).toBe(false);
  });
});

describe('room', () => {
  test('is never exceeded; what is not kept is read each time', async () => {
    await people(range(1, 4_000));
    const pages = open({ mostBytes: 150_000 });
    for (let turn = 0; turn < 2; turn += 1) {
      await warm(pages);
      expect(pages.bytes).toBeLessThanOrEqual(150_000);
      expect(await listed(pages)).toBe(await expected());
      expect(await listed(pages, { groupId: 1 })).toBe(await expected({ groupId: 1 }));
      expect(pages.bytes).toBeGreaterThan(50_000);
      expect(pages.complete).toBe(false);
    }
    // Reading ahead ends where there is no room: it does not read everybody again and again.
    asked = [];
    await warm(pages);
    expect(asked.filter((name) => name === 'alerts.localPeopleBetween').length).toBeLessThanOrEqual(1);
  });

  test('of a listing under way: a page that has gone meanwhile is read, and nobody comes twice', async () => {
    await people(range(1, 3_000));
    const pages = open();
    await warm(pages);
    const listing = pages.listing(db, bench.act, {});
    const seen: string[] = [];
    const take = (piece: Uint8Array): void => {
      for (const [, id] of Buffer.from(piece)
        .toString('latin1')
        .matchAll(/^GETABONENTS DATA (\d+) /gm))
        seen.push(id as string);
    };
    take((await listing.next()).value as Uint8Array);
    await bench.rows('DELETE FROM alerts_person WHERE person_id = 2999');
    await bench.rows('UPDATE alerts_person SET group_id = 2 WHERE person_id = 2000');
    await people([5_000]);
    await listed(pages);
    for await (const piece of listing) take(piece);
    expect(new Set(seen).size).toBe(seen.length);
    const throughout = new Set(range(1, 3_000).map(String));
    throughout.delete('2999');
    expect(throughout.difference(new Set(seen)).size).toBe(0);
  });
});

test('PINs are seen by those who may, whoever had the pages read', async () => {
  await people(range(1, 600));
  for (const id of [1, 2, 300, 511, 512, 600])
    await bench.rows('UPDATE alerts_person SET pin = $2 WHERE person_id = $1', id, sealPin(bench.act, id, `77${id}`));
  const pages = open();
  for (const act of [viewer(), bench.act, viewer(), bench.act])
    for (const filter of [{}, { groupId: 1 }]) {
      const lines = await listed(pages, filter, act);
      expect(lines).toBe(await expected(filter, act));
      expect(lines.includes(' 77300 ')).toBe(act === bench.act);
    }
  expect(pages.complete).toBe(true);
});

/** Anything that may happen to people, and what happens to what is kept. */
const id = fc.integer({ min: 1, max: 1_600 });
const group = fc.integer({ min: 1, max: GROUPS });
const step = fc.oneof(
  fc.record({ do: fc.constant('add' as const), from: id, count: fc.integer({ min: 1, max: 300 }), group }),
  fc.record({ do: fc.constant('rename' as const), id }),
  fc.record({ do: fc.constant('move' as const), id, group }),
  fc.record({ do: fc.constant('pin' as const), id }),
  fc.record({ do: fc.constant('delete' as const), id, count: fc.integer({ min: 1, max: 600 }) }),
  fc.record({ do: fc.constant('join' as const), id, count: fc.integer({ min: 1, max: 50 }) }),
  fc.record({ do: fc.constantFrom('warm' as const, 'list' as const, 'distrust' as const) }),
);

test('whatever was written: every listing is what the database has', async () => {
  let memory = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 12 }), fc.constantFrom(10_000_000, 60_000), async (steps, mostBytes) => {
      await bench.rows('TRUNCATE alerts_person CASCADE');
      const pages = open({ mostBytes });
      for (const [at, one] of steps.entries()) {
        if (one.do === 'add') {
          const there = new Set((await bench.rows<{ id: number }>('SELECT person_id AS id FROM alerts_person')).map((row) => row.id));
          await people(
            range(one.from, one.from + one.count - 1).filter((wanted) => !there.has(wanted)),
            one.group,
          );
        } else if (one.do === 'rename') await bench.rows('UPDATE alerts_person SET name = $2 WHERE person_id = $1', one.id, `Имя ${at}`);
        else if (one.do === 'move') await bench.rows('UPDATE alerts_person SET group_id = $2 WHERE person_id = $1', one.id, one.group);
        else if (one.do === 'pin')
          await bench.rows('UPDATE alerts_person SET pin = $2 WHERE person_id = $1', one.id, sealPin(bench.act, one.id, `9${at}`));
        else if (one.do === 'delete')
          await bench.rows('DELETE FROM alerts_person WHERE person_id BETWEEN $1 AND $1::int + $2::int', one.id, one.count);
        else if (one.do === 'join')
          await bench.rows(
            `INSERT INTO alerts_list_person SELECT 1, person_id FROM alerts_person WHERE person_id BETWEEN $1 AND $1::int + $2::int ON CONFLICT DO NOTHING`,
            one.id,
            one.count,
          );
        else if (one.do === 'warm') await warm(pages);
        else if (one.do === 'list') await listed(pages);
        else pages.distrust();
        if (await fromMemory(pages, { groupId: 1 })) memory += 1;
        expect(pages.bytes).toBeLessThanOrEqual(mostBytes);
        for (const act of [bench.act, viewer()])
          for (const filter of [{ groupId: 1 }, { listId: 1 }, { listId: 1, groupId: 2 }, ...(at % 2 === 0 ? [{}] : [])])
            expect(await listed(pages, filter, act)).toBe(await expected(filter, act));
      }
    }),
    { numRuns: 25 },
  );
  // Otherwise the property said little.
  expect(memory).toBeGreaterThan(5);
}, 120_000);
