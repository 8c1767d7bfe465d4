import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { run } from '../../core/database/statement.ts';
import { connectReader, type TestReader } from './support/reader.ts';

/** Quick changes past the server (spec billing 8): checked, with history and audit, without an event. */
let db: TestDatabase;
let writer: TestReader;

const ask = async <R extends Record<string, unknown>>(text: string): Promise<R[]> => (await run<R>(db.database.work, text)).rows;
const write = async (text: string, values: readonly unknown[] = []) => writer.client.query(text, [...values]);
/** What the audit got since the last call. */
let seen = 0;
async function audited(): Promise<Record<string, unknown>[]> {
  const rows = await ask<{ id: number }>(`SELECT id, login, face, action, object, before, after FROM audit WHERE id > ${seen} ORDER BY id`);
  seen = rows.at(-1)?.id ?? seen;
  return rows.map(({ id: _, ...row }) => row);
}
const events = async (): Promise<number> => (await ask<{ count: number }>('SELECT count(*)::int AS count FROM event'))[0]?.count ?? -1;

beforeAll(async () => {
  db = await createTestDatabase();
  writer = await connectReader(db, 'writer');
  await ask(
    `INSERT INTO contract (contract_id, title, comment, date_from) VALUES (1, 'Ф-1', 'старый', '2026-01-01'), (2, 'Ф-2', '', '2026-01-01')`,
  );
  await ask(
    `INSERT INTO billing_parameter (parameter_id, kind, title, history) VALUES (1, 1, 'ИНН', true), (2, 5, 'VIP', true), (3, 6, 'Рождён', true),
       (4, 2, 'Адрес', true), (5, 1, 'Без истории', false)`,
  );
});
afterAll(async () => {
  await writer?.stop();
  await db.drop();
});
beforeEach(async () => {
  await audited();
});

describe('the comment of a contract', () => {
  test('is changed with an audit row, a new version and no event', async () => {
    const before = await events();
    const { rowCount } = await write('UPDATE billing_quiet.contract SET comment = $1 WHERE contract_id = 1', ['  новый  ']);
    expect(rowCount).toBe(1);
    expect(await ask('SELECT comment, version FROM contract WHERE contract_id = 1')).toEqual([{ comment: 'новый', version: 2 }]);
    expect(await audited()).toEqual([
      {
        login: `db:${writer.name}`,
        face: 'database',
        action: 'billing.contract.change',
        object: '1',
        before: { comment: 'старый' },
        after: { comment: 'новый' },
      },
    ]);
    expect(await events()).toBe(before);
  });

  test('that is the same leaves no trace', async () => {
    await write(`UPDATE billing_quiet.contract SET comment = 'новый' WHERE contract_id = 1`);
    expect(await ask('SELECT version FROM contract WHERE contract_id = 1')).toEqual([{ version: 2 }]);
    expect(await audited()).toEqual([]);
  });

  test.each([
    ['a control character', "UPDATE billing_quiet.contract SET comment = E'a\\u0007b' WHERE contract_id = 1", /control characters/],
    ['a second line', "UPDATE billing_quiet.contract SET comment = E'a\\nb' WHERE contract_id = 1", /control characters/],
    ['1,001 characters', "UPDATE billing_quiet.contract SET comment = repeat('я', 1001) WHERE contract_id = 1", /1001 characters/],
    ['another column', "UPDATE billing_quiet.contract SET title = 'мой' WHERE contract_id = 1", /permission denied/],
    ['a new contract', "INSERT INTO billing_quiet.contract (contract_id, title) VALUES (9, 'x')", /permission denied|cannot insert/],
    ['deleting', 'DELETE FROM billing_quiet.contract', /permission denied|cannot delete/],
  ])('is refused with %s', async (_, text, message) => {
    expect((await writer.refusal(text)).message).toMatch(message);
    expect(await ask('SELECT comment FROM contract WHERE contract_id = 1')).toEqual([{ comment: 'новый' }]);
    expect(await audited()).toEqual([]);
  });
});

describe('notes', () => {
  test('are added, changed and deleted, each with its audit row', async () => {
    const before = await events();
    const { rows } = await write(
      `INSERT INTO billing_quiet.contract_note (contract_id, subject, text) VALUES (2, 'Звонок', E'строка\\nвторая') RETURNING note_id`,
    );
    const note = rows[0].note_id as number;
    expect(await ask(`SELECT subject, text, visible, operator_id, login FROM contract_note WHERE note_id = ${note}`)).toEqual([
      { subject: 'Звонок', text: 'строка\nвторая', visible: false, operator_id: null, login: `db:${writer.name}` },
    ]);
    await write('UPDATE billing_quiet.contract_note SET visible = true WHERE note_id = $1', [note]);
    expect(await ask(`SELECT subject, visible FROM contract_note WHERE note_id = ${note}`)).toEqual([{ subject: 'Звонок', visible: true }]);
    await write('DELETE FROM billing_quiet.contract_note WHERE note_id = $1', [note]);
    expect(await ask(`SELECT FROM contract_note WHERE note_id = ${note}`)).toEqual([]);
    expect((await audited()).map(({ action, object, before: was, after }) => ({ action, object, was, after }))).toEqual([
      { action: 'billing.note.create', object: '2', was: null, after: { note, subject: 'Звонок', visible: false } },
      {
        action: 'billing.note.change',
        object: '2',
        was: { note, subject: 'Звонок', visible: false },
        after: { note, subject: 'Звонок', visible: true },
      },
      { action: 'billing.note.delete', object: '2', was: { note, subject: 'Звонок', visible: true }, after: null },
    ]);
    expect(await events()).toBe(before);
  });

  test('of no contract are refused, and a note does not move to another', async () => {
    expect(await writer.refusal(`INSERT INTO billing_quiet.contract_note (contract_id, subject) VALUES (99, 'x')`)).toMatchObject({
      code: '23503',
      message: 'there is no contract 99',
    });
    expect(await writer.refusal(`INSERT INTO billing_quiet.contract_note (subject) VALUES ('x')`)).toMatchObject({ code: '23503' });
    expect((await writer.refusal('UPDATE billing_quiet.contract_note SET contract_id = 1')).message).toMatch(/permission denied/);
    expect((await writer.refusal(`UPDATE billing_quiet.contract_note SET login = 'admin'`)).message).toMatch(/permission denied/);
  });
});

describe('parameters', () => {
  const stored = (contract: number) =>
    ask(`SELECT parameter_id, title, number, day::text FROM contract_parameter WHERE contract_id = ${contract} ORDER BY 1`);

  test('raise the version of the contract, so that a change meant for the former one is refused; the same value does not', async () => {
    const version = async () => (await ask<{ version: number }>('SELECT version FROM contract WHERE contract_id = 2'))[0]?.version ?? 0;
    const before = await version();
    const set = (value: string) =>
      write('INSERT INTO billing_quiet.contract_parameter_text (contract_id, parameter_id, value) VALUES (2, 1, $1)', [value]);
    await set('7707');
    expect(await version()).toBe(before + 1);
    await set(' 7707 ');
    expect(await version()).toBe(before + 1);
    await write('DELETE FROM billing_quiet.contract_parameter_text WHERE contract_id = 2');
    expect(await version()).toBe(before + 2);
    await ask('DELETE FROM contract_parameter_history WHERE contract_id = 2');
    await audited();
  });

  test('of text, flag and date are set as the server stores them, with history', async () => {
    const before = await events();
    await write(
      `INSERT INTO billing_quiet.contract_parameter_text (contract_id, parameter_id, value) VALUES (1, 1, ' 7701 '), (1, 5, 'x')`,
    );
    await write(`INSERT INTO billing_quiet.contract_parameter_flag (contract_id, parameter_id, value) VALUES (1, 2, true)`);
    await write(`INSERT INTO billing_quiet.contract_parameter_date (contract_id, parameter_id, value) VALUES (1, 3, '1990-02-28')`);
    expect(await stored(1)).toEqual([
      { parameter_id: 1, title: '7701', number: null, day: null },
      { parameter_id: 2, title: '1', number: 1, day: null },
      { parameter_id: 3, title: '28.02.1990', number: null, day: '1990-02-28' },
      { parameter_id: 5, title: 'x', number: null, day: null },
    ]);
    // Inserting over a value changes it; so does updating it.
    await write(`INSERT INTO billing_quiet.contract_parameter_text (contract_id, parameter_id, value) VALUES (1, 1, '7702')`);
    await write('UPDATE billing_quiet.contract_parameter_flag SET value = NOT value WHERE contract_id = 1');
    await write('DELETE FROM billing_quiet.contract_parameter_date WHERE contract_id = 1');
    expect(await stored(1)).toMatchObject([{ title: '7702' }, { title: '0', number: 0 }, { parameter_id: 5 }]);
    expect(
      await ask('SELECT parameter_id, former, title, login FROM contract_parameter_history WHERE contract_id = 1 ORDER BY history_id'),
    ).toEqual(
      [
        [1, '', '7701'],
        [2, '', '1'],
        [3, '', '28.02.1990'],
        [1, '7701', '7702'],
        [2, '1', '0'],
        [3, '28.02.1990', ''],
      ].map(([parameter_id, former, title]) => ({ parameter_id, former, title, login: `db:${writer.name}` })),
    );
    const seenRows = await audited();
    expect(seenRows).toHaveLength(7);
    expect(seenRows[4]).toMatchObject({
      action: 'billing.parameter.change',
      object: '1',
      before: { parameter: 1, value: '7701' },
      after: { parameter: 1, value: '7702' },
    });
    expect(await events()).toBe(before);
  });

  test('that are the same leave no trace, and an empty one is none', async () => {
    await write(`INSERT INTO billing_quiet.contract_parameter_text (contract_id, parameter_id, value) VALUES (2, 1, 'a')`);
    await audited();
    await write(`INSERT INTO billing_quiet.contract_parameter_text (contract_id, parameter_id, value) VALUES (2, 1, ' a ')`);
    expect(await audited()).toEqual([]);
    await write(`UPDATE billing_quiet.contract_parameter_text SET value = ' ' WHERE contract_id = 2`);
    expect(await stored(2)).toEqual([]);
  });

  test.each([
    [
      'of another kind',
      `INSERT INTO billing_quiet.contract_parameter_text (contract_id, parameter_id, value) VALUES (1, 4, 'ул. Мира')`,
      '22023',
    ],
    ['a flag as text', `INSERT INTO billing_quiet.contract_parameter_text (contract_id, parameter_id, value) VALUES (1, 2, '1')`, '22023'],
    ['unknown', `INSERT INTO billing_quiet.contract_parameter_text (contract_id, parameter_id, value) VALUES (1, 77, 'x')`, '23503'],
    ['of no contract', `INSERT INTO billing_quiet.contract_parameter_text (contract_id, parameter_id, value) VALUES (99, 1, 'x')`, '23503'],
    [
      'a day of the year 3000',
      `INSERT INTO billing_quiet.contract_parameter_date (contract_id, parameter_id, value) VALUES (1, 3, '3000-01-01')`,
      '22008',
    ],
    [
      'an endless day',
      `INSERT INTO billing_quiet.contract_parameter_date (contract_id, parameter_id, value) VALUES (1, 3, 'infinity')`,
      '22008',
    ],
    [
      'too long',
      `INSERT INTO billing_quiet.contract_parameter_text (contract_id, parameter_id, value) VALUES (1, 1, repeat('x', 2001))`,
      '22001',
    ],
    ['moved elsewhere', 'UPDATE billing_quiet.contract_parameter_text SET parameter_id = 5', '42501'],
  ])('are refused when they are %s', async (_, text, code) => {
    const before = await stored(1);
    expect(await writer.refusal(text)).toMatchObject({ code });
    expect(await stored(1)).toEqual(before);
  });
});

test('no other way leads to what the views guard: own tables, own triggers, own names', async () => {
  // A temporary table is found before the hub's own by whoever does not say which is meant.
  await write('CREATE TEMP TABLE contract (contract_id int, comment text, version int, changed_at timestamptz)');
  await write('CREATE TEMP TABLE audit (login text, face text, address text, action text, object text, before jsonb, after jsonb)');
  await write(`UPDATE billing_quiet.contract SET comment = 'сквозь' WHERE contract_id = 2`);
  expect(await ask('SELECT comment FROM contract WHERE contract_id = 2')).toEqual([{ comment: 'сквозь' }]);
  expect(await audited()).toHaveLength(1);
  await write('CREATE TEMP TABLE trap (contract_id int, title text, comment text)');
  const names = await ask<{ name: string }>(
    `SELECT proname AS name FROM pg_proc WHERE starts_with(proname, 'billing_quiet_') AND prosecdef`,
  );
  expect(names).toHaveLength(3);
  for (const { name } of names)
    expect(await writer.refusal(`CREATE TRIGGER trap BEFORE UPDATE ON trap FOR EACH ROW EXECUTE FUNCTION public.${name}()`)).toMatchObject({
      code: '42501',
    });
  expect(await writer.refusal(`SELECT public.billing_quiet_audit('x', 1, NULL, NULL)`)).toMatchObject({ code: '42501' });
});
