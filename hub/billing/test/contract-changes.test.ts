import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { changeContract } from '../change-contract.ts';
import { createContract } from '../create-contract.ts';
import { deleteContract } from '../delete-contract.ts';
import { OPEN_FENCE } from '../fence.ts';
import { findContract } from '../find-contract.ts';
import { markContract } from '../mark-contract.ts';
import { readBalance } from '../read-balance.ts';
import { saveGroup } from '../save-group.ts';
import { deleteNote, findNote, saveNote } from '../save-note.ts';
import { savePayment } from '../save-payment.ts';
import { TABLES_OF_CONTRACT } from '../sql/contract-archive.ts';
import { fieldLog } from '../sql/contract-records.ts';
import { notesOf } from '../sql/notes.ts';
import { type BillingBench, openBilling } from './support/billing-bench.ts';

let bench: BillingBench;
beforeAll(async () => {
  bench = await openBilling();
});
afterAll(() => bench.stop());

const day = (text: string): Temporal.PlainDate => Temporal.PlainDate.from(text);
const record = (id: number) => findContract(bench.database.work, bench.act(), id);
const audits = (object: number) =>
  bench.rows<{ action: string; before: unknown; after: unknown; login: string }>(
    "SELECT action, before, after, login FROM audit WHERE object = $1 AND action LIKE 'billing.%' ORDER BY id",
    [String(object)],
  );

describe('fields of the record', () => {
  test('change with audit and one event; what is absent or the same stays', async () => {
    const id = await bench.contract({ title: 'before', comment: 'was' });
    await bench.events();
    await bench.write((tx, act) => changeContract(tx, act, id, { title: 'after', comment: 'was' }));
    expect(await record(id)).toMatchObject({ title: 'after', comment: 'was', version: 2 });
    expect(await bench.events()).toMatchObject([
      {
        type: 'contract.changed',
        subject: `contract/${id}`,
        data: { contractTitle: 'after', changed: { title: 'after' }, before: { title: 'before' } },
      },
    ]);
    expect(await audits(id)).toMatchObject([
      { action: 'billing.contract.change', before: { title: 'before' }, after: { title: 'after' }, login: 'alice' },
    ]);
    await bench.write((tx, act) => changeContract(tx, act, id, { title: 'after' }));
    expect(await bench.events()).toEqual([]);
    expect(await record(id)).toMatchObject({ version: 2 });
  });

  test('a day of closing emits the close event, opening again a change', async () => {
    const id = await bench.contract();
    await bench.events();
    await bench.write((tx, act) => changeContract(tx, act, id, { dateTo: day('2026-04-30') }));
    expect(await bench.events()).toMatchObject([{ type: 'contract.closed', data: { dateTo: '2026-04-30', dateFrom: '2020-01-01' } }]);
    await bench.write((tx, act) => changeContract(tx, act, id, { dateTo: null }));
    expect(await bench.events()).toMatchObject([{ type: 'contract.changed', data: { changed: { dateTo: null } } }]);
    expect((await record(id)).dateTo).toBeNull();
  });

  test('days must be in order and possible', async () => {
    const id = await bench.contract({ date_to: day('2026-01-31') });
    expect(await bench.refused((tx, act) => changeContract(tx, act, id, { dateFrom: day('2026-02-01') }))).toMatchObject({
      reason: 'dateTo',
    });
    expect(await bench.refused((tx, act) => changeContract(tx, act, id, { dateTo: day('2201-01-01') }))).toMatchObject({
      reason: 'dateTo',
    });
    expect((await record(id)).dateTo).toEqual(day('2026-01-31'));
  });

  test('mode and face keep a log', async () => {
    const id = await bench.contract();
    await bench.write((tx, act) => changeContract(tx, act, id, { mode: 1 }));
    await bench.write((tx, act) => changeContract(tx, act, id, { mode: 0, personType: 1 }));
    const values = async (field: string) => (await fieldLog(bench.database.work, id, field)).map(({ value, login }) => [value, login]);
    expect(await values('mode')).toEqual([
      ['Дебет', 'alice'],
      ['Кредит', 'alice'],
    ]);
    expect(await values('personType')).toEqual([['Юридическое лицо', 'alice']]);
    expect(await bench.refused((tx, act) => changeContract(tx, act, id, { personType: 2 }))).toMatchObject({ code: 'BAD_REQUEST' });
  });

  test('a title of another contract is refused, whoever comes first', async () => {
    const [one, other] = [await bench.contract(), await bench.contract()];
    await bench.write((tx, act) => changeContract(tx, act, one, { title: 'taken' }));
    expect(await bench.refused((tx, act) => changeContract(tx, act, other, { title: 'taken' }))).toMatchObject({
      code: 'CONFLICT',
      reason: 'title',
    });
    const both = await Promise.allSettled(
      [one, other].map((id) => bench.write((tx, act) => changeContract(tx, act, id, { title: 'race' }))),
    );
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'CONFLICT', reason: 'title' } });
  });

  test('hiding keeps everything; unknown groups and patterns are refused', async () => {
    const id = await bench.contract();
    await bench.write((tx, act) => changeContract(tx, act, id, { hidden: true }));
    expect(await record(id)).toMatchObject({ hidden: true });
    expect(await bench.refused((tx, act) => changeContract(tx, act, id, { parameterGroupId: 404 }))).toMatchObject({
      reason: 'parameter_group',
    });
    expect(await bench.refused((tx, act) => changeContract(tx, act, id, { patternId: 404 }))).toMatchObject({ reason: 'pattern' });
  });

  test('a contract outside the fence does not exist', async () => {
    const id = await bench.contract({ groups: 2 });
    const refused = { code: 'NOT_FOUND', reason: 'contract' };
    for (const fence of [
      { ...OPEN_FENCE, someOf: 1n },
      { ...OPEN_FENCE, noneOf: 2n },
      { ...OPEN_FENCE, domains: [5] },
    ]) {
      expect(await bench.refused((tx, act) => changeContract(tx, act, id, { title: 'x' }), { fence })).toMatchObject(refused);
      expect(await bench.refused((tx, act) => deleteContract(tx, act, id), { fence })).toMatchObject(refused);
      expect(await bench.refused((tx, act) => markContract(tx, act, id, 0, true), { fence })).toMatchObject(refused);
      expect(await bench.refused((tx, act) => saveNote(tx, act, id, { subject: 's', text: '', visible: true }), { fence })).toMatchObject(
        refused,
      );
    }
    expect(await record(id)).toMatchObject({ groups: '2', version: 1 });
  });
});

describe('groups', () => {
  test('are put on and taken off, each with an event', async () => {
    const id = await bench.contract({ groups: 1 });
    const groupId = await bench.write((tx, act) => saveGroup(tx, act, { id: 62, title: 'Юрлица', enabled: true, notEditable: false }));
    await bench.events();
    await bench.write((tx, act) => markContract(tx, act, id, groupId, true));
    await bench.write((tx, act) => markContract(tx, act, id, groupId, true));
    expect(await record(id)).toMatchObject({ groups: (2n ** 62n + 1n).toString() });
    await bench.write((tx, act) => markContract(tx, act, id, groupId, false));
    expect(await record(id)).toMatchObject({ groups: '1' });
    expect(await bench.events()).toMatchObject([
      { type: 'contract.group-changed', data: { groupId: 62, added: true, groups: '4611686018427387905', former: '1' } },
      { type: 'contract.group-changed', data: { groupId: 62, added: false, groups: '1' } },
    ]);
  });

  test('put on at the same moment are all there', async () => {
    const id = await bench.contract();
    const groups = [20, 21, 22, 23, 24, 25];
    for (const group of groups)
      await bench.write((tx, act) => saveGroup(tx, act, { id: group, title: `g${group}`, enabled: true, notEditable: false }));
    await Promise.all(groups.map((group) => bench.write((tx, act) => markContract(tx, act, id, group, true))));
    expect(BigInt((await record(id)).groups)).toBe(groups.reduce((mask, group) => mask | (1n << BigInt(group)), 0n));
  });

  test('that are switched off or not editable stay as they are', async () => {
    const id = await bench.contract();
    const off = await bench.write((tx, act) => saveGroup(tx, act, { id: 10, title: 'off', enabled: false, notEditable: false }));
    const fixed = await bench.write((tx, act) => saveGroup(tx, act, { id: 11, title: 'fixed', enabled: true, notEditable: true }));
    expect(await bench.refused((tx, act) => markContract(tx, act, id, off, true))).toMatchObject({ code: 'CONFLICT', reason: 'group' });
    expect(await bench.refused((tx, act) => markContract(tx, act, id, fixed, false))).toMatchObject({
      russian: 'Группа «fixed» не редактируется',
    });
    expect(await bench.refused((tx, act) => markContract(tx, act, id, 33, true))).toMatchObject({ code: 'NOT_FOUND', reason: 'group' });
  });

  test('made at the same moment have different numbers, and there are 63 of them', async () => {
    const group = { title: 'many', enabled: true, notEditable: false };
    const made = await Promise.all(Array.from({ length: 54 }, () => bench.write((tx, act) => saveGroup(tx, act, { ...group, id: -1 }))));
    expect(new Set(made).size).toBe(54);
    expect(await bench.refused((tx, act) => saveGroup(tx, act, { ...group, id: -1 }))).toMatchObject({ code: 'CONFLICT' });
    expect(await bench.refused((tx, act) => saveGroup(tx, act, { ...group, id: 63 }))).toMatchObject({ reason: 'id' });
    expect(await bench.refused((tx, act) => saveGroup(tx, act, { ...group, id: 1, title: ' ' }))).toMatchObject({ reason: 'title' });
  });
});

describe('notes', () => {
  test('are written, changed and deleted on their contract only', async () => {
    const [id, other] = [await bench.contract(), await bench.contract()];
    const noteId = await bench.write((tx, act) => saveNote(tx, act, id, { subject: 'Тема', text: 'первая\nвторая', visible: false }));
    await bench.write((tx, act) => saveNote(tx, act, id, { subject: 'For the customer', text: '', visible: true }));
    expect(await notesOf(bench.database.work, id, false)).toMatchObject([
      { id: noteId, subject: 'Тема', text: 'первая\nвторая', visible: false, operatorId: 7 },
      { subject: 'For the customer' },
    ]);
    expect(await notesOf(bench.database.work, id, true)).toHaveLength(1);
    await bench.write((tx, act) => saveNote(tx, act, id, { id: noteId, subject: 'Новая', text: 'т', visible: true }));
    expect(await findNote(bench.database.work, bench.act(), noteId)).toMatchObject({ subject: 'Новая', text: 'т', visible: true });
    const refused = { code: 'NOT_FOUND', reason: 'note' };
    expect(await bench.refused((tx, act) => deleteNote(tx, act, other, noteId))).toMatchObject(refused);
    expect(await bench.refused((tx, act) => saveNote(tx, act, other, { id: noteId, subject: '', text: '', visible: true }))).toMatchObject(
      refused,
    );
    await bench.write((tx, act) => deleteNote(tx, act, id, noteId));
    expect(await notesOf(bench.database.work, id, false)).toHaveLength(1);
    expect((await audits(id)).map(({ action }) => action)).toEqual([
      'billing.note.create',
      'billing.note.create',
      'billing.note.change',
      'billing.note.delete',
    ]);
  });

  test('of a contract outside the fence are not there', async () => {
    const id = await bench.contract();
    const noteId = await bench.write((tx, act) => saveNote(tx, act, id, { subject: 's', text: '', visible: true }));
    const fence = { ...OPEN_FENCE, someOf: 4n };
    await expect(findNote(bench.database.work, bench.act({ fence }), noteId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await bench.refused((tx, act) => saveNote(tx, act, id, { subject: 'a\u0000', text: '', visible: true }))).toMatchObject({
      reason: 'subject',
    });
  });
});

describe('deleting', () => {
  test('moves the contract with all its rows to the archive, and frees its title', async () => {
    const id = await bench.contract({ title: 'to go', password: Buffer.from('sealed') });
    const typeId = await bench.paymentType();
    await bench.rows(
      "INSERT INTO contract_payment (contract_id, type_id, day, sum, login) VALUES ($1, $2, '2026-02-03', 100.50, 'alice')",
      [id, typeId],
    );
    await bench.write((tx, act) => changeContract(tx, act, id, { mode: 1 }));
    await bench.write((tx, act) => saveNote(tx, act, id, { subject: 'kept', text: '', visible: true }));
    await bench.events();
    await bench.write((tx, act) => deleteContract(tx, act, id, 'folder 7'));
    await expect(record(id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const [archived] = await bench.rows<{
      title: string;
      folder: string;
      login: string;
      record: Record<string, { [key: string]: unknown }[]>;
    }>('SELECT title, folder, login, record FROM contract_archive WHERE contract_id = $1', [id]);
    expect(archived).toMatchObject({
      title: 'to go',
      folder: 'folder 7',
      login: 'alice',
      record: {
        contract: { contract_id: id, mode: 1 },
        contract_payment: [{ sum: 100.5, day: '2026-02-03' }],
        contract_note: [{ subject: 'kept' }],
        contract_field_log: [{ value: 'Дебет' }],
        contract_charge: [],
      },
    });
    expect(archived?.record['contract']).not.toHaveProperty('password');
    for (const table of Object.keys(TABLES_OF_CONTRACT))
      expect(await bench.rows(`SELECT contract_id FROM ${table} WHERE contract_id = $1`, [id])).toEqual([]);
    expect(await bench.events()).toMatchObject([{ type: 'contract.deleted', subject: `contract/${id}`, data: { title: 'to go' } }]);
    expect(await bench.contract({ title: 'to go' })).toBeGreaterThan(id);
  });

  test('is refused while money of a closed period would go with it', async () => {
    const id = await bench.contract();
    const typeId = await bench.chargeType();
    await bench.rows("INSERT INTO contract_charge (contract_id, type_id, day, sum, login) VALUES ($1, $2, '2026-02-28', 1, 'alice')", [
      id,
      typeId,
    ]);
    await bench.rows("INSERT INTO closed_date (type_id, day) VALUES (2, '2026-02-28')");
    expect(await bench.refused((tx, act) => deleteContract(tx, act, id))).toMatchObject({ code: 'CONFLICT', reason: 'closed_period' });
    await bench.rows("UPDATE closed_date SET day = '2026-02-27'");
    await bench.write((tx, act) => deleteContract(tx, act, id));
    await expect(record(id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await bench.rows('DELETE FROM closed_date');
  });

  test('of a head while it gets a member leaves no member without its head', async () => {
    for (let round = 0; round < 8; round += 1) {
      const head = await bench.contract();
      const both = await Promise.allSettled([
        bench.write((tx, act) => createContract(tx, act, { patternId: 0, title: `racing member ${round}`, superId: head })),
        bench.write((tx, act) => deleteContract(tx, act, head)),
      ]);
      expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    }
    expect(
      await bench.rows(
        'SELECT FROM contract m WHERE super_id > 0 AND NOT EXISTS (SELECT FROM contract h WHERE h.contract_id = m.super_id)',
      ),
    ).toEqual([]);
  });

  test('of a dependent member takes its money out of the balance of its head', async () => {
    const head = await bench.contract();
    const typeId = await bench.paymentType();
    const { id } = await bench.write((tx, act) => createContract(tx, act, { patternId: 0, title: 'paying member', superId: head }));
    const pay = (contractId: number, sum: bigint) => bench.write((tx, act) => savePayment(tx, act, { contractId, typeId, sum }));
    await pay(head, 10_00n);
    await pay(id, 7_50n);
    const outgoing = async (): Promise<bigint> =>
      (await readBalance(bench.database.work, bench.act(), await record(head), bench.today)).outgoing;
    expect(await outgoing()).toBe(17_50n);
    await bench.write((tx, act) => deleteContract(tx, act, id));
    expect(await outgoing()).toBe(10_00n);
    expect(
      await bench.rows("SELECT record->'contract_payment'->0->'sum' AS sum FROM contract_archive WHERE contract_id = $1", [id]),
    ).toEqual([{ sum: 7.5 }]);
  });

  test('forgets no table that has rows of contracts', async () => {
    const tables = await bench.rows<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
       WHERE column_name = 'contract_id' AND table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1`,
    );
    // The row in contract_change stays: who copies contracts must hear that one is gone.
    const elsewhere = ['contract', 'contract_archive', 'contract_change', 'money_archive'];
    expect(tables.map(({ name }) => name).filter((name) => !elsewhere.includes(name))).toEqual(Object.keys(TABLES_OF_CONTRACT).sort());
  });

  test('takes a head only after its members, and leaves it plain after the last', async () => {
    const head = await bench.contract();
    const member = await bench.write((tx, act) => createContract(tx, act, { patternId: 0, title: 'last member', superId: head }));
    expect(await bench.refused((tx, act) => deleteContract(tx, act, head))).toMatchObject({ code: 'CONFLICT', reason: 'family' });
    await bench.write((tx, act) => deleteContract(tx, act, member.id));
    expect(await record(head)).toMatchObject({ superId: 0, members: [] });
    await bench.write((tx, act) => deleteContract(tx, act, head));
    await expect(record(head)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
