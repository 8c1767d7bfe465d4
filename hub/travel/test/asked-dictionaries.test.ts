import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codesOfPersons } from '../sql/codes.ts';
import { askedDictionaries } from '../sql/dictionaries.ts';
import { openBench, type StaticBench } from './support/bench.ts';

let bench: StaticBench;
let organization: number;
beforeAll(async () => {
  bench = await openBench();
  organization = (await bench.ok('POST', '/organizations', { Name: 'Ветер' })).id_Organization;
});
afterAll(() => bench.stop());

const dictionary = async (Name: string, more: object = {}): Promise<number> =>
  (await bench.ok('POST', '/dictionaries', { Name, ...more })).id_MetaDictionary;
const code = async (of: number, CodeValue: string): Promise<number> =>
  (await bench.ok('POST', `/dictionaries/${of}/codes`, { CodeValue })).id_MetaCode;
const tie = (kind: string, id_Subject: number, far: object) => bench.ok('POST', '/relations', { kind, id_Subject, ...far });
const use = (id: number) => tie('MetaDictionaryForOrganization', id, { id_Organization: organization });

describe('which dictionaries are asked for', () => {
  const asked = async (binding: 0 | 1, services: string[] = [], chosen: number[] = []) =>
    (await askedDictionaries(bench.database.work, organization, binding, services, chosen)).map(({ Name }) => Name);

  test('those of the organization and of the kind of object, in their order, narrowed by service and chosen code', async () => {
    await dictionary('чужой');
    const second = await dictionary('второй', { SequenceNumber: 2 });
    const first = await dictionary('первый', { SequenceNumber: 1 });
    const flights = await dictionary('только авиа и ж/д', { SequenceNumber: 3 });
    const detail = await dictionary('уточнение', { SequenceNumber: 4 });
    const order = await dictionary('на заказе', { id_BindingType: 1 });
    for (const id of [second, first, flights, detail, order]) await use(id);
    for (const ReserveType of ['avia', 'rail']) await tie('MetaDictionaryOnReserveTypeDependency', flights, { ReserveType });
    const [one, two] = [await code(first, '1'), await code(first, '2')];
    await tie('MetaDictionaryOnCodeDependency', detail, { id_MetaCode: one });

    expect(await asked(0)).toEqual(['первый', 'второй']);
    expect(await asked(0, ['hotel'], [two])).toEqual(['первый', 'второй']);
    expect(await asked(0, ['hotel', 'rail'])).toEqual(['первый', 'второй', 'только авиа и ж/д']);
    expect(await asked(0, [], [two, one])).toEqual(['первый', 'второй', 'уточнение']);
    expect(await asked(1, ['avia'], [one])).toEqual(['на заказе']);
    expect(await askedDictionaries(bench.database.work, organization + 1_000, 0, [], [])).toEqual([]);
  });
});

test('the codes of persons, each once, in the order in which they were given', async () => {
  const own = await dictionary('Отдел');
  const codes = [await code(own, '1'), await code(own, '2'), await code(own, '3')];
  const persons: number[] = [];
  for (const given of [
    [codes[1], codes[0]],
    [codes[0], codes[2]],
  ]) {
    const body = { id_Organization: organization, LastName: 'А', FirstName: 'Б', codes: given.map((id_MetaCode) => ({ id_MetaCode })) };
    persons.push((await bench.ok('POST', '/persons', body)).id_Person);
  }
  const valuesOf = async (ids: number[]) => (await codesOfPersons(bench.database.work, ids)).map(({ CodeValue }) => CodeValue);
  expect(await valuesOf(persons)).toEqual(['2', '1', '3']);
  expect(await valuesOf(persons.slice(1))).toEqual(['1', '3']);
  expect(await valuesOf([])).toEqual([]);
});
