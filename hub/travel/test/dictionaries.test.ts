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

let made = 0;
const addDictionary = async (more: object = {}): Promise<number> => {
  made += 1;
  return (await bench.ok('POST', '/dictionaries', { Name: `Словарь ${made}`, ...more })).id_MetaDictionary;
};

describe('a dictionary', () => {
  test('is added with its defaults and told of with its whole XML', async () => {
    const dictionary = await bench.ok('POST', '/dictionaries', { Name: 'Команда', NameLatin: 'Team', Tag: 'A&B' });
    expect(dictionary).toMatchObject({
      Name: 'Команда',
      id_Group: 0,
      id_MetaDictionaryType: 2,
      id_BindingType: 0,
      SelectorMode: 0,
      SequenceNumber: 0,
      ValidationRegex: null,
      id_RealMetaDictionary: null,
      mandatory: false,
      version: 1,
    });
    const { id_MetaDictionary: id } = dictionary;
    const xml =
      `<SimpleMetaDictionary><id_MetaDictionary>${id}</id_MetaDictionary><id_RealMetaDictionary /><id_MetaDictionaryType>2</id_MetaDictionaryType>` +
      '<id_BindingType>0</id_BindingType><Name>Команда</Name><NameLatin>Team</NameLatin><id_Group>0</id_Group><Tag>A&amp;B</Tag>' +
      '<SelectorMode>0</SelectorMode><SequenceNumber>0</SequenceNumber><ValidationRegex /><ValidationText /><ValidationTextLatin /></SimpleMetaDictionary>';
    expect(await bench.events()).toEqual([
      {
        type: 'SimpleMetaDictionary',
        subject: `dictionary/${id}`,
        data: {
          family: 'static',
          organization_id: null,
          change_source: 'api',
          actor_id: 1,
          actor: '*',
          kind: 'SimpleMetaDictionary',
          action: 'create',
          changed: true,
          id_Object: id,
          id_Person: null,
          id_Dictionary: id,
          before: '',
          after: xml,
          unrelated: '',
          related: null,
          sensitive: [],
          object: { id_MetaDictionary: id, Name: 'Команда', NameLatin: 'Team', id_Group: 0, previousName: null },
        },
      },
    ]);
    await bench.ok('PATCH', `/dictionaries/${id}`, { Name: 'Отряд' });
    const [renamed] = await bench.events();
    expect(renamed?.data).toMatchObject({ action: 'update', before: xml, after: xml.replace('Команда', 'Отряд') });
    expect(renamed?.data.object).toMatchObject({ Name: 'Отряд', previousName: 'Команда' });
  });

  test('has a name of its own in its group, in one line (B20)', async () => {
    await addDictionary({ Name: 'Проект}', id_Group: 7 });
    expect(await bench.refused('POST', '/dictionaries', { Name: 'Проект}', id_Group: 7 })).toMatchObject({
      status: 409,
      reason: 'duplicate',
    });
    const other = await addDictionary({ Name: 'Проект}', id_Group: 8 });
    expect(await bench.refused('PATCH', `/dictionaries/${other}`, { id_Group: 7 })).toMatchObject({ status: 409, reason: 'duplicate' });
    for (const Name of ['две\nстроки', 'a\u2028b', 'a\u0007b'])
      expect(await bench.refused('POST', '/dictionaries', { Name })).toMatchObject({ status: 400, reason: 'name', paths: ['/Name'] });
  });

  test('takes regular expressions that run in linear time only (B17)', async () => {
    for (const ValidationRegex of [
      '(a)\\1',
      '(?=a)b',
      '(?<!a)b',
      '(a+)+$',
      '(',
      '[a',
      'a{2000}',
      '(?:a{1000}){1000}',
      'x'.repeat(501),
      '*',
    ])
      expect(await bench.refused('POST', '/dictionaries', { Name: 'x', ValidationRegex })).toMatchObject({
        status: 400,
        reason: 'regex',
        paths: ['/ValidationRegex'],
      });
    const id = await addDictionary({ ValidationRegex: '\\p{Cyrillic}{2}-\\d+(?:/\\d)?' });
    expect(await bench.refused('PATCH', `/dictionaries/${id}`, { ValidationRegex: '(?!x)' })).toMatchObject({
      status: 400,
      reason: 'regex',
    });
    expect((await bench.ok('PATCH', `/dictionaries/${id}`, { ValidationRegex: '' })).ValidationRegex).toBeNull();
  });

  test('has numbers of its codebooks, and mirrors a dictionary that exists and is another one', async () => {
    const wrong = await bench.refused('POST', '/dictionaries', {
      Name: 'x',
      id_MetaDictionaryType: 3,
      id_BindingType: 2,
      SelectorMode: -1,
      SequenceNumber: -1,
      id_Group: 1.5,
    });
    expect([wrong.status, wrong.paths.sort()]).toEqual([
      422,
      ['/SelectorMode', '/SequenceNumber', '/id_BindingType', '/id_Group', '/id_MetaDictionaryType'],
    ]);
    const real = await addDictionary();
    const mirror = await addDictionary({ id_RealMetaDictionary: real });
    expect(await bench.refused('PATCH', `/dictionaries/${mirror}`, { id_RealMetaDictionary: mirror })).toMatchObject({ status: 422 });
    expect(await bench.refused('POST', '/dictionaries', { Name: 'x', id_RealMetaDictionary: 999_999 })).toMatchObject({
      status: 422,
      reason: 'unknown_reference',
    });
    expect(await bench.refused('DELETE', `/dictionaries/${real}`)).toMatchObject({ status: 409, reason: 'in_use' });
  });
});

describe('a code', () => {
  test('lives in a dictionary, and its value is unique there', async () => {
    const dictionary = await addDictionary();
    const answer = await bench.send('POST', `/dictionaries/${dictionary}/codes`, { body: { CodeValue: 'ТК-7/2', Name: 'Туризм' } });
    const { id_MetaCode: id } = answer.json;
    expect([answer.status, answer.headers.get('location')]).toEqual([201, `/api/v1/codes/${id}`]);
    expect((await bench.events()).at(-1)).toMatchObject({
      type: 'SimpleMetaCode',
      subject: `code/${id}`,
      data: {
        id_Dictionary: dictionary,
        before: '',
        after: `<SimpleMetaCode><id_MetaCode>${id}</id_MetaCode><Name>Туризм</Name><NameLatin /><Tag /><CodeValue>ТК-7/2</CodeValue><id_MetaDictionary>${dictionary}</id_MetaDictionary></SimpleMetaCode>`,
      },
    });
    expect(await bench.refused('POST', `/dictionaries/${dictionary}/codes`, { CodeValue: 'ТК-7/2' })).toMatchObject({
      status: 409,
      reason: 'duplicate',
    });
    expect((await bench.ok('POST', `/dictionaries/${await addDictionary()}/codes`, { CodeValue: 'ТК-7/2' })).CodeValue).toBe('ТК-7/2');
    expect((await bench.refused('POST', `/dictionaries/${dictionary}/codes`, { Name: 'x' })).paths).toEqual(['/CodeValue']);
    expect((await bench.refused('POST', '/dictionaries/999999/codes', { CodeValue: 'x' })).status).toBe(404);
    expect((await bench.refused('PATCH', `/codes/${id}`, { id_MetaDictionary: 1 })).paths).toEqual(['/id_MetaDictionary']);
  });

  test('has a value as its dictionary wants it; the refusal is said in the words of the dictionary (B16)', async () => {
    const ValidationText = 'Две буквы и номер';
    const dictionary = await addDictionary({
      ValidationRegex: '[А-Я]{2}-\\d+',
      ValidationText,
      ValidationTextLatin: 'Two letters and a number',
    });
    const path = `/dictionaries/${dictionary}/codes`;
    const refused = await bench.refused('POST', path, { CodeValue: 'ТК-7!' });
    expect(refused).toMatchObject({ status: 422, reason: 'code_value', paths: ['/CodeValue'] });
    expect(refused.detail).toContain('Two letters and a number');
    const russian = await bench.refused('POST', path, { CodeValue: '!ТК-7' }, { headers: { 'accept-language': 'ru' } });
    expect(russian.detail).toContain(ValidationText);
    const { id_MetaCode: id } = await bench.ok('POST', path, { CodeValue: 'ТК-7' });
    expect((await bench.refused('PATCH', `/codes/${id}`, { CodeValue: 'x' })).reason).toBe('code_value');
    expect((await bench.ok('PATCH', `/codes/${id}`, { Name: 'x' })).version).toBe(2);
  });

  test('is deleted with its dictionary: parts first, one event each', async () => {
    const dictionary = await addDictionary();
    const other = await addDictionary();
    const code = async (value: string, of = dictionary) =>
      (await bench.ok('POST', `/dictionaries/${of}/codes`, { CodeValue: value })).id_MetaCode;
    const [one, two, far] = [await code('1'), await code('2'), await code('3', other)];
    const tie = async (body: object) => (await bench.ok('POST', '/relations', body)).id_Relation;
    const between = await tie({ kind: 'MetaCodeOnCodeDependency', id_Subject: two, id_MetaCode: one });
    const abroad = await tie({ kind: 'MetaCodeOnCodeDependency', id_Subject: far, id_MetaCode: two });
    const own = await tie({ kind: 'MetaDictionaryOnReserveTypeDependency', id_Subject: dictionary, ReserveType: 'avia' });
    await bench.events();
    expect((await bench.send('DELETE', `/dictionaries/${dictionary}`)).status).toBe(204);
    const events = await bench.events();
    expect(events.map(({ subject, data }) => [subject, data.action])).toEqual([
      [`relation/${between}`, 'delete'],
      [`code/${one}`, 'delete'],
      [`relation/${abroad}`, 'delete'],
      [`code/${two}`, 'delete'],
      [`relation/${own}`, 'delete'],
      [`dictionary/${dictionary}`, 'delete'],
    ]);
    expect(events.every(({ data }) => data.before !== '' && data.after === '')).toBe(true);
    expect((await bench.refused('GET', `/codes/${two}`)).status).toBe(404);
    expect((await bench.ok('GET', `/codes/${far}`)).CodeValue).toBe('3');
  });

  test('goes with the relations at both its ends', async () => {
    const dictionary = await addDictionary();
    const code = async (value: string) => (await bench.ok('POST', `/dictionaries/${dictionary}/codes`, { CodeValue: value })).id_MetaCode;
    const [one, two] = [await code('1'), await code('2')];
    await bench.ok('POST', '/relations', { kind: 'MetaCodeOnCodeDependency', id_Subject: two, id_MetaCode: one });
    await bench.ok('POST', '/relations', { kind: 'MetaCodeOnReserveTypeDependency', id_Subject: one, ReserveType: 'rail' });
    await bench.events();
    await bench.send('DELETE', `/codes/${one}`);
    expect((await bench.events()).map(({ type }) => type)).toEqual([
      'MetaCodeOnCodeDependency',
      'MetaCodeOnReserveTypeDependency',
      'SimpleMetaCode',
    ]);
    expect((await bench.ok('GET', `/relations?id_MetaCode=${one}`)).items).toEqual([]);
  });
});

test('codes are shared: whoever has a limited right reads those of his organization and changes none', async () => {
  const organization = async () => (await bench.ok('POST', '/organizations', { Name: 'О' })).id_Organization;
  const [mine, other] = [await organization(), await organization()];
  const dictionary = await addDictionary();
  const hidden = await addDictionary();
  await bench.ok('POST', '/relations', { kind: 'MetaDictionaryForOrganization', id_Subject: dictionary, id_Organization: mine });
  const code = async (value: string) => (await bench.ok('POST', `/dictionaries/${dictionary}/codes`, { CodeValue: value })).id_MetaCode;
  const [all, theirs] = [await code('all'), await code('theirs')];
  await bench.ok('POST', '/relations', { kind: 'MetaCodeOnOrganizationDependency', id_Subject: theirs, id_Organization: other });
  const as = `static.read@${mine}+static.write@${mine}`;
  const seen = async (path: string) => (await bench.ok('GET', path, undefined, { as })).items;
  expect((await seen('/dictionaries')).map((item: { id_MetaDictionary: number }) => item.id_MetaDictionary)).toEqual([dictionary]);
  expect((await seen(`/dictionaries/${dictionary}/codes`)).map((item: { id_MetaCode: number }) => item.id_MetaCode)).toEqual([all]);
  expect((await seen('/relations')).map((item: { kind: string }) => item.kind)).toEqual(['MetaDictionaryForOrganization']);
  expect((await bench.refused('GET', `/codes/${theirs}`, undefined, { as })).status).toBe(404);
  expect((await bench.refused('GET', `/dictionaries/${hidden}`, undefined, { as })).status).toBe(404);
  expect((await bench.refused('PATCH', `/dictionaries/${hidden}`, { Tag: 'x' }, { as })).status).toBe(404);
  expect((await bench.refused('PATCH', `/dictionaries/${dictionary}`, { Tag: 'x' }, { as })).status).toBe(403);
  expect((await bench.refused('POST', '/dictionaries', { Name: 'x' }, { as })).status).toBe(403);
  expect((await bench.refused('POST', `/dictionaries/${dictionary}/codes`, { CodeValue: 'x' }, { as })).status).toBe(403);
});
