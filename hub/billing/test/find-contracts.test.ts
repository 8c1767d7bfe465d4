import fc from 'fast-check';
import type { QueryConfig, QueryResult, QueryResultRow } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Queryable, run } from '../../core/database/statement.ts';
import type { Act } from '../act.ts';
import type { EntityFilter } from '../entity-filter.ts';
import { OPEN_FENCE } from '../fence.ts';
import { type ContractSearch, findContracts } from '../find-contracts.ts';
import { EVERYTHING } from '../page.ts';
import { setParameter } from '../set-parameter.ts';
import { type BillingBench, openBilling, SETTINGS } from './support/billing-bench.ts';

let bench: BillingBench;
beforeAll(async () => {
  bench = await openBilling();
});
afterAll(() => bench.stop());

const find = (search: Partial<ContractSearch>, more: Partial<Act> = {}) =>
  findContracts(bench.database.work, bench.act(more), { members: false, closed: true, hidden: false, page: EVERYTHING, ...search });
const titles = async (search: Partial<ContractSearch>, more: Partial<Act> = {}): Promise<string[]> =>
  (await find(search, more)).rows.map(({ title }) => title);

describe('by title', () => {
  beforeAll(async () => {
    for (const title of ['0022010', '06-10-10/И-Г/0', '100 (дом)', 'Абв+1', 'абв2', 'a.c', 'abc'])
      await bench.contract({ title, domain_id: 1 });
  });
  const inDomain = { fence: { ...OPEN_FENCE, domains: [1] } };

  test.each([
    ['.*', ['0022010', '06-10-10/И-Г/0', '100 (дом)', 'a.c', 'abc', 'Абв+1', 'абв2']],
    ['', ['0022010', '06-10-10/И-Г/0', '100 (дом)', 'a.c', 'abc', 'Абв+1', 'абв2']],
    ['0', ['0022010', '06-10-10/И-Г/0']],
    ['06-10-10/И-Г/0', ['06-10-10/И-Г/0']],
    ['100 (дом)', ['100 (дом)']],
    ['абв+1', ['Абв+1']],
    ['АБВ', ['Абв+1', 'абв2']],
    ['a.c', ['a.c', 'abc']],
    ['.*дом', ['100 (дом)']],
    ['0[06]', ['0022010', '06-10-10/И-Г/0']],
    ['100 (', ['100 (дом)']],
    ['*', []],
    ['[[:foo:]]', []],
    ['(1|a)', ['100 (дом)', 'a.c', 'abc']],
    ['бв', []],
    ['%', []],
  ])('%j finds %j', async (title, found) => {
    expect(await titles({ title }, inDomain)).toEqual(found);
  });

  test('contains and exact are settings', async () => {
    const of = (titleMatch: 'contains' | 'exact') => ({ ...inDomain, settings: { ...SETTINGS, titleMatch } });
    expect(await titles({ title: 'бв' }, of('contains'))).toEqual(['Абв+1', 'абв2']);
    expect(await titles({ title: 'ABC' }, of('exact'))).toEqual(['abc']);
    expect(await titles({ title: 'a.c' }, of('exact'))).toEqual(['a.c', 'abc']);
    expect(await titles({ title: 'ab' }, of('exact'))).toEqual([]);
  });

  test('every title finds itself, whatever is in it, in any setting', async () => {
    const text = fc
      .string({ unit: fc.constantFrom(...'aБ9.*+?()[]{}|^$\\/ -_%éİΣßſ'), minLength: 1, maxLength: 12 })
      .filter((title) => title.trim() === title && title !== '');
    await fc.assert(
      fc.asyncProperty(text, fc.constantFrom('prefix', 'contains', 'exact' as const), async (title, titleMatch) => {
        await bench.rows('INSERT INTO contract (title, date_from, domain_id) VALUES ($1, now(), 2) ON CONFLICT DO NOTHING', [title]);
        const settings = { ...SETTINGS, titleMatch };
        expect(await titles({ title }, { fence: { ...OPEN_FENCE, domains: [1, 2] }, settings } as Partial<Act>)).toContain(title);
      }),
      { numRuns: 60 },
    );
  });

  test('any text at all is answered or refused by name', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 40 }), async (title) => {
        if (title.includes('\0')) return;
        await find({ title: title.toWellFormed() }, inDomain);
      }),
      { numRuns: 60 },
    );
    await expect(find({ title: 'x'.repeat(257) })).rejects.toMatchObject({ code: 'BAD_REQUEST', reason: 'title' });
  });
});

describe('a large directory', () => {
  /** Asks how the statements of a search would be run, instead of running them; as if the directory were so large that reading all is the last way. */
  const plansOf = (search: Partial<ContractSearch>, more: Partial<Act> = {}): Promise<string> =>
    bench.database.transaction(async (tx) => {
      await run(tx, 'SET LOCAL enable_seqscan = off');
      const plans: string[] = [];
      const explaining: Queryable = {
        async query<R extends QueryResultRow>(query: QueryConfig): Promise<QueryResult<R>> {
          if (query.name !== undefined) return tx.query<R>(query);
          const answer = await tx.query<{ 'QUERY PLAN': string }>({ ...query, text: `EXPLAIN ${query.text}` });
          plans.push(...answer.rows.map((row) => row['QUERY PLAN']));
          return { ...answer, rows: [] };
        },
      };
      const whole = { members: false, closed: true, hidden: false, page: { index: 1, size: 25 }, ...search };
      await findContracts(explaining, bench.act(more), whole);
      return plans.join('\n');
    });

  beforeAll(async () => {
    await bench.rows(
      "INSERT INTO contract (title, comment, date_from, domain_id) SELECT 'Дог-' || i, 'кому ' || i, '2020-01-01', 6 FROM generate_series(1, 20000) i",
    );
    await bench.rows('ANALYZE contract');
  });

  test('is searched by beginnings through the index, also of expressions', async () => {
    for (const title of ['дог-1234', 'Дог-1234.*'])
      expect(await plansOf({ title })).toMatch(/Index (Only )?Scan (using|on) contract_title_folded/);
    expect(await plansOf({ title: '.*' })).toContain('Index Scan using contract_title_folded');
  });

  test('is searched by parts through trigrams', async () => {
    expect(await plansOf({ comment: 'кому 1234' })).toContain('contract_comment_part');
    expect(await plansOf({ title: 'г-1234' }, { settings: { ...SETTINGS, titleMatch: 'contains' } })).toContain('contract_title_part');
    expect(await titles({ title: 'г-1234' }, { settings: { ...SETTINGS, titleMatch: 'contains' } })).toContain('Дог-12345');
  });

  test('is not searched for longer than 5 s by an expression that takes a millisecond a title', { timeout: 20_000 }, async () => {
    const slow = '(a|b|c|d|е|ё|.){1,255}(.){1,255}(.*){1,200}q';
    const began = performance.now();
    const outcome = await find({ title: slow }).then(
      ({ rows }) => rows.length,
      (error: { code: string; reason: string }) => [error.code, error.reason],
    );
    expect(outcome === 0 || String(outcome) === 'CONFLICT,title').toBe(true);
    expect(performance.now() - began).toBeLessThan(15_000);
    expect(await titles({ title: 'дог-19999' })).toEqual(['Дог-19999']);
  });
});

describe('by fields', () => {
  const mine = { fence: { ...OPEN_FENCE, domains: [3] } };
  beforeAll(async () => {
    const make = (title: string, columns: object) => bench.contract({ title, domain_id: 3, ...columns });
    await make('f-closed', { date_to: Temporal.PlainDate.from('2026-03-14'), comment: 'Ушёл 100%' });
    await make('f-last day', { date_to: bench.today, groups: 0b110 });
    await make('f-hidden', { hidden: true });
    await make('f-company', { person_type: 1, groups: 0b1000 });
    const head = await make('f-head', { super_id: -1 });
    await make('f-member', { super_id: head, sub_mode: 1 });
  });

  const CASES: readonly [string, Partial<ContractSearch>, string[]][] = [
    ['nothing but the rest', {}, ['f-closed', 'f-company', 'f-head', 'f-last day']],
    ['those that are over left out', { closed: false }, ['f-company', 'f-head', 'f-last day']],
    ['hidden ones too', { hidden: true }, ['f-closed', 'f-company', 'f-head', 'f-hidden', 'f-last day']],
    ['members too', { members: true }, ['f-closed', 'f-company', 'f-head', 'f-last day', 'f-member']],
    ['a part of the comment', { comment: 'ушёл 100%' }, ['f-closed']],
    ['a comment that reads as a pattern', { comment: '_' }, []],
    ['companies', { personType: 1 }, ['f-company']],
    ['any of the groups', { personType: -1, groupMask: 0b1010n }, ['f-company', 'f-last day']],
  ];
  test.each(CASES.map(([name], at) => [name, at] as const))('%s', async (_, at) => {
    const [, search, found] = CASES[at] ?? ['', {}, []];
    expect(await titles(search, mine)).toEqual(found);
  });

  test('by number and by labels', async () => {
    const { rows } = await find({ title: 'f-' }, mine);
    const [first, second] = rows;
    expect(await titles({ contractId: first?.id ?? 0 }, mine)).toEqual([first?.title]);
    const [one, two] = await bench.rows<{ id: number }>("INSERT INTO billing_label (title) VALUES ('a'), ('b') RETURNING label_id AS id");
    await bench.rows('INSERT INTO contract_label VALUES ($1, $3), ($1, $4), ($2, $3)', [
      first?.id ?? 0,
      second?.id ?? 0,
      one?.id ?? 0,
      two?.id ?? 0,
    ]);
    const labels = [one?.id ?? 0, two?.id ?? 0];
    expect(await titles({ labels }, mine)).toEqual([first?.title, second?.title]);
    expect(await titles({ labels, allLabels: true }, mine)).toEqual([first?.title]);
  });

  test('outside the fence nothing is found, by groups or domains', async () => {
    expect(await titles({ title: 'f-' }, { fence: { ...mine.fence, someOf: 0b100n } })).toEqual(['f-last day']);
    expect(await titles({ title: 'f-', members: true, hidden: true }, { fence: { ...mine.fence, noneOf: 0b1110n } })).toEqual([
      'f-closed',
      'f-head',
      'f-hidden',
      'f-member',
    ]);
    expect(await titles({ title: 'f-' }, { fence: { ...OPEN_FENCE, domains: [] } })).toEqual([]);
  });
});

describe('pages', () => {
  const mine = { fence: { ...OPEN_FENCE, domains: [4] } };
  beforeAll(async () => {
    for (let at = 0; at < 23; at += 1) await bench.contract({ title: `page ${String(at).padStart(2, '0')}`, domain_id: 4 });
  });

  test('walk through all of them once, in order, to pageCount', async () => {
    const seen: string[] = [];
    for (let index = 1; ; index += 1) {
      const { rows, page } = await find({ title: 'PAGE', page: { index, size: 5 } }, mine);
      expect(page).toEqual({ pageIndex: index, pageSize: 5, pageCount: 5, recordCount: 23, pageFirstRecordNumber: (index - 1) * 5 });
      seen.push(...rows.map(({ title }) => title));
      if (index === page.pageCount) break;
    }
    expect(seen).toEqual(Array.from({ length: 23 }, (_, at) => `page ${String(at).padStart(2, '0')}`));
    expect((await find({ page: { index: 9, size: 5 } }, mine)).page.recordCount).toBe(23);
  });

  test('everything is bounded by the setting', async () => {
    expect((await find({}, mine)).page).toMatchObject({ recordCount: 23, pageCount: 1 });
    const settings = { ...SETTINGS, mostRows: 22 };
    await expect(find({}, { ...mine, settings })).rejects.toMatchObject({ code: 'CONFLICT', reason: 'too_many_rows' });
    expect((await find({ page: { index: 1, size: 22 } }, { ...mine, settings })).rows).toHaveLength(22);
  });
});

describe('by parameters', () => {
  const mine = { fence: { ...OPEN_FENCE, domains: [5] } };
  const pids: Record<string, number> = {};
  let houseId = 0;
  let street = { streetId: 0, cityId: 0 };

  beforeAll(async () => {
    for (const [name, kind] of Object.entries({
      text: 1,
      other: 1,
      address: 2,
      email: 3,
      flag: 5,
      date: 6,
      list: 7,
      contract: 8,
      phone: 9,
      several: 11,
    })) {
      const [row] = await bench.rows<{ id: number }>(
        'INSERT INTO billing_parameter (kind, title) VALUES ($1, $2) RETURNING parameter_id AS id',
        [kind, name],
      );
      pids[name] = row?.id ?? 0;
    }
    const [item] = await bench.rows<{ id: number }>(
      "INSERT INTO billing_list_item (item_id, parameter_id, title) VALUES (71, $1, 'x'), (111, $2, 'y'), (112, $2, 'z') RETURNING item_id AS id",
      [pids['list'] ?? 0, pids['several'] ?? 0],
    );
    expect(item?.id).toBe(71);
    const [made] = await bench.rows<{ house: number; street: number; city: number }>(
      `WITH n AS (INSERT INTO address_country (title) VALUES ('Россия') RETURNING country_id),
         t AS (INSERT INTO address_city (country_id, title) SELECT country_id, 'Уфа' FROM n RETURNING city_id),
         s AS (INSERT INTO address_street (city_id, title) SELECT city_id, 'Ленина' FROM t RETURNING street_id, city_id)
       INSERT INTO address_house (street_id, house, frac) SELECT street_id, 5, 'а' FROM s
       RETURNING house_id AS house, street_id AS street, (SELECT city_id FROM t) AS city`,
    );
    houseId = made?.house ?? 0;
    street = { streetId: made?.street ?? 0, cityId: made?.city ?? 0 };
    const id = await bench.contract({ title: 'p-full', domain_id: 5 });
    const other = await bench.contract({ title: 'p-other', domain_id: 5 });
    await bench.contract({ title: 'p-empty', domain_id: 5 });
    await bench.write(async (tx, act) => {
      const pid = (name: string): number => pids[name] ?? 0;
      await setParameter(tx, act, id, pid('text'), { kind: 1, text: 'Номер 17' });
      await setParameter(tx, act, other, pid('other'), { kind: 1, text: '17' });
      await setParameter(tx, act, id, pid('flag'), { kind: 5, flag: true });
      await setParameter(tx, act, other, pid('flag'), { kind: 5, flag: false });
      await setParameter(tx, act, id, pid('date'), { kind: 6, day: Temporal.PlainDate.from('2026-02-10') });
      await setParameter(tx, act, id, pid('list'), { kind: 7, item: 71 });
      await setParameter(tx, act, id, pid('several'), { kind: 11, items: [111, 112] });
      await setParameter(tx, act, other, pid('several'), { kind: 11, items: [112] });
      await setParameter(tx, act, id, pid('contract'), { kind: 8, contractId: other });
      await setParameter(tx, act, id, pid('phone'), {
        kind: 9,
        phones: [
          { phone: '+7900', comment: '' },
          { phone: '112', comment: '55' },
        ],
      });
      await setParameter(tx, act, id, pid('email'), { kind: 3, emails: [{ name: 'Имя', address: 'Ivan@b.ru' }] });
      const address = { houseId, pod: 2, floor: 0, flat: '7А', room: '', comment: '', formatKey: '' };
      await setParameter(tx, act, id, pid('address'), { kind: 2, address });
    });
  });

  const by = (...filters: EntityFilter[]) => titles({ filters }, mine);
  const address = { $type: 'filterEntityAttrAddress', cityId: 0, streetId: 0, pod: 0 } as const;

  test('text is a part of any text parameter, or of those that are named', async () => {
    expect(await by({ $type: 'filterEntityAttrText', value: '17' })).toEqual(['p-full', 'p-other']);
    expect(await by({ $type: 'filterEntityAttrText', value: 'НОМЕР', entitySpecAttrIds: [] })).toEqual(['p-full']);
    expect(await by({ $type: 'filterEntityAttrText', value: '17', entitySpecAttrIds: [pids['other'] ?? 0] })).toEqual(['p-other']);
    expect(
      await by({ $type: 'filterEntityAttrText', value: '17', entitySpecAttrIds: [pids['text'] ?? 0, pids['other'] ?? 0] }),
    ).toHaveLength(2);
    expect(await by({ $type: 'filterEntityAttrText', value: '1', entitySpecAttrIds: [pids['flag'] ?? 0, 9_999] })).toEqual([]);
    expect(await by({ $type: 'filterEntityAttrInt', value: 17 })).toEqual(['p-other']);
  });

  test('flag, list, several, house, contract', async () => {
    expect(await by({ $type: 'filterEntityAttrBoolean', value: true })).toEqual(['p-full']);
    expect(await by({ $type: 'filterEntityAttrBoolean', value: false })).toEqual(['p-other']);
    expect(await by({ $type: 'filterEntityAttrList', value: 71 })).toEqual(['p-full']);
    expect(await by({ $type: 'filterEntityAttrMultiList', value: 112 })).toEqual(['p-full', 'p-other']);
    expect(await by({ $type: 'filterEntityAttrMultiList', value: 111 })).toEqual(['p-full']);
    expect(await by({ $type: 'filterEntityAttrHouse', value: houseId })).toEqual(['p-full']);
    expect(await by({ $type: 'filterEntityAttrContract', value: 0 })).toEqual([]);
  });

  test('date by a period, its ends included or open', async () => {
    const date = (from: string | null, to: string | null) =>
      by({
        $type: 'filterEntityAttrDate',
        periodFrom: from ? Temporal.PlainDate.from(from) : null,
        periodTo: to ? Temporal.PlainDate.from(to) : null,
      });
    expect(await date('2026-02-10', '2026-02-10')).toEqual(['p-full']);
    expect(await date(null, '2026-02-09')).toEqual([]);
    expect(await date('2026-01-01', null)).toEqual(['p-full']);
    expect(await date(null, null)).toEqual(['p-full']);
  });

  test('e-mail and phone', async () => {
    expect(await by({ $type: 'filterEntityAttrEmail', value: 'ivan@' })).toEqual(['p-full']);
    const phone = (value: string, mode: number) => by({ $type: 'filterEntityAttrPhone', value, mode });
    expect(await phone('112', 0)).toEqual(['p-full']);
    expect(await phone('11', 0)).toEqual([]);
    expect(await phone('11', 1)).toEqual(['p-full']);
    expect(await phone('55', 1)).toEqual([]);
    expect(await phone('^\\+79', 2)).toEqual(['p-full']);
    await expect(phone('(', 2)).rejects.toMatchObject({ code: 'BAD_REQUEST', reason: 'entityFilter' });
    await expect(phone('1', 3)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });

  test('address by its parts', async () => {
    expect(await by({ ...address, ...street })).toEqual(['p-full']);
    expect(await by({ ...address, streetId: street.streetId, house: '5а', flat: '7а', pod: 2 })).toEqual(['p-full']);
    expect(await by({ ...address, house: '5', frac: 'А' })).toEqual(['p-full']);
    expect(await by({ ...address, house: '5', frac: 'б' })).toEqual([]);
    expect(await by({ ...address, flat: '8' })).toEqual([]);
    expect(await by({ ...address, cityId: street.cityId + 1 })).toEqual([]);
    expect(await by(address)).toEqual(['p-full']);
    await expect(by({ ...address, house: 'дом' })).rejects.toMatchObject({ code: 'BAD_REQUEST', reason: 'entityFilter' });
  });

  test('filters combine with and; a parameter that may not be read finds nothing', async () => {
    expect(await by({ $type: 'filterEntityAttrText', value: '17' }, { $type: 'filterEntityAttrBoolean', value: false })).toEqual([
      'p-other',
    ]);
    const fence = { ...mine.fence, parameters: new Map([[pids['text'] ?? 0, 'none' as const]]) };
    expect(await titles({ filters: [{ $type: 'filterEntityAttrText', value: 'номер' }] }, { fence })).toEqual([]);
    await expect(
      by(...Array.from({ length: 21 }, () => ({ $type: 'filterEntityAttrBoolean', value: true }) as const)),
    ).rejects.toMatchObject({ reason: 'entityFilter' });
  });
});
