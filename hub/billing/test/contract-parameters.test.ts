import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OPEN_FENCE } from '../fence.ts';
import { contractForm, parameterMap, readParameter } from '../list-parameters.ts';
import type { ParameterValue } from '../parameter-value.ts';
import { clearParameter, setParameter } from '../set-parameter.ts';
import { attributeBean } from '../show-parameter.ts';
import { historyOf } from '../sql/parameter-values.ts';
import { listItems } from '../sql/parameters.ts';
import { type BillingBench, openBilling } from './support/billing-bench.ts';

let bench: BillingBench;
beforeAll(async () => {
  bench = await openBilling(10);
});
afterAll(() => bench.stop());

const TEXT = { kind: 1, text: 'Иванов "И" & Co' } as const;

async function parameter(kind: number, columns: Record<string, string | number | boolean> = {}): Promise<number> {
  const given = { title: `of kind ${kind}`, kind, ...columns };
  const names = Object.keys(given);
  const [row] = await bench.rows<{ id: number }>(
    `INSERT INTO billing_parameter (${names}) VALUES (${names.map((_, at) => `$${at + 1}`)}) RETURNING parameter_id AS id`,
    Object.values(given),
  );
  return row?.id ?? 0;
}

async function item(parameterId: number, title: string): Promise<number> {
  const [row] = await bench.rows<{ id: number }>(
    'INSERT INTO billing_list_item (parameter_id, title) VALUES ($1, $2) RETURNING item_id AS id',
    [parameterId, title],
  );
  return row?.id ?? 0;
}

async function house(): Promise<number> {
  const [row] = await bench.rows<{ id: number }>(
    `WITH n AS (INSERT INTO address_country (title) VALUES ('Россия') RETURNING country_id),
       t AS (INSERT INTO address_city (country_id, title) SELECT country_id, 'Уфа' FROM n RETURNING city_id),
       s AS (INSERT INTO address_street (city_id, title) SELECT city_id, 'Ленина' FROM t RETURNING street_id)
     INSERT INTO address_house (street_id, house, frac) SELECT street_id, 5, '1' FROM s RETURNING house_id AS id`,
  );
  return row?.id ?? 0;
}

const set = (contractId: number, parameterId: number, value: ParameterValue) =>
  bench.write((tx, act) => setParameter(tx, act, contractId, parameterId, value));

async function bean(contractId: number, parameterId: number): Promise<Record<string, unknown> | undefined> {
  const { parameter: described, value } = await readParameter(bench.database.work, bench.act(), contractId, parameterId);
  return value && attributeBean(contractId, described, value);
}

describe('a value of each kind is kept as it was given', () => {
  test('text, flag, date', async () => {
    const id = await bench.contract();
    const [text, flag, date] = [await parameter(1), await parameter(5), await parameter(6)];
    await set(id, text, TEXT);
    await set(id, flag, { kind: 5, flag: true });
    await set(id, date, { kind: 6, day: Temporal.PlainDate.from('2024-02-29') });
    expect(await bean(id, text)).toEqual({ $type: 'entityAttrText', entityId: id, entitySpecAttrId: text, value: TEXT.text });
    expect(await bean(id, flag)).toMatchObject({ $type: 'entityAttrBoolean', value: true });
    expect(await bean(id, date)).toMatchObject({ $type: 'entityAttrDate', value: Temporal.PlainDate.from('2024-02-29') });
    await set(id, flag, { kind: 5, flag: false });
    expect(await bean(id, flag)).toMatchObject({ value: false });
  });

  test('phones and e-mails', async () => {
    const id = await bench.contract();
    const [phone, email] = [await parameter(9), await parameter(3)];
    const phones = [
      { phone: '+7 900 1', comment: 'дом' },
      { phone: '112', comment: '' },
    ];
    await set(id, phone, { kind: 9, phones });
    await set(id, email, { kind: 3, emails: [{ name: 'Имя', address: 'a@b.ru' }] });
    expect(await bean(id, phone)).toMatchObject({ $type: 'entityAttrPhone', contactList: phones });
    expect(await bean(id, email)).toMatchObject({
      $type: 'entityAttrEmail',
      value: 'Имя <a@b.ru>',
      contactList: [{ name: 'Имя', address: 'a@b.ru' }],
    });
  });

  test('an address in a house and one as text', async () => {
    const id = await bench.contract();
    const pid = await parameter(2);
    const address = { houseId: await house(), pod: 1, floor: 2, flat: '3', room: '', comment: '', formatKey: 'street' };
    await set(id, pid, { kind: 2, address });
    expect(await bean(id, pid)).toEqual({
      $type: 'entityAttrAddress',
      entityId: id,
      entitySpecAttrId: pid,
      title: 'Ленина, д. 5/1, под. 1, эт. 2, кв. 3',
      ...address,
    });
    await set(id, pid, { kind: 2, text: 'за рекой' });
    expect(await bean(id, pid)).toMatchObject({ title: 'за рекой', houseId: 0, flat: '' });
    expect(
      await bench.refused((tx, act) => setParameter(tx, act, id, pid, { kind: 2, address: { ...address, houseId: 404 } })),
    ).toMatchObject({
      code: 'NOT_FOUND',
      reason: 'house',
    });
  });

  test('items of lists, and values of one s own only where the list takes them', async () => {
    const id = await bench.contract();
    const [list, free, several] = [await parameter(7), await parameter(7, { custom_values: true }), await parameter(11)];
    const [one, two] = [await item(several, 'один'), await item(several, 'два')];
    const only = await item(list, 'единственный');
    await set(id, list, { kind: 7, item: only });
    expect(await bean(id, list)).toMatchObject({ $type: 'entityAttrList', title: 'единственный', value: only });
    expect(await bench.refused((tx, act) => setParameter(tx, act, id, list, { kind: 7, item: one }))).toMatchObject({
      code: 'BAD_REQUEST',
      reason: 'value',
    });
    expect(await bench.refused((tx, act) => setParameter(tx, act, id, list, { kind: 7, item: 0, custom: 'свой' }))).toMatchObject({
      reason: 'custom_value',
    });
    await set(id, several, { kind: 11, items: [two, one, two] });
    expect(await bean(id, several)).toMatchObject({ title: 'два, один', value: two });
    const others = await Promise.all(Array.from({ length: 6 }, () => bench.contract()));
    await Promise.all(others.map((other) => set(other, free, { kind: 7, item: 0, custom: 'свой' })));
    const items = await listItems(bench.database.work, free);
    expect(items).toMatchObject([{ title: 'свой' }]);
    for (const other of others) expect(await bean(other, free)).toMatchObject({ title: 'свой', value: items[0]?.id });
  });

  test('a reference to another contract, which must be visible', async () => {
    const [id, other] = [await bench.contract({ groups: 1 }), await bench.contract({ title: 'referred to' })];
    const pid = await parameter(8);
    await set(id, pid, { kind: 8, contractId: other });
    expect(await bean(id, pid)).toMatchObject({ $type: 'entityAttrContract', title: 'referred to', value: other });
    const fence = { ...OPEN_FENCE, someOf: 1n };
    expect(await bench.refused((tx, act) => setParameter(tx, act, id, pid, { kind: 8, contractId: other }), { fence })).toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});

describe('a wrong kind', () => {
  test('is an error for every pair of kinds, and nothing is stored', async () => {
    const id = await bench.contract();
    const values: ParameterValue[] = [
      TEXT,
      { kind: 2, text: 'x' },
      { kind: 3, emails: [] },
      { kind: 4, text: 'x' },
      { kind: 5, flag: true },
      { kind: 6, day: null },
      { kind: 7, item: 1 },
      { kind: 8, contractId: id },
      { kind: 9, phones: [] },
      { kind: 11, items: [] },
    ];
    for (const kind of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]) {
      const pid = await parameter(kind);
      for (const value of values) {
        if (value.kind === kind) continue;
        expect(await bench.refused((tx, act) => setParameter(tx, act, id, pid, value))).toMatchObject({
          code: 'BAD_REQUEST',
          reason: 'pid',
        });
      }
    }
    expect(await bench.rows('SELECT FROM contract_parameter WHERE contract_id = $1', [id])).toEqual([]);
  });
});

describe('history', () => {
  test('is written with the change, with who and what it was; the same value leaves no trace', async () => {
    const id = await bench.contract();
    const pid = await parameter(1);
    await bench.events();
    await set(id, pid, TEXT);
    await set(id, pid, TEXT);
    await set(id, pid, { kind: 1, text: 'new' });
    await set(id, pid, { kind: 1, text: '  ' });
    expect((await historyOf(bench.database.work, id, pid)).map(({ title, login }) => [title, login])).toEqual([
      [TEXT.text, 'alice'],
      ['new', 'alice'],
      ['', 'alice'],
    ]);
    expect(await bean(id, pid)).toBeUndefined();
    expect(await bench.events()).toMatchObject([
      { type: 'contract.parameter-changed', subject: `contract/${id}`, data: { parameterId: pid, kind: 1, value: TEXT.text, former: '' } },
      { data: { value: 'new', former: TEXT.text } },
      { data: { value: '', former: 'new' } },
    ]);
  });

  test('goes back with the change', async () => {
    const id = await bench.contract();
    const pid = await parameter(1);
    await bench.events();
    await expect(
      bench.write(async (tx, act) => {
        await setParameter(tx, act, id, pid, TEXT);
        throw new Error('the power went');
      }),
    ).rejects.toThrow('the power went');
    expect(await historyOf(bench.database.work, id, pid)).toEqual([]);
    expect(await bean(id, pid)).toBeUndefined();
    expect(await bench.events()).toEqual([]);
  });

  test('is not kept where the parameter wants none', async () => {
    const id = await bench.contract();
    const pid = await parameter(1, { history: false });
    await set(id, pid, TEXT);
    expect(await historyOf(bench.database.work, id, pid)).toEqual([]);
    expect(await bean(id, pid)).toMatchObject({ value: TEXT.text });
  });

  test('has every one of many changes at the same moment, each with the value before it', async () => {
    const id = await bench.contract();
    const pid = await parameter(1);
    await Promise.all(Array.from({ length: 10 }, (_, at) => set(id, pid, { kind: 1, text: `v${at}` })));
    const rows = await bench.rows<{ title: string; former: string }>(
      'SELECT title, former FROM contract_parameter_history WHERE contract_id = $1 ORDER BY history_id',
      [id],
    );
    expect(rows).toHaveLength(10);
    expect(rows.map(({ former }) => former)).toEqual(['', ...rows.slice(0, -1).map(({ title }) => title)]);
    expect(await bean(id, pid)).toMatchObject({ value: rows.at(-1)?.title });
  });
});

describe('rules of an operator', () => {
  test('a parameter may be only read, or not even that', async () => {
    const id = await bench.contract();
    const [readable, secret] = [await parameter(1), await parameter(1)];
    await set(id, readable, TEXT);
    await set(id, secret, TEXT);
    const fence = {
      ...OPEN_FENCE,
      parameters: new Map([
        [readable, 'read'],
        [secret, 'none'],
      ] as const),
    };
    const act = bench.act({ fence });
    const db = bench.database.work;
    expect(await bench.refused((tx, mine) => setParameter(tx, mine, id, readable, { kind: 1, text: 'x' }), { fence })).toMatchObject({
      code: 'FORBIDDEN',
    });
    expect(await bench.refused((tx, mine) => clearParameter(tx, mine, id, readable, 1), { fence })).toMatchObject({ code: 'FORBIDDEN' });
    expect(await bench.refused((tx, mine) => setParameter(tx, mine, id, secret, { kind: 1, text: 'x' }), { fence })).toMatchObject({
      code: 'NOT_FOUND',
    });
    expect((await readParameter(db, act, id, readable)).value?.title).toBe(TEXT.text);
    await expect(readParameter(db, act, id, secret)).rejects.toMatchObject({ code: 'NOT_FOUND', reason: 'parameter' });
    expect((await contractForm(db, act, id, true)).rows.map((row) => row.id)).not.toContain(secret);
    expect((await parameterMap(db, act, id, 0)).map(({ key }) => key)).toEqual([readable]);
  });
});

describe('the form of a contract', () => {
  test('shows the parameters of its group in their order, those always visible, and all on demand', async () => {
    const [first, second, always, hidden] = [
      await parameter(1),
      await parameter(5),
      await parameter(1, { always_visible: true, position: 99 }),
      await parameter(1),
    ];
    const [group] = await bench.rows<{ id: number }>(
      "INSERT INTO billing_parameter_group (title) VALUES ('Физлица') RETURNING parameter_group_id AS id",
    );
    const groupId = group?.id ?? 0;
    await bench.rows(
      'INSERT INTO billing_parameter_group_member (parameter_group_id, parameter_id, position) VALUES ($1, $2, 2), ($1, $3, 1)',
      [groupId, first, second],
    );
    const id = await bench.contract({ parameter_group_id: groupId });
    await set(id, first, TEXT);
    const form = await contractForm(bench.database.work, bench.act(), id, false);
    expect(form.groupId).toBe(groupId);
    expect(form.rows.map((row) => [row.id, row.value])).toEqual([
      [second, null],
      [first, TEXT.text],
      [always, null],
    ]);
    expect((await contractForm(bench.database.work, bench.act(), id, true)).rows.map((row) => row.id)).toContain(hidden);
    expect(await parameterMap(bench.database.work, bench.act(), id, groupId)).toMatchObject([{ key: first, value: { value: TEXT.text } }]);
    await expect(parameterMap(bench.database.work, bench.act(), id, 404)).rejects.toMatchObject({ reason: 'parameter_group' });
  });
});
