import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../../core/database/statement.ts';
import type { ContractConditions } from '../find-contracts.ts';
import { pageStatement } from '../search-contracts.ts';
import { type BillingRest, openBillingRest } from './support/billing-rest.ts';

/** Enough that reading all of them costs more than any index; the million is measured by the bench. */
const MANY = 40_000;
const ANYTHING = { members: true, closed: true, hidden: true };

let bench: BillingRest;
beforeAll(async () => {
  bench = await openBillingRest();
  await bench.rows(`INSERT INTO billing_domain (domain_id, title) VALUES (1, 'Север'), (2, 'Юг')`);
  await bench.rows(`INSERT INTO billing_parameter (parameter_id, kind, title) VALUES (1, 1, 'ФИО'), (2, 7, 'Регион'), (3, 9, 'Телефон')`);
  await bench.rows(
    `INSERT INTO contract (title, comment, groups, date_from, status, domain_id, mode)
     SELECT 'Д-' || lpad(n::text, 6, '0'), CASE WHEN n % 1000 = 7 THEN 'Особый клиент №' || n ELSE 'обычный ' || md5(n::text) END,
       CASE WHEN n % 500 = 3 THEN 8 ELSE 0 END, '2020-01-01', CASE WHEN n % 400 = 5 THEN 4 ELSE 0 END, CASE WHEN n % 300 = 1 THEN 2 ELSE 0 END, n % 2
     FROM generate_series(1, $1::int) n`,
    [MANY],
  );
  await bench.rows(
    `INSERT INTO contract_parameter (contract_id, parameter_id, title, number)
     SELECT n, 1, 'Клиент ' || md5(n::text), NULL FROM generate_series(1, $1::int) n
     UNION ALL SELECT n, 2, 'Регион ' || n % 200, n % 200 FROM generate_series(1, $1::int) n`,
    [MANY],
  );
  await bench.rows(
    `INSERT INTO contract_parameter (contract_id, parameter_id, title, detail) VALUES (77, 3, '+7 900 5551234 [дом]', '{"phones":[]}')`,
  );
  await bench.rows('ANALYZE contract, contract_parameter');
}, 120_000);
afterAll(() => bench.stop());

const ids = async (query: string): Promise<number[]> =>
  (await bench.ok('GET', `/contracts?${query}`)).items.map(({ id }: { id: number }) => id);

describe('what is found', () => {
  test('by the beginning of the title in any case of letters, taken literally', async () => {
    expect(await ids('title=д-00000')).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(await ids('title=Д-03999_')).toEqual([]);
    expect(await ids('title=.*')).toEqual([]);
    expect(await ids('title=-0')).toEqual([]);
  });

  test('by comment, parameter, group, status, domain; all of them together', async () => {
    expect(await ids('comment=ОСОБЫЙ&limit=3')).toEqual([7, 1007, 2007]);
    expect(await ids('group=3,5&limit=2')).toEqual([3, 503]);
    expect(await ids('group=5')).toEqual([]);
    expect(await ids('group=999999999,63')).toEqual([]);
    expect(await ids('group=62,3&limit=1')).toEqual([3]);
    expect(await ids('status=4&limit=2')).toEqual([5, 405]);
    expect(await ids('domain=2&limit=2')).toEqual([1, 301]);
    expect(await ids('value=5551234')).toEqual([77]);
    expect(await ids('parameter=1&value=5551234')).toEqual([]);
    expect(await ids('parameter=2&number=77&limit=2')).toEqual([77, 277]);
    expect(await ids('parameter=2&number=77&title=Д-0010&mode=debit')).toEqual([1077]);
    expect(await ids('parameter=3')).toEqual([77]);
  });

  test('closed, hidden ones and members only when they are asked for', async () => {
    const title = 'Особые';
    const head = await bench.contract({ title: `${title} голова`, super_id: -1 });
    const member = await bench.contract({ title: `${title} субдоговор`, super_id: head });
    const closed = await bench.contract({ title: `${title} закрыт`, date_to: '2021-01-01' });
    const hidden = await bench.contract({ title: `${title} скрыт`, hidden: true });
    expect(await ids(`title=${title}`)).toEqual([head]);
    expect(await ids(`title=${title}&members=true&closed=true&hidden=true`)).toEqual([head, closed, hidden, member]);
    expect(await ids(`head=${head}`)).toEqual([member]);
  });

  test('a row shows status and balance; of a dependent member the balance of its head', async () => {
    const head = await bench.contract({ title: 'Баланс головы', super_id: -1 });
    const member = await bench.contract({ title: 'Баланс члена', super_id: head });
    await bench.rows(`INSERT INTO contract_balance VALUES ($1, '2020-02-01', 0, 100, 30, 5)`, [head]);
    expect((await bench.ok('GET', '/contracts?title=Баланс&members=true')).items).toMatchObject([
      { id: head, balance: '65.00', status_title: 'Активен', family: { role: 'head', members: 1, dependents: 1 } },
      { id: member, balance: '65.00', family: { role: 'member', head_id: head, dependent: true } },
    ]);
  });
});

describe('pages', () => {
  test('walk all of a list once, whatever is deleted or comes meanwhile', async () => {
    const seen: number[] = [];
    let after: string | null = null;
    let page = 0;
    do {
      const answer: { items: { id: number }[]; next: string | null } = await bench.ok(
        'GET',
        `/contracts?title=Д-0391&limit=30${after === null ? '' : `&after=${after}`}`,
      );
      seen.push(...answer.items.map(({ id }) => id));
      after = answer.next;
      page += 1;
      // The row on which the cursor hangs goes, and one comes before it.
      if (page === 1) await bench.rows('DELETE FROM contract WHERE contract_id = $1', [seen.at(-1) ?? 0]);
      if (page === 2) await bench.contract({ title: 'Д-039100-раньше' });
    } while (after !== null);
    expect(page).toBe(4);
    expect(seen).toEqual(Array.from({ length: 100 }, (_, at) => 39_100 + at));
  });

  test('titles that differ in the case of letters only all have their place', async () => {
    const made = [await bench.contract({ title: 'ЁЖ' }), await bench.contract({ title: 'ёж' }), await bench.contract({ title: 'Ёж' })];
    const seen: number[] = [];
    let after = '';
    for (let page = 0; page < 3; page += 1) {
      const answer = await bench.ok('GET', `/contracts?title=ёЖ&limit=1${after}`);
      seen.push(...answer.items.map(({ id }: { id: number }) => id));
      after = `&after=${answer.next}`;
    }
    expect(seen).toEqual(made);
    expect(after).toBe('&after=null');
  });

  test('how many there are is counted on request', async () => {
    expect(await bench.ok('GET', '/contracts?status=4&limit=1')).not.toHaveProperty('total');
    expect((await bench.ok('GET', '/contracts?status=4&limit=1&total=true')).total).toBe(MANY / 400);
  });

  test.each([
    'after=b1',
    'after=YjEuNQ',
    'after=Yi50aXRsZS4wMS54',
    'after=%00',
    'limit=0',
    'status=x',
    'group=',
    'head=0',
    'titel=x',
    'status=999999999',
    'number=-1',
  ])('%s answers nothing unplanned', async (query) => {
    const { status } = await bench.call('GET', `/contracts?${query}`);
    expect(query === 'status=999999999' ? [200] : [400]).toContain(status);
  });
});

describe('an index carries each condition', () => {
  const planOf = async (wanted: Partial<ContractConditions>, place?: { title: string; id: number }): Promise<string> => {
    const { text, values } = await pageStatement(bench.database.work, bench.act(), { ...ANYTHING, ...wanted }, place, 26);
    const { rows } = await run<{ 'QUERY PLAN': string }>(bench.database.work, `EXPLAIN ${text}`, values);
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  };

  test.each([
    ['the order alone', {}, 'contract_title_folded'],
    ['a beginning', { beginning: 'Д-0391' }, 'contract_title_folded'],
    ['a comment', { comment: 'Особый клиент №39' }, 'contract_comment_part'],
    ['a group', { groups: [3] }, 'contract_groups'],
    ['a status', { statuses: [4] }, 'contract_status_folded'],
    ['a domain', { domainId: 2 }, 'contract_domain_folded'],
    ['a value', { value: { text: '5551234' } }, 'contract_parameter_part'],
    ['an item', { value: { parameterId: 2, number: 77 } }, 'contract_parameter_number'],
  ] as const)('%s', async (_, wanted, index) => {
    const plan = await planOf(wanted);
    expect(plan).toContain(index);
    expect(plan).not.toMatch(/Seq Scan on contract(_parameter)? /);
  });

  test('a later page begins at its place, not at the first row', async () => {
    const plan = await planOf({ beginning: 'Д-0' }, { title: 'Д-039000', id: 39_000 });
    expect(plan).toMatch(/Index Cond: .*ROW\(/s);
    expect(plan).not.toMatch(/Seq Scan on contract /);
  });

  test.each([
    ['domains', { someOf: 0n, domains: [2] }, 'contract_domain_folded'],
    ['groups', { someOf: 8n, domains: null }, 'contract_groups'],
  ] as const)('the fence of an operator by %s is carried, too', async (_, fence, index) => {
    const { text, values } = await pageStatement(
      bench.database.work,
      bench.act({ fence: { noneOf: 0n, parameters: new Map(), ...fence } }),
      ANYTHING,
      undefined,
      26,
    );
    const { rows } = await run<{ 'QUERY PLAN': string }>(bench.database.work, `EXPLAIN ${text}`, values);
    expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain(index);
  });
});
