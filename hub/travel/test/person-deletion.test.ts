import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBench, type StaticBench } from './support/bench.ts';

let bench: StaticBench;
let organization: number;
let code: number;
beforeAll(async () => {
  bench = await openBench();
  organization = (await bench.ok('POST', '/organizations', { Name: 'Ветер' })).id_Organization;
  const dictionary = (await bench.ok('POST', '/dictionaries', { Name: 'Отдел' })).id_MetaDictionary;
  code = (await bench.ok('POST', `/dictionaries/${dictionary}/codes`, { CodeValue: 'О-1' })).id_MetaCode;
});
afterAll(() => bench.stop());

const add = (more: { headers?: Record<string, string> } = {}) =>
  bench.ok(
    'POST',
    '/persons',
    {
      id_Organization: organization,
      LastName: 'Уникумов',
      FirstName: 'Уникум',
      documents: [{ id_DocumentType: 1, id_Country: 643, Number: '451212' }],
      contacts: [{ id_ContactType: 2, Content: 'unikum@example.org' }],
      mile_cards: [{ Number: '777888', AirlineCode: 'SU' }],
      codes: [{ id_MetaCode: code }],
    },
    more,
  );
const SECRET = /Уникум|451212|unikum@|777888/;
const everything = async (): Promise<string> => {
  const tables = ['event', 'audit', 'travel_idempotency', 'travel_person', 'travel_document', 'travel_contact', 'travel_mile_card'];
  const parts = await Promise.all(tables.map((table) => bench.rows(`SELECT to_jsonb(t)::text AS row FROM ${table} t`)));
  return JSON.stringify(parts);
};

test('a deleted person goes with its parts, parts first, one event each', async () => {
  const { id_Person: id } = await add();
  await bench.events();
  expect((await bench.refused('DELETE', `/persons/${id}?version=2`)).status).toBe(412);
  expect((await bench.send('DELETE', `/persons/${id}?version=1`)).status).toBe(204);
  const events = await bench.events();
  expect(events.map(({ type, data }) => [type, data.action, data.after, data.id_Person])).toEqual(
    ['Document', 'Contact', 'MileCard', 'MetaCodeForPerson', 'Person'].map((kind) => [kind, 'delete', '', id]),
  );
  expect(events.map(({ data }) => data.before).join('')).toMatch(/451212.*unikum@.*777888.*Уникумов/);
  expect((await bench.refused('GET', `/persons/${id}`)).status).toBe(404);
  expect((await bench.ok('GET', `/relations?id_Person=${id}`)).items).toEqual([]);
});

test('an erased person leaves ids and one delete event, and its personal data nowhere', async () => {
  // What the first test told of is another person, who was deleted and not erased.
  await bench.rows('DELETE FROM event');
  const { id_Person: other } = await bench.ok('POST', '/persons', {
    id_Organization: organization,
    LastName: 'Оставшийся',
    FirstName: 'И',
  });
  const headers = { 'idempotency-key': 'erase-1' };
  const { id_Person: id } = await add({ headers });
  expect(await everything()).toMatch(SECRET);
  await bench.events();
  expect((await bench.send('DELETE', `/persons/${id}?erase=true`)).status).toBe(204);
  const [event, ...none] = await bench.events();
  expect(none).toEqual([]);
  expect(event).toMatchObject({ type: 'Person', subject: `person/${id}` });
  expect(event?.data).toMatchObject({ action: 'delete', erased: true, id_Person: id, organization_id: organization, after: '' });
  expect(event?.data.before).toContain(`<Person><id_Person>${id}</id_Person><LastName />`);
  const left = await everything();
  expect(left).not.toMatch(SECRET);
  expect(left).toContain('Оставшийся');
  const kept = await bench.rows<{ type: string; data: { before: string; after: string; id_Person: number } }>(
    "SELECT type, data FROM event WHERE data ->> 'id_Person' = $1 AND data ->> 'action' = 'create' ORDER BY id",
    [String(id)],
  );
  expect(kept.map(({ type }) => type.replace('vestnik.travel.', ''))).toEqual([
    'Person',
    'Document',
    'Contact',
    'MileCard',
    'MetaCodeForPerson',
  ]);
  expect(kept.every(({ data }) => data.before === '' && data.after === '')).toBe(true);
  expect((await bench.ok('GET', `/persons/${other}`)).LastName).toBe('Оставшийся');
  // The repeated call does not make the person again.
  const body = { id_Organization: organization, LastName: 'Уникумов', FirstName: 'Уникум' };
  expect((await bench.refused('POST', '/persons', body, { headers })).status).toBe(422);
});
