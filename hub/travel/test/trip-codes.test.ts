import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openTrips, type TripsBench } from './support/trips.ts';

let bench: TripsBench;
let organization: number;
beforeAll(async () => {
  bench = await openTrips();
});
afterAll(() => bench.stop());
beforeEach(async () => {
  organization = await bench.organization();
  await bench.news();
});

let named = 0;
/** A dictionary that the organization uses. */
async function dictionary(fields: object = {}): Promise<number> {
  named += 1;
  const { id_MetaDictionary: id } = await bench.ok('POST', '/dictionaries', { Name: `Справочник ${named}`, ...fields });
  await bench.ok('POST', '/relations', { kind: 'MetaDictionaryForOrganization', id_Subject: id, id_Organization: organization });
  return id;
}
const code = async (id: number, CodeValue: string, Name: string | null = null): Promise<number> =>
  (await bench.ok('POST', `/dictionaries/${id}/codes`, { CodeValue, Name })).id_MetaCode;
const relate = (kind: string, id_Subject: number, far: object) => bench.ok('POST', '/relations', { kind, id_Subject, ...far });
const trip = () => bench.trip({ id_Organization: organization });
const codes = (list: object[]) => ({ codes: list });
const ORDER = { id_BindingType: 1 };

describe('codes of a trip', () => {
  test('are set by the code or by dictionary and value, the full list each time, and told by nobody', async () => {
    const [team, project] = [await dictionary(), await dictionary({ SelectorMode: 1 })];
    const tk = await code(team, 'ТК-7/2', 'Туризм');
    await code(project, 'П&1');
    await code(project, 'П&2');
    const id = await trip();
    await bench.news();
    const set = await bench.ok(
      'PUT',
      `/trips/${id}/codes`,
      codes([{ id_MetaCode: tk }, { id_MetaDictionary: project, CodeValue: 'П&2' }, { id_MetaDictionary: project, CodeValue: 'П&1' }]),
    );
    expect(set.codes).toMatchObject([
      { id_MetaDictionary: team, id_MetaCode: tk, CodeValue: 'ТК-7/2', Name: 'Туризм' },
      { id_MetaDictionary: project, CodeValue: 'П&2', Name: 'П&2' },
      { id_MetaDictionary: project, CodeValue: 'П&1' },
    ]);
    expect(set.version).toBe(2);
    expect((await bench.ok('PUT', `/trips/${id}/codes`, codes([]))).codes).toEqual([]);
    expect(await bench.lines()).toEqual([]);
  });

  test('are refused by binding, selector mode, value and offer, with the entry that is wrong', async () => {
    const [team, onOrders, free] = [
      await dictionary(),
      await dictionary(ORDER),
      await dictionary({ SelectorMode: 2, ValidationRegex: '[0-9]{3}', ValidationText: 'три цифры', ValidationTextLatin: 'three digits' }),
    ];
    const [a, b, wrong] = [await code(team, 'A'), await code(team, 'B'), await code(onOrders, 'C')];
    const strange = (await bench.ok('POST', '/dictionaries', { Name: `Чужой ${team}` })).id_MetaDictionary;
    const hidden = await code(strange, 'D');
    const id = await trip();
    const refused = (...list: object[]) => bench.refused('PUT', `/trips/${id}/codes`, codes(list));
    expect(await refused({ id_MetaCode: a }, { id_MetaCode: wrong })).toBe('422 wrong_binding');
    expect(await refused({ id_MetaCode: a }, { id_MetaCode: b })).toBe('422 selector');
    expect(await refused({ id_MetaCode: a }, { id_MetaDictionary: team, CodeValue: 'A' })).toBe('422 code_twice');
    expect(await refused({ id_MetaDictionary: team, CodeValue: 'Z' })).toBe('422 code_unknown');
    expect(await refused({ id_MetaCode: 999_999 })).toBe('422 code_unknown');
    expect(await refused({ id_MetaCode: hidden })).toBe('422 code_not_offered');
    expect(await refused({ id_MetaDictionary: 999_999, CodeValue: 'A' })).toBe('422 code_not_offered');
    expect(await refused({ id_MetaDictionary: team })).toBe('422 VALIDATION');
    const body = codes([{ id_MetaDictionary: free, CodeValue: '12' }]);
    const answer = await bench.send('PUT', `/trips/${id}/codes`, { body, headers: { 'accept-language': 'ru' } });
    expect([answer.status, answer.json.reason, answer.json.details[0].path]).toEqual([422, 'code_value', '/codes/0']);
    expect(answer.json.detail).toContain('три цифры');
    const set = await bench.ok('PUT', `/trips/${id}/codes`, codes([{ id_MetaDictionary: free, CodeValue: '123' }]));
    expect(set.codes).toMatchObject([{ id_MetaCode: null, CodeValue: '123', Name: '123' }]);
  });

  test('are offered by organization, kind of service, and the code above', async () => {
    const [team, sub] = [await dictionary(), await dictionary()];
    const [parent, child, rail, other] = [await code(team, 'P'), await code(sub, 'C'), await code(sub, 'R'), await code(sub, 'O')];
    await relate('MetaCodeOnCodeDependency', child, { id_MetaCode: parent });
    await relate('MetaCodeOnReserveTypeDependency', rail, { ReserveType: 'rail' });
    await relate('MetaCodeOnOrganizationDependency', other, { id_Organization: await bench.organization() });
    const id = await trip();
    const put = (...ids: number[]) => bench.send('PUT', `/trips/${id}/codes`, { body: codes(ids.map((id_MetaCode) => ({ id_MetaCode }))) });
    for (const one of [child, rail, other]) expect((await put(one)).json.reason).toBe('code_not_offered');
    expect((await put(child, parent)).status).toBe(200);
    await bench.order({ ReserveType: 'rail' }, id);
    expect((await put(rail)).status).toBe(200);
  });

  test('begin with the structural codes of the travellers', async () => {
    const [team, projects, onOrders] = [await dictionary(), await dictionary({ SelectorMode: 1 }), await dictionary(ORDER)];
    const traveller = async (): Promise<number> =>
      (await bench.ok('POST', '/persons', { id_Organization: organization, LastName: 'И', FirstName: 'И' })).id_Person;
    const [one, two] = [await traveller(), await traveller()];
    const own = [
      [await code(team, 'T1'), one],
      [await code(projects, 'P1'), one],
      [await code(onOrders, 'O1'), one],
      [await code(team, 'T2'), two],
      [await code(projects, 'P2'), two],
    ] as const;
    for (const [id, person] of own) await relate('MetaCodeForPerson', id, { id_Person: person });
    await bench.news();
    const made = await bench.ok('POST', '/trips', { id_Organization: organization, persons: [one, two] });
    expect(made.codes.map(({ CodeValue }: { CodeValue: string }) => CodeValue)).toEqual(['T1', 'P1', 'P2']);
    expect((await bench.news())[0]?.data.codes.map(({ value }: { value: string }) => value)).toEqual(['T1', 'P1', 'P2']);
    const ordered = await bench.ok('POST', '/orders', { id_Organization: organization, ReserveType: 'avia', persons: [two] });
    const { codes: preset } = await bench.ok('GET', `/trips/${ordered.id_ComplexReserve}`);
    expect(preset.map(({ CodeValue }: { CodeValue: string }) => CodeValue)).toEqual(['T2', 'P2']);
  });
});

describe('codes of an order', () => {
  test('stand beside those of its trip in every event, with the present name of their dictionary', async () => {
    const [team, line] = [await dictionary({ NameLatin: 'Team', SequenceNumber: 5 }), await dictionary(ORDER)];
    const [t, l] = [await code(team, 'T', 'Туризм'), await code(line, 'L')];
    const id = await trip();
    const order = await bench.order({}, id);
    expect(await bench.refused('PUT', `/orders/${order}/codes`, codes([{ id_MetaCode: t }]))).toBe('422 wrong_binding');
    await bench.ok('PUT', `/trips/${id}/codes`, codes([{ id_MetaCode: t }]));
    await bench.ok('PUT', `/orders/${order}/codes`, codes([{ id_MetaCode: l }]));
    await bench.ok('PATCH', `/dictionaries/${team}`, { Name: `Команда ${team}` });
    await bench.news();
    await bench.ok('POST', `/orders/${order}/book`);
    expect((await bench.news())[0]?.data.codes).toEqual([
      expect.objectContaining({ on: 'order', value: 'L', id_MetaDictionary: line, dictionaryLatin: null }),
      {
        dictionary: `Команда ${team}`,
        dictionaryLatin: 'Team',
        id_MetaDictionary: team,
        value: 'T',
        name: 'Туризм',
        on: 'trip',
        sequence: 5,
      },
    ]);
  });

  test('one above may be the code of the trip', async () => {
    const [team, line] = [await dictionary(), await dictionary(ORDER)];
    const [parent, child] = [await code(team, 'P'), await code(line, 'C')];
    await relate('MetaCodeOnCodeDependency', child, { id_MetaCode: parent });
    const id = await trip();
    const order = await bench.order({}, id);
    expect(await bench.refused('PUT', `/orders/${order}/codes`, codes([{ id_MetaCode: child }]))).toBe('422 code_not_offered');
    await bench.ok('PUT', `/trips/${id}/codes`, codes([{ id_MetaCode: parent }]));
    expect((await bench.ok('PUT', `/orders/${order}/codes`, codes([{ id_MetaCode: child }]))).codes).toHaveLength(1);
  });
});

describe('mandatory dictionaries before the clean copy (spec 2.5, G)', () => {
  /** The names that are missing; empty when the trip became a clean copy. */
  async function missing(id: number): Promise<string[]> {
    const answer = await bench.send('POST', `/trips/${id}/to-cleancopy`);
    if (answer.status === 200) return [];
    expect([answer.status, answer.json.reason]).toEqual([422, 'codes_missing']);
    return answer.json.details.map(({ path }: { path: string }) => path);
  }
  async function booked(ReserveType: string, id: number): Promise<number> {
    const order = await bench.order({ ReserveType }, id);
    await bench.put(order, { state: 'readyforissuance', phase: 'book' });
    return order;
  }

  test('all that are missing are listed, of the trip and of each live order', async () => {
    const [team, line] = [await dictionary({ mandatory: true }), await dictionary({ ...ORDER, mandatory: true })];
    await dictionary({ mandatory: false });
    await bench.ok('POST', '/dictionaries', { Name: `Не наш ${team}`, mandatory: true });
    const id = await trip();
    const [one, two] = [await booked('avia', id), await booked('rail', id)];
    const gone = await booked('bus', id);
    await bench.ok('POST', `/orders/${gone}/cancel`);
    expect(await missing(id)).toEqual([`/codes/${team}`, `/orders/${one}/codes/${line}`, `/orders/${two}/codes/${line}`]);
    const value = codes([{ id_MetaCode: await code(team, 'T') }]);
    await bench.ok('PUT', `/trips/${id}/codes`, value);
    const orderValue = codes([{ id_MetaCode: await code(line, 'L') }]);
    await bench.ok('PUT', `/orders/${one}/codes`, orderValue);
    expect(await missing(id)).toEqual([`/orders/${two}/codes/${line}`]);
    await bench.ok('PUT', `/orders/${two}/codes`, orderValue);
    expect(await missing(id)).toEqual([]);
  });

  test('narrowed by kinds of services and by chosen codes', async () => {
    const [team, forRail, forCode] = [await dictionary(), await dictionary({ mandatory: true }), await dictionary({ mandatory: true })];
    const chosen = await code(team, 'T');
    await relate('MetaDictionaryOnReserveTypeDependency', forRail, { ReserveType: 'rail' });
    await relate('MetaDictionaryOnCodeDependency', forCode, { id_MetaCode: chosen });
    const flight = await trip();
    await booked('avia', flight);
    expect(await missing(flight)).toEqual([]);
    const train = await trip();
    await booked('rail', train);
    expect(await missing(train)).toEqual([`/codes/${forRail}`]);
    await bench.ok('PUT', `/trips/${train}/codes`, codes([{ id_MetaCode: chosen }]));
    expect(await missing(train)).toEqual([`/codes/${forRail}`, `/codes/${forCode}`]);
  });
});
