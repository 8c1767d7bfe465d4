import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createContract } from '../create-contract.ts';
import { OPEN_FENCE } from '../fence.ts';
import { findContract } from '../find-contract.ts';
import { setContractPassword } from '../set-contract-password.ts';
import { contractBean } from '../show-contract-bean.ts';
import { type BillingBench, openBilling } from './support/billing-bench.ts';

let bench: BillingBench;
beforeAll(async () => {
  bench = await openBilling(10);
});
afterAll(() => bench.stop());

const day = (text: string): Temporal.PlainDate => Temporal.PlainDate.from(text);

async function pattern(columns: Record<string, string | number | readonly number[]> = {}): Promise<number> {
  const given = { title: 'pattern', ...columns };
  const names = Object.keys(given);
  const [row] = await bench.rows<{ id: number }>(
    `INSERT INTO contract_pattern (${names}) VALUES (${names.map((_, at) => `$${at + 1}`)}) RETURNING pattern_id AS id`,
    Object.values(given),
  );
  return row?.id ?? 0;
}

const record = (id: number) => findContract(bench.database.work, bench.act(), id);

describe('a contract made by a pattern', () => {
  test('has its number, day and everything that the pattern gives', async () => {
    const [module] = await bench.rows<{ id: number }>(
      "INSERT INTO billing_module (name, title) VALUES ('npay', 'Fees') RETURNING module_id AS id",
    );
    const [plan] = await bench.rows<{ id: number }>("INSERT INTO tariff_plan (title) VALUES ('Fast') RETURNING plan_id AS id");
    const patternId = await pattern({
      number_mask: 'И-NNN/г',
      counter: 41,
      groups: 5,
      mode: 1,
      balance_limit: '-100.00',
      status: 4,
      person_type: 1,
      parameter_group_id: 3,
      modules: [module?.id ?? 0, 999_999],
      tariffs: [plan?.id ?? 0],
    });
    await bench.events();
    const made = await bench.write((tx, act) => createContract(tx, act, { patternId }));
    expect(made.title).toBe('И-042/г');
    expect(await record(made.id)).toMatchObject({
      title: 'И-042/г',
      groups: '5',
      mode: 1,
      balanceLimit: '-100.00',
      status: 4,
      personType: 1,
      parameterGroupId: 3,
      patternId,
      dateFrom: bench.today,
      superId: 0,
    });
    expect(await bench.rows('SELECT module_id FROM contract_module WHERE contract_id = $1', [made.id])).toEqual([
      { module_id: module?.id },
    ]);
    expect(await bench.rows('SELECT plan_id, date_from FROM contract_tariff WHERE contract_id = $1', [made.id])).toEqual([
      { plan_id: plan?.id, date_from: bench.today },
    ]);
    const [event, ...more] = await bench.events();
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      type: 'contract.created',
      subject: `contract/${made.id}`,
      data: { contractTitle: 'И-042/г', patternId, modules: [module?.id], tariffs: [plan?.id], operatorId: 7, protocol: 'rest' },
    });
  });

  test('twenty made at the same moment by two hubs have twenty numbers', async () => {
    const patternId = await pattern({ number_mask: 'C-NNNN' });
    const other = bench.secondHub(10);
    const made = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        (at % 2 === 0 ? bench.database : other).transaction((tx) => createContract(tx, bench.act(), { patternId })),
      ),
    );
    const titles = made.map(({ title }) => title).sort();
    expect(titles).toEqual(Array.from({ length: 20 }, (_, at) => `C-${String(at + 1).padStart(4, '0')}`));
  });

  test('brings no tariff into a closed period', async () => {
    const [plan] = await bench.rows<{ id: number }>("INSERT INTO tariff_plan (title) VALUES ('Old') RETURNING plan_id AS id");
    const patternId = await pattern({ number_mask: 'Z-NN', tariffs: [plan?.id ?? 0] });
    await bench.rows("INSERT INTO closed_date (type_id, day) VALUES (0, '2026-01-31')");
    const on = (text: string) => ({ patternId, dateFrom: day(text) });
    expect(await bench.refused((tx, act) => createContract(tx, act, on('2026-01-31')))).toMatchObject({
      code: 'CONFLICT',
      reason: 'closed_period',
    });
    expect((await bench.write((tx, act) => createContract(tx, act, on('2026-02-01')))).title).toBe('Z-01');
    await bench.rows('DELETE FROM closed_date');
  });

  test('passes by a number that somebody took by hand', async () => {
    const patternId = await pattern({ number_mask: 'T-NN' });
    await bench.contract({ title: 'T-01' });
    await bench.contract({ title: 'T-02' });
    expect((await bench.write((tx, act) => createContract(tx, act, { patternId }))).title).toBe('T-03');
  });

  test('leaves the counter alone when it is given a title', async () => {
    const patternId = await pattern({ number_mask: 'H-NN' });
    await bench.write((tx, act) => createContract(tx, act, { patternId, title: 'by hand 1' }));
    expect((await bench.write((tx, act) => createContract(tx, act, { patternId }))).title).toBe('H-01');
  });

  test('is refused where the mask counts nothing or the pattern is not there', async () => {
    const patternId = await pattern({ number_mask: 'same' });
    expect(await bench.refused((tx, act) => createContract(tx, act, { patternId }))).toMatchObject({
      code: 'CONFLICT',
      reason: 'pattern_number',
    });
    expect(await bench.refused((tx, act) => createContract(tx, act, { patternId: 12_345 }))).toMatchObject({
      code: 'NOT_FOUND',
      reason: 'pattern',
    });
  });
});

describe('titles', () => {
  test('are needed without a pattern, and taken only once', async () => {
    expect(await bench.refused((tx, act) => createContract(tx, act, { patternId: 0 }))).toMatchObject({
      code: 'BAD_REQUEST',
      reason: 'title',
    });
    await bench.write((tx, act) => createContract(tx, act, { patternId: 0, title: ' Иванов / "A+B" ' }));
    expect(await bench.refused((tx, act) => createContract(tx, act, { patternId: 0, title: 'Иванов / "A+B"' }))).toMatchObject({
      code: 'CONFLICT',
      reason: 'title',
      russian: 'Договор с названием «Иванов / "A+B"» уже есть',
    });
  });

  test('of two at the same moment one is refused', async () => {
    const both = await Promise.allSettled(
      [1, 2].map(() => bench.database.transaction((tx) => createContract(tx, bench.act(), { patternId: 0, title: 'only one' }))),
    );
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'CONFLICT', reason: 'title' } });
  });

  test('take no control characters', async () => {
    for (const title of ['a\u0000b', 'a\nb', '\u200b'.repeat(300), '   '])
      expect(await bench.refused((tx, act) => createContract(tx, act, { patternId: 0, title }))).toMatchObject({
        code: 'BAD_REQUEST',
        reason: 'title',
      });
  });
});

describe('families', () => {
  test('have depth one: a plain contract becomes a head, a member cannot', async () => {
    const head = await bench.contract();
    const dependent = await bench.write((tx, act) => createContract(tx, act, { patternId: 0, title: 'dependent', superId: head }));
    const independent = await bench.write((tx, act) =>
      createContract(tx, act, { patternId: 0, title: 'independent', superId: head, subMode: 1 }),
    );
    expect(await record(head)).toMatchObject({ superId: -1, members: [dependent.id, independent.id], dependents: [dependent.id] });
    expect(contractBean(bench.act(), await record(head))).toMatchObject({
      super: true,
      sub: false,
      dependSubList: String(dependent.id),
      superCid: -1,
    });
    expect(contractBean(bench.act(), await record(dependent.id))).toMatchObject({
      super: false,
      sub: true,
      dependSub: true,
      independSub: false,
      superCid: head,
    });
    expect(contractBean(bench.act(), await record(independent.id))).toMatchObject({
      sub: true,
      dependSub: false,
      independSub: true,
      balanceSubMode: 1,
    });
    expect(
      await bench.refused((tx, act) => createContract(tx, act, { patternId: 0, title: 'too deep', superId: dependent.id })),
    ).toMatchObject({ code: 'CONFLICT', reason: 'family' });
    expect(
      await bench.refused((tx, act) => createContract(tx, act, { patternId: 0, title: 'x', superId: head, subMode: 2 })),
    ).toMatchObject({
      code: 'BAD_REQUEST',
      reason: 'sub_mode',
    });
  });
});

describe('the fence', () => {
  test('refuses a contract that its maker could not see, and a head outside', async () => {
    const fence = { ...OPEN_FENCE, someOf: 0b100n };
    expect(await bench.refused((tx, act) => createContract(tx, act, { patternId: 0, title: 'outside' }), { fence })).toMatchObject({
      code: 'FORBIDDEN',
    });
    const patternId = await pattern({ groups: 4, number_mask: 'F-N' });
    const { id } = await bench.write((tx, act) => createContract(tx, act, { patternId }), { fence });
    expect(await findContract(bench.database.work, { fence }, id)).toMatchObject({ groups: '4' });
    const outside = await bench.contract();
    expect(await bench.refused((tx, act) => createContract(tx, act, { patternId, superId: outside }), { fence })).toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});

describe('the password', () => {
  test('lies sealed, and only the right shows it', async () => {
    const { id } = await bench.write((tx, act) =>
      createContract(tx, act, { patternId: 0, title: 'secret', dateFrom: day('2026-01-02'), password: 'bg2rFZ2PEX' }),
    );
    const row = await record(id);
    expect(row.password?.toString('latin1')).not.toContain('bg2rFZ2PEX');
    const reader = bench.act();
    expect(contractBean(reader, row).password).toBe('bg2rFZ2PEX');
    expect(contractBean({ ...reader, caller: { ...reader.caller, rights: ['billing.call.*'] } }, row).password).toBe('');
    expect(contractBean({ ...reader, caller: { ...reader.caller, rights: ['billing.contract.password.read'] } }, row).password).toBe(
      'bg2rFZ2PEX',
    );
    const told = await bench.rows<{ text: string }>(
      'SELECT data::text AS text FROM event UNION ALL SELECT concat(before, after) FROM audit',
    );
    expect(told.filter(({ text }) => text.includes('bg2rFZ2PEX'))).toEqual([]);
  });

  test('is set, generated and taken away', async () => {
    const id = await bench.contract();
    const read = async () => contractBean(bench.act(), await record(id)).password;
    await bench.write((tx, act) => setContractPassword(tx, act, id, 'пароль 1'));
    expect(await read()).toBe('пароль 1');
    await bench.write((tx, act) => setContractPassword(tx, act, id, undefined));
    const generated = await read();
    expect(generated).toMatch(/^[a-z2-9]{8}$/);
    await bench.write((tx, act) => setContractPassword(tx, act, id, undefined));
    expect(await read()).not.toBe(generated);
    await bench.write((tx, act) => setContractPassword(tx, act, id, ''));
    expect((await record(id)).password).toBeNull();
    expect(await bench.refused((tx, act) => setContractPassword(tx, act, id, 'x'.repeat(101)))).toMatchObject({ reason: 'password' });
  });
});
