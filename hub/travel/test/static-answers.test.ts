import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { openApiDocument } from '../../core/http/openapi.ts';
import { pageAnswer } from '../../core/http/page.ts';
import { placeRoutes } from '../../core/http/router.ts';
import {
  codeAnswer,
  contactAnswer,
  dictionaryAnswer,
  documentAnswer,
  mileCardAnswer,
  organizationAnswer,
  personAnswer,
  personSummaryAnswer,
  relationAnswer,
} from '../api/answers.ts';
import { staticRoutes } from '../static-api.ts';
import { openBench, type StaticBench } from './support/bench.ts';

let bench: StaticBench;
let organization: number;
beforeAll(async () => {
  bench = await openBench();
  organization = (await bench.ok('POST', '/organizations', { Name: 'Ветер' })).id_Organization;
});
afterAll(() => bench.stop());

/** What is answered is exactly what the OpenAPI page promises. */
const strict = (schema: z.ZodObject) => z.strictObject(schema.shape);
const page = (item: z.ZodObject) => pageAnswer(strict(item));

test('every answer has exactly the fields that the OpenAPI page promises, masked or not', async () => {
  const dictionary = await bench.ok('POST', '/dictionaries', { Name: 'Отдел' });
  const code = await bench.ok('POST', `/dictionaries/${dictionary.id_MetaDictionary}/codes`, { CodeValue: '1' });
  const person = await bench.ok('POST', '/persons', {
    id_Organization: organization,
    LastName: 'Иванов',
    FirstName: 'Иван',
    BirthDate: '1990-05-17',
    Gender: 'M',
    documents: [{ id_DocumentType: 1, id_Country: 643, Number: '45', IssueDate: '2020-01-01' }],
    contacts: [{ id_ContactType: 2, Content: 'a@b.ru' }],
    mile_cards: [{ Number: '77', AirlineCode: 'SU' }],
    codes: [{ id_MetaCode: code.id_MetaCode }],
  });
  const { id_Person: id, documents, contacts, mile_cards: cards, codes } = person;
  const rows: [string, z.ZodType][] = [
    [`/organizations/${organization}`, strict(organizationAnswer)],
    ['/organizations', page(organizationAnswer)],
    [`/dictionaries/${dictionary.id_MetaDictionary}`, strict(dictionaryAnswer)],
    ['/dictionaries', page(dictionaryAnswer)],
    [`/codes/${code.id_MetaCode}`, strict(codeAnswer)],
    [`/dictionaries/${dictionary.id_MetaDictionary}/codes`, page(codeAnswer)],
    [`/relations/${codes[0].id_Relation}`, strict(relationAnswer)],
    ['/relations', page(relationAnswer)],
    [`/persons/${id}`, strict(personAnswer)],
    ['/persons', page(personSummaryAnswer)],
    [`/documents/${documents[0].id_Document}`, strict(documentAnswer)],
    [`/persons/${id}/documents`, page(documentAnswer)],
    [`/contacts/${contacts[0].id_Contact}`, strict(contactAnswer)],
    [`/persons/${id}/contacts`, page(contactAnswer)],
    [`/mile-cards/${cards[0].id_Card}`, strict(mileCardAnswer)],
    [`/persons/${id}/mile-cards`, page(mileCardAnswer)],
  ];
  for (const as of ['*', 'static.read']) {
    for (const [path, schema] of rows) {
      const parsed = schema.safeParse(await bench.ok('GET', path, undefined, { as }));
      expect([path, as, parsed.error?.issues ?? []]).toEqual([path, as, []]);
    }
  }
});

test('the OpenAPI page has every call of the specification', () => {
  const { paths } = openApiDocument(placeRoutes(staticRoutes(bench.ports)), { version: 'test', publicUrl: undefined });
  const one = ['get', 'patch', 'delete'];
  const all = ['get', 'post'];
  expect(
    Object.fromEntries(Object.entries(paths).map(([path, operations]) => [path.replace('/api/v1', ''), Object.keys(operations).sort()])),
  ).toEqual({
    '/organizations': all,
    '/organizations/{id}': [...one].sort(),
    '/dictionaries': all,
    '/dictionaries/{id}': [...one].sort(),
    '/dictionaries/{id}/codes': all,
    '/codes/{id}': [...one].sort(),
    '/relations': all,
    '/relations/{id}': ['delete', 'get'],
    '/persons': all,
    '/persons/{id}': [...one].sort(),
    '/persons/{id}/documents': all,
    '/persons/{id}/contacts': all,
    '/persons/{id}/mile-cards': all,
    '/documents/{id}': [...one].sort(),
    '/contacts/{id}': [...one].sort(),
    '/mile-cards/{id}': [...one].sort(),
    '/imports': ['post'],
  });
  const ids = Object.values(paths).flatMap((operations) => Object.values(operations).map(({ operationId }) => operationId));
  expect(new Set(ids).size).toBe(ids.length);
});

test('whatever text is in a name is refused by name, or stored and told of in one fragment of the right shape', async () => {
  const hostile = fc.string({
    unit: fc.oneof(
      fc.constantFrom('<', '>', '&', '"', "'", ']]>', '@id_Reserve', '$&', '\u0001', '\u2028', '\ufffe', '\0', '😀'),
      fc.string({ unit: 'binary', maxLength: 1 }),
    ),
    maxLength: 30,
  });
  await fc.assert(
    fc.asyncProperty(hostile, hostile, async (LastName, OuterId) => {
      await bench.events();
      const answer = await bench.send('POST', '/persons', {
        body: { id_Organization: organization, LastName, FirstName: 'Иван', OuterId },
      });
      const events = await bench.events();
      if (answer.status !== 201) {
        expect([400, 409, 422]).toContain(answer.status);
        expect(events).toEqual([]);
        return;
      }
      expect(await bench.ok('GET', `/persons/${answer.json.id_Person}`)).toMatchObject({ LastName: LastName.trim() });
      expect(events).toHaveLength(1);
      expect(events[0]?.data.after).toMatch(
        // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be there
        /^<Person><id_Person>\d+<\/id_Person><LastName(?: \/>|>[^<>\u0000-\u0008\ufffe\uffff]+<\/LastName>)<FirstName>Иван<\/FirstName>.*<\/Person>$/s,
      );
      expect(events[0]?.data.after.match(/<LastName/g)).toHaveLength(2);
    }),
    { numRuns: 60 },
  );
});

test('two changes at once follow one another: versions and events are in one order', async () => {
  const { id_Organization: id } = await bench.ok('POST', '/organizations', { Name: 'n', kind: 'client' });
  const dictionary = (await bench.ok('POST', '/dictionaries', { Name: 'Гонка' })).id_MetaDictionary;
  await bench.events();
  await Promise.all(Array.from({ length: 10 }, (_, at) => bench.ok('PATCH', `/dictionaries/${dictionary}`, { Tag: `t${at}` })));
  const events = await bench.events();
  expect(events).toHaveLength(10);
  for (const [at, event] of events.entries()) if (at > 0) expect(event.data.before).toBe(events[at - 1]?.data.after);
  expect((await bench.ok('GET', `/dictionaries/${dictionary}`)).version).toBe(11);
  const versions = await Promise.all(
    Array.from({ length: 5 }, (_, at) => bench.send('PATCH', `/organizations/${id}`, { body: { Name: `x${at}`, version: 1 } })),
  );
  expect(versions.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412, 412]);
});
