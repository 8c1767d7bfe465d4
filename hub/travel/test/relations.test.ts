import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openBench, type StaticBench } from './support/bench.ts';

let bench: StaticBench;
let organization: number;
let dictionary: number;
let person: number;
let codes: number[];
beforeAll(async () => {
  bench = await openBench();
  organization = (await bench.ok('POST', '/organizations', { Name: 'Ветер' })).id_Organization;
  dictionary = (await bench.ok('POST', '/dictionaries', { Name: 'Проект', id_BindingType: 1 })).id_MetaDictionary;
  person = (await bench.ok('POST', '/persons', { id_Organization: organization, LastName: 'Иванов', FirstName: 'Иван' })).id_Person;
  codes = [];
  for (const CodeValue of ['1', '2', '3', '4'])
    codes.push((await bench.ok('POST', `/dictionaries/${dictionary}/codes`, { CodeValue })).id_MetaCode);
});
afterAll(() => bench.stop());
beforeEach(async () => {
  await bench.events();
});

const tie = (body: object) => bench.ok('POST', '/relations', body);

describe('each of the seven kinds', () => {
  const fragment = (id: number) => `<id_Relation>${id}</id_Relation><Type>Relate</Type>`;
  const rows: [string, () => Record<string, unknown>, (id: number) => string, () => object][] = [
    [
      'MetaDictionaryOnReserveTypeDependency',
      () => ({ id_Subject: dictionary, ReserveType: 'avia' }),
      (id) => `<SimpleMetaDictionary>${fragment(id)}<id_MetaDictionary>${dictionary}</id_MetaDictionary>`,
      () => ({ id: 'avia', kind: 'ReserveType', name: 'avia' }),
    ],
    [
      'MetaDictionaryOnCodeDependency',
      () => ({ id_Subject: dictionary, id_MetaCode: codes[0] }),
      (id) => `<SimpleMetaDictionary>${fragment(id)}<id_MetaDictionary>${dictionary}</id_MetaDictionary>`,
      () => ({ id: codes[0], kind: 'SimpleMetaCode', name: '1' }),
    ],
    [
      'MetaCodeOnCodeDependency',
      () => ({ id_Subject: codes[0], id_MetaCode: codes[1] }),
      (id) => `<SimpleMetaCode><id_MetaCode>${codes[0]}</id_MetaCode>${fragment(id)}<Name /><NameLatin /><Tag /><CodeValue>1</CodeValue>`,
      () => ({ id: codes[1], kind: 'SimpleMetaCode', name: '2' }),
    ],
    [
      'MetaCodeOnReserveTypeDependency',
      () => ({ id_Subject: codes[0], ReserveType: 'hotel' }),
      () => `<id_MetaDictionary>${dictionary}</id_MetaDictionary><ReserveType>hotel</ReserveType></SimpleMetaCode>`,
      () => ({ id: 'hotel', kind: 'ReserveType', name: 'hotel' }),
    ],
    [
      'MetaCodeOnOrganizationDependency',
      () => ({ id_Subject: codes[0], id_Organization: organization }),
      () => `<id_Organization>${organization}</id_Organization></SimpleMetaCode>`,
      () => ({ id: organization, kind: 'Organization', name: 'Ветер' }),
    ],
    [
      'MetaDictionaryForOrganization',
      () => ({ id_Subject: dictionary, id_Organization: organization }),
      () => `<ValidationTextLatin /><id_Organization>${organization}</id_Organization></SimpleMetaDictionary>`,
      () => ({ id: organization, kind: 'Organization', name: 'Ветер' }),
    ],
    [
      'MetaCodeForPerson',
      () => ({ id_Subject: codes[0], id_Person: person }),
      () => `<id_Person>${person}</id_Person></SimpleMetaCode>`,
      () => ({ id: person, kind: 'Person', name: 'Иванов Иван' }),
    ],
  ];

  for (const [kind, ends, xml, related] of rows) {
    test(`${kind} is tied once, told of with its XML, and untied`, async () => {
      const made = await tie({ kind, ...ends() });
      const { id_Relation: id } = made;
      expect(made).toMatchObject({ kind, ...ends(), id_Dictionary: dictionary, Related: related() });
      const again = await bench.refused('POST', '/relations', { kind, ...ends() });
      expect([again.status, again.reason, again.detail.endsWith(`relation ${id}`)]).toEqual([409, 'duplicate', true]);
      const [created, ...none] = await bench.events();
      expect(none).toEqual([]);
      expect(created).toMatchObject({ type: kind, subject: `relation/${id}` });
      expect(created?.data).toMatchObject({ kind, action: 'create', before: '', unrelated: '', related: related(), id_Object: id });
      expect(created?.data.after).toContain(xml(id));
      const ofPerson = kind === 'MetaCodeForPerson';
      expect([created?.data.id_Person, created?.data.id_Dictionary]).toEqual(ofPerson ? [person, null] : [null, dictionary]);
      expect(created?.data.organization_id).toBe('id_Organization' in ends() || ofPerson ? organization : null);

      expect((await bench.ok('GET', `/relations?kind=${kind}`)).items).toEqual([made]);
      expect(await bench.ok('GET', `/relations/${id}`)).toEqual(made);
      expect((await bench.send('DELETE', `/relations/${id}`)).status).toBe(204);
      const [removed] = await bench.events();
      expect(removed?.data).toMatchObject({ action: 'delete', before: created?.data.after, after: '' });
      expect(removed?.data.unrelated).toBe(created?.data.after.replace('<Type>Relate</Type>', '<Type>Unrelate</Type>'));
      expect((await bench.refused('DELETE', `/relations/${id}`)).status).toBe(404);
    });
  }
});

test('a relation has the far end of its kind and no other, and ends that exist', async () => {
  const wrong = await bench.refused('POST', '/relations', {
    kind: 'MetaCodeForPerson',
    id_Subject: codes[0],
    id_Organization: organization,
  });
  expect([wrong.status, wrong.paths.sort()]).toEqual([422, ['/id_Organization', '/id_Person']]);
  expect((await bench.refused('POST', '/relations', { kind: 'Nonsense', id_Subject: 1 })).status).toBe(422);
  const kind = 'MetaDictionaryOnReserveTypeDependency';
  expect((await bench.refused('POST', '/relations', { kind, id_Subject: dictionary, ReserveType: 'boat' })).paths).toEqual([
    '/ReserveType',
  ]);
  expect((await bench.refused('POST', '/relations', { kind, id_Subject: 999_999, ReserveType: 'bus' })).status).toBe(404);
  const toNobody = { kind: 'MetaCodeForPerson', id_Subject: codes[0], id_Person: 999_999 };
  expect((await bench.refused('POST', '/relations', toNobody)).status).toBe(404);
  expect((await bench.refused('PATCH', '/relations/1', {})).status).toBe(405);
  expect(await bench.events()).toEqual([]);
});

describe('codes under codes', () => {
  const under = (child: number | undefined, parent: number | undefined) => ({
    kind: 'MetaCodeOnCodeDependency',
    id_Subject: child,
    id_MetaCode: parent,
  });

  test('form no ring, of whatever length', async () => {
    const [a, b, c, d] = codes;
    await tie(under(b, a));
    await tie(under(c, b));
    await tie(under(d, c));
    for (const [child, parent] of [
      [a, a],
      [a, b],
      [a, d],
      [b, d],
    ])
      expect(await bench.refused('POST', '/relations', under(child, parent))).toMatchObject({ status: 422, reason: 'cycle' });
    await tie(under(d, a));
  });

  test('form no ring when both halves are tied at the same moment', async () => {
    const fresh: number[] = [];
    for (const CodeValue of ['x', 'y'])
      fresh.push((await bench.ok('POST', `/dictionaries/${dictionary}/codes`, { CodeValue })).id_MetaCode);
    const [x, y] = fresh;
    const answers = await Promise.all([
      bench.send('POST', '/relations', { body: under(x, y) }),
      bench.send('POST', '/relations', { body: under(y, x) }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 422]);
  });

  test('are offered under the chosen one, for the services and to the organizations that they are tied to', async () => {
    const own = (await bench.ok('POST', '/dictionaries', { Name: 'Предложение' })).id_MetaDictionary;
    const add = async (CodeValue: string) => (await bench.ok('POST', `/dictionaries/${own}/codes`, { CodeValue })).id_MetaCode;
    const [free, child, rail, theirs] = [await add('free'), await add('child'), await add('rail'), await add('theirs')];
    await tie(under(child, free));
    await tie({ kind: 'MetaCodeOnReserveTypeDependency', id_Subject: rail, ReserveType: 'rail' });
    await tie({ kind: 'MetaCodeOnOrganizationDependency', id_Subject: theirs, id_Organization: organization });
    const offered = async (query: string): Promise<string[]> =>
      (await bench.ok('GET', `/dictionaries/${own}/codes?${query}`)).items.map((item: { CodeValue: string }) => item.CodeValue);
    expect(await offered('')).toEqual(['free', 'child', 'rail', 'theirs']);
    expect(await offered(`chosen=${rail}`)).toEqual(['free', 'rail', 'theirs']);
    expect(await offered(`chosen=${rail},${free}`)).toEqual(['free', 'child', 'rail', 'theirs']);
    expect(await offered('ReserveType=avia,bus')).toEqual(['free', 'child', 'theirs']);
    expect(await offered('ReserveType=avia,rail')).toEqual(['free', 'child', 'rail', 'theirs']);
    expect(await offered('organization=999999')).toEqual(['free', 'child', 'rail']);
    expect(await offered(`organization=${organization}`)).toEqual(['free', 'child', 'rail', 'theirs']);
    expect((await bench.refused('GET', `/dictionaries/${own}/codes?ReserveType=boat`)).status).toBe(400);
  });
});

test('a deleted organization takes its relations along', async () => {
  const gone = (await bench.ok('POST', '/organizations', { Name: 'x' })).id_Organization;
  await tie({ kind: 'MetaDictionaryForOrganization', id_Subject: dictionary, id_Organization: gone });
  await bench.events();
  const as = `static.write@${gone}+static.read@${gone}`;
  expect((await bench.refused('DELETE', `/organizations/${gone}`, undefined, { as })).status).toBe(403);
  await bench.send('DELETE', `/organizations/${gone}`);
  expect((await bench.events()).map(({ type }) => type)).toEqual(['MetaDictionaryForOrganization', 'Organization']);
});
