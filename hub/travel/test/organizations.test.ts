import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openBench, type StaticBench } from './support/bench.ts';

let bench: StaticBench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.stop());
beforeEach(async () => {
  await bench.events();
});

const add = (body: object) => bench.ok('POST', '/organizations', { Name: 'Ветер', ...body });

describe('an organization', () => {
  test('is added with its defaults, read, changed and deleted, each with one projection event', async () => {
    const answer = await bench.send('POST', '/organizations', { body: { Name: ' ООО «Ветер» ', NameLatin: '', OuterId: 'A-1' } });
    expect(answer.status).toBe(201);
    const { id_Organization: id } = answer.json;
    expect(answer.headers.get('location')).toBe(`/api/v1/organizations/${id}`);
    expect(answer.json).toMatchObject({
      Name: 'ООО «Ветер»',
      NameLatin: null,
      OuterId: 'A-1',
      kind: 'client',
      id_Parent: null,
      authorization: 'none',
      on_time_limit: 'cancel',
      active: true,
      version: 1,
    });
    expect(answer.json).not.toHaveProperty('organizationId');
    const changed = await bench.ok('PATCH', `/organizations/${id}`, { active: false, on_time_limit: 'queue' });
    expect(changed).toMatchObject({ active: false, on_time_limit: 'queue', version: 2 });
    expect(await bench.ok('GET', `/organizations/${id}`)).toEqual(changed);
    expect((await bench.send('DELETE', `/organizations/${id}`)).status).toBe(204);
    expect((await bench.refused('GET', `/organizations/${id}`)).status).toBe(404);
    const events = await bench.events();
    expect(events.map(({ type, subject, data }) => [type, subject, data.action, data.active])).toEqual([
      ['Organization', `organization/${id}`, 'create', true],
      ['Organization', `organization/${id}`, 'update', false],
      ['Organization', `organization/${id}`, 'delete', false],
    ]);
    expect(events[0]?.data).toEqual({
      family: 'organization',
      organization_id: id,
      change_source: 'api',
      actor_id: 1,
      actor: '*',
      action: 'create',
      id_Organization: id,
      id_Parent: null,
      Name: 'ООО «Ветер»',
      kind: 'client',
      active: true,
    });
  });

  test('is changed under its version only (B15)', async () => {
    const { id_Organization: id } = await add({});
    const headers = { 'if-match': '"1"' };
    await bench.ok('PATCH', `/organizations/${id}`, { Name: 'Буря' }, { headers });
    const stale = await bench.refused('PATCH', `/organizations/${id}`, { Name: 'Штиль' }, { headers });
    expect(stale).toMatchObject({ status: 412, code: 'STALE_VERSION', reason: 'version' });
    expect(stale.detail).toContain('is at version 2');
    expect((await bench.refused('PATCH', `/organizations/${id}`, {}, { headers: { 'if-match': 'x' } })).status).toBe(400);
    expect((await bench.refused('DELETE', `/organizations/${id}`, undefined, { headers })).status).toBe(412);
    expect((await bench.ok('GET', `/organizations/${id}`)).Name).toBe('Буря');
  });

  test('that is saved unchanged keeps its version and makes no event', async () => {
    const { id_Organization: id } = await add({});
    await bench.events();
    expect((await bench.ok('PATCH', `/organizations/${id}`, { Name: 'Ветер', OuterId: null })).version).toBe(1);
    expect(await bench.events()).toEqual([]);
  });

  test('has an OuterId of its own, a parent that exists, and is never in a ring', async () => {
    const one = (await add({ OuterId: 'same' })).id_Organization;
    expect(await bench.refused('POST', '/organizations', { Name: 'x', OuterId: 'same' })).toMatchObject({
      status: 409,
      reason: 'duplicate',
    });
    expect((await bench.refused('POST', '/organizations', { Name: 'x', id_Parent: 987_654 })).status).toBe(404);
    const two = (await add({ id_Parent: one })).id_Organization;
    const three = (await add({ id_Parent: two })).id_Organization;
    expect(await bench.refused('PATCH', `/organizations/${one}`, { id_Parent: three })).toMatchObject({ status: 422, reason: 'cycle' });
    expect(await bench.refused('PATCH', `/organizations/${one}`, { id_Parent: one })).toMatchObject({ status: 422, reason: 'cycle' });
    expect(await bench.refused('DELETE', `/organizations/${two}`)).toMatchObject({ status: 409, reason: 'in_use' });
  });

  test('of another caller is not there; a right for one organization is for that one', async () => {
    const mine = (await add({})).id_Organization;
    const other = (await add({})).id_Organization;
    const as = `static.read@${mine}+static.write@${mine}`;
    expect((await bench.ok('GET', '/organizations', undefined, { as })).items).toHaveLength(1);
    await bench.ok('PATCH', `/organizations/${mine}`, { NameLatin: 'Wind' }, { as });
    expect((await bench.refused('GET', `/organizations/${other}`, undefined, { as })).status).toBe(404);
    expect((await bench.refused('PATCH', `/organizations/${other}`, { Name: 'x' }, { as })).status).toBe(404);
    expect((await bench.refused('POST', '/organizations', { Name: 'x' }, { as })).status).toBe(403);
    expect((await bench.refused('PATCH', `/organizations/${mine}`, { Name: 'x' }, { as: 'static.read' })).status).toBe(403);
    expect((await bench.refused('GET', '/organizations', undefined, { as: 'travel.read' })).status).toBe(403);
  });

  test('is refused field by field', async () => {
    const wrong = await bench.refused('POST', '/organizations', { Name: '  ', kind: 'shop', surprise: 1 });
    expect(wrong).toMatchObject({ status: 422, code: 'VALIDATION' });
    expect(wrong.paths.sort()).toEqual(['/Name', '/kind', '/surprise']);
  });
});

test('a list is read page by page, by an opaque cursor; a damaged one is refused (B21)', async () => {
  for (let at = 0; at < 5; at += 1) await add({ kind: 'agency', Name: `page ${at}` });
  const names: string[] = [];
  let after = '';
  do {
    const page = await bench.ok('GET', `/organizations?kind=agency&limit=2${after && `&after=${after}`}`);
    names.push(...page.items.map((item: { Name: string }) => item.Name));
    after = page.next;
  } while (after);
  expect(names).toEqual(['page 0', 'page 1', 'page 2', 'page 3', 'page 4']);
  for (const cursor of ['x', 'djEuNQ=', '12', 'djEuLTU'])
    expect(await bench.refused('GET', `/organizations?after=${cursor}`)).toMatchObject({ status: 400, reason: 'cursor' });
  expect((await bench.refused('GET', '/organizations?limit=1001')).status).toBe(400);
});
