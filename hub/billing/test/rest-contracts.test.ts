import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BillingRest, openBillingRest } from './support/billing-rest.ts';

let bench: BillingRest;
beforeAll(async () => {
  bench = await openBillingRest();
});
afterAll(() => bench.stop());

const etag = (version: number) => ({ headers: { 'if-match': `"${version}"` } });

describe('the record', () => {
  test('a contract is made by its title, shown, changed and deleted', async () => {
    await bench.events();
    const made = await bench.call('POST', '/contracts', {
      title: 'Д-100/1',
      comment: 'Иванов',
      date_from: '2024-02-01',
      password: 'тайна',
    });
    expect(made.status).toBe(201);
    const { id } = made.json;
    expect(made.headers.get('location')).toBe(`/api/v1/billing/contracts/${id}`);
    expect(made.json).toMatchObject({
      title: 'Д-100/1',
      comment: 'Иванов',
      date_from: '2024-02-01',
      date_to: null,
      mode: 'credit',
      has_password: true,
    });
    expect(made.bytes.toString()).not.toContain('тайна');
    const changed = await bench.call(
      'PATCH',
      `/contracts/${id}`,
      { mode: 'debit', person_type: 'company', date_to: '2030-01-31', hidden: true },
      etag(made.json.version),
    );
    expect(changed.json).toMatchObject({ mode: 'debit', person_type: 'company', date_to: '2030-01-31', hidden: true, comment: 'Иванов' });
    expect(changed.headers.get('etag')).toBe(`"${changed.json.version}"`);
    expect(await bench.ok('GET', `/contracts/${id}`)).toEqual(changed.json);
    expect((await bench.ok('GET', `/contracts/${id}/log?field=mode`)).items).toMatchObject([{ login: '*', value: 'Дебет' }]);
    expect((await bench.call('DELETE', `/contracts/${id}`, undefined, etag(changed.json.version))).status).toBe(204);
    expect(await bench.refusal('GET', `/contracts/${id}`)).toEqual({ status: 404, code: 'NOT_FOUND', reason: 'contract' });
    expect((await bench.events()).map(({ type }) => type)).toEqual(['contract.created', 'contract.closed', 'contract.deleted']);
  });

  test('a pattern gives the number; the same key makes no second contract', async () => {
    await bench.rows(
      `INSERT INTO contract_pattern (pattern_id, title, number_mask, mode, balance_limit, groups) VALUES (5, 'Частные', 'П-NNNN', 1, -50, 6)`,
    );
    const headers = { 'idempotency-key': 'make-1' };
    const first = await bench.call('POST', '/contracts', { pattern_id: 5 }, { headers });
    expect(first.json).toMatchObject({ title: 'П-0001', mode: 'debit', limit: '-50.00', groups: [1, 2], pattern_id: 5 });
    const again = await bench.call('POST', '/contracts', { pattern_id: 5 }, { headers });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.json).toEqual(first.json);
    expect(await bench.ok('POST', '/contracts', { pattern_id: 5 })).toMatchObject({ title: 'П-0002' });
  });

  test('another version is refused and changes nothing', async () => {
    const id = await bench.contract();
    const { version } = await bench.ok('GET', `/contracts/${id}`);
    await bench.ok('PATCH', `/contracts/${id}`, { comment: 'первый', version });
    for (const [method, path, body] of [
      ['PATCH', '', { comment: 'второй' }],
      ['PUT', '/password', { password: 'abc' }],
      ['PUT', '/limit', { limit: '-5' }],
      ['POST', '/statuses', { status: 4 }],
      ['DELETE', '', undefined],
    ] as const)
      expect(await bench.refusal(method, `/contracts/${id}${path}`, body, etag(version)), path).toEqual({
        status: 412,
        code: 'STALE_VERSION',
        reason: 'version',
      });
    expect(await bench.ok('GET', `/contracts/${id}`)).toMatchObject({ comment: 'первый', has_password: false, limit: '0.00', status: 0 });
  });

  test('what cannot be meant is refused by its name', async () => {
    const id = await bench.contract({ title: 'taken' });
    expect(await bench.refusal('POST', '/contracts', { title: 'taken' })).toEqual({ status: 409, code: 'CONFLICT', reason: 'title' });
    expect(await bench.refusal('POST', '/contracts', {})).toMatchObject({ status: 400, reason: 'title' });
    expect(await bench.refusal('POST', '/contracts', { title: 'x', pattern_id: 999 })).toMatchObject({ status: 404, reason: 'pattern' });
    expect(await bench.refusal('POST', '/contracts', { title: 'x', titel: 'y' })).toMatchObject({ status: 422, code: 'VALIDATION' });
    expect(await bench.refusal('PATCH', `/contracts/${id}`, { date_to: '1999-02-30' })).toMatchObject({ status: 422 });
    expect(await bench.refusal('PATCH', `/contracts/${id}`, { date_to: '1850-01-01' })).toMatchObject({ status: 422 });
    expect(await bench.refusal('PATCH', `/contracts/${id}`, { date_to: '2019-01-01' })).toMatchObject({ status: 400, reason: 'dateTo' });
    expect(await bench.refusal('GET', '/contracts/2147483648')).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
  });

  test('a password is read by its right alone, and that stands in the audit', async () => {
    const id = await bench.contract();
    const { version } = await bench.ok('PUT', `/contracts/${id}/password`, { password: 'открой' });
    expect(await bench.refusal('GET', `/contracts/${id}/password`, undefined, { as: 'billing.read+billing.write' })).toMatchObject({
      status: 403,
    });
    expect(await bench.ok('GET', `/contracts/${id}/password`, undefined, { as: 'billing.contract.password.read' })).toEqual({
      password: 'открой',
    });
    const audit = await bench.rows(`SELECT login FROM audit WHERE action = 'billing.contract.password.read' AND object = $1`, [String(id)]);
    expect(audit).toEqual([{ login: 'billing.contract.password.read' }]);
    await bench.ok('PUT', `/contracts/${id}/password`, undefined, etag(version));
    expect((await bench.ok('GET', `/contracts/${id}/password`)).password).toMatch(/^[a-z2-9]{8}$/);
  });
});

describe('rights', () => {
  test('reading does not write', async () => {
    const id = await bench.contract();
    expect(await bench.ok('GET', `/contracts/${id}`, undefined, { as: 'billing.read' })).toMatchObject({ id });
    for (const [method, path, body] of [
      ['POST', '/contracts', { title: 'no' }],
      ['PATCH', `/contracts/${id}`, { comment: 'no' }],
      ['DELETE', `/contracts/${id}`, undefined],
      ['PUT', `/contracts/${id}/groups/1`, {}],
      ['POST', `/contracts/${id}/notes`, { subject: 'no' }],
    ] as const)
      expect(await bench.refusal(method, path, body, { as: 'billing.read' }), `${method} ${path}`).toMatchObject({
        status: 403,
        code: 'FORBIDDEN',
      });
    expect(await bench.refusal('GET', `/contracts/${id}`, undefined, { as: 'travel.read' })).toMatchObject({ status: 403 });
  });
});

describe('marks and notes', () => {
  test('groups and labels are put on and taken off; each counts the version on', async () => {
    const id = await bench.contract();
    await bench.rows(`INSERT INTO billing_group (group_id, title) VALUES (3, 'VIP'), (62, 'Последняя')`);
    await bench.rows(`INSERT INTO billing_group (group_id, title, not_editable) VALUES (4, 'Служебная', true)`);
    await bench.rows(`INSERT INTO billing_label (label_id, title) VALUES (9, 'Должник')`);
    const { version } = await bench.ok('GET', `/contracts/${id}/marks`);
    await bench.ok('PUT', `/contracts/${id}/groups/62`, { version });
    expect(await bench.refusal('PUT', `/contracts/${id}/groups/3`, { version })).toMatchObject({ status: 412 });
    await bench.ok('PUT', `/contracts/${id}/groups/3`);
    const marked = await bench.ok('PUT', `/contracts/${id}/labels/9`);
    expect(marked).toMatchObject({
      groups: [
        { id: 3, title: 'VIP' },
        { id: 62, title: 'Последняя' },
      ],
      labels: [{ id: 9, title: 'Должник' }],
    });
    expect(marked.version).toBe(version + 3);
    expect((await bench.ok('PUT', `/contracts/${id}/labels/9`)).version).toBe(version + 3);
    await bench.ok('DELETE', `/contracts/${id}/labels/9`);
    expect(await bench.ok('DELETE', `/contracts/${id}/groups/62`)).toMatchObject({ groups: [{ id: 3 }], labels: [] });
    expect(await bench.refusal('PUT', `/contracts/${id}/groups/4`)).toMatchObject({ status: 409, reason: 'group' });
    expect(await bench.refusal('PUT', `/contracts/${id}/labels/77`)).toMatchObject({ status: 404, reason: 'label' });
    expect(await bench.refusal('PUT', `/contracts/${id}/groups/63`)).toMatchObject({ status: 400 });
  });

  test('notes come newest first, page by page', async () => {
    const id = await bench.contract();
    for (const subject of ['раз', 'два', 'три']) await bench.ok('POST', `/contracts/${id}/notes`, { subject, text: `строка\n${subject}` });
    const first = await bench.ok('GET', `/contracts/${id}/notes?limit=2`);
    expect(first.items.map((note: { subject: string }) => note.subject)).toEqual(['три', 'два']);
    const second = await bench.ok('GET', `/contracts/${id}/notes?limit=2&after=${first.next}`);
    expect(second).toMatchObject({ items: [{ subject: 'раз', text: 'строка\nраз', visible: false, login: '*' }], next: null });
    const note = second.items[0].id;
    expect(await bench.ok('PATCH', `/contracts/${id}/notes/${note}`, { visible: true })).toMatchObject({
      subject: 'раз',
      text: 'строка\nраз',
      visible: true,
    });
    const other = await bench.contract();
    expect(await bench.refusal('PATCH', `/contracts/${other}/notes/${note}`, { visible: true })).toMatchObject({
      status: 404,
      reason: 'note',
    });
    expect((await bench.call('DELETE', `/contracts/${id}/notes/${note}`)).status).toBe(204);
    expect((await bench.ok('GET', `/contracts/${id}/notes`)).items).toHaveLength(2);
  });
});
