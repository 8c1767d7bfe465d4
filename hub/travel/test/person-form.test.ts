import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Transaction } from '../../core/database/statement.ts';
import { addObject, changeObject } from '../save-object.ts';
import { PERSONS } from '../save-person.ts';
import { addPersonForm, changePersonForm } from '../save-person-form.ts';
import { CONTACTS } from '../save-person-part.ts';
import { callerOf, openBench, type StaticBench } from './support/bench.ts';

let bench: StaticBench;
let organization: number;
let codes: number[];
beforeAll(async () => {
  bench = await openBench();
  organization = (await bench.ok('POST', '/organizations', { Name: 'Ветер' })).id_Organization;
  const dictionary = (await bench.ok('POST', '/dictionaries', { Name: 'Отдел' })).id_MetaDictionary;
  codes = [];
  for (const CodeValue of ['О-1', 'О-2'])
    codes.push((await bench.ok('POST', `/dictionaries/${dictionary}/codes`, { CodeValue })).id_MetaCode);
});
afterAll(() => bench.stop());
beforeEach(async () => {
  await bench.events();
});

const WHOLE = () => ({
  id_Organization: organization,
  LastName: 'Иванов',
  FirstName: 'Иван',
  documents: [{ id_DocumentType: 1, id_Country: 643, Number: '45' }],
  contacts: [
    { id_ContactType: 1, Content: '+79161234567' },
    { id_ContactType: 2, Content: 'a@b.ru' },
  ],
  mile_cards: [{ Number: '77', AirlineCode: 'SU' }],
  codes: [{ id_MetaCode: codes[0] }],
});
const told = async () => (await bench.events()).map(({ type, data }) => [type, data.action]);

describe('the form of a person', () => {
  test('saves everything in one call, one event each, in the order of the specification', async () => {
    const person = await bench.ok('POST', '/persons', WHOLE());
    expect(await told()).toEqual([
      ['Person', 'create'],
      ['Document', 'create'],
      ['Contact', 'create'],
      ['Contact', 'create'],
      ['MileCard', 'create'],
      ['MetaCodeForPerson', 'create'],
    ]);
    const [phone, mail] = person.contacts;
    const changed = await bench.ok('PATCH', `/persons/${person.id_Person}`, {
      codes: [{ id_Relation: person.codes[0].id_Relation, delete: true }, { id_MetaCode: codes[1] }],
      contacts: [
        { id_Contact: phone.id_Contact, Content: '+79160000000', version: 1 },
        { id_Contact: mail.id_Contact, delete: true },
      ],
      documents: [{ id_Document: person.documents[0].id_Document, MiddleName: 'Ильич' }],
      SurName: 'Ильич',
    });
    expect(await told()).toEqual([
      ['Person', 'update'],
      ['Document', 'update'],
      ['Contact', 'update'],
      ['Contact', 'delete'],
      ['MetaCodeForPerson', 'delete'],
      ['MetaCodeForPerson', 'create'],
    ]);
    expect(changed).toMatchObject({ SurName: 'Ильич', contacts: [{ Content: '+79160000000' }], codes: [{ CodeValue: 'О-2' }] });
    expect(changed.mile_cards).toEqual(person.mile_cards);
  });

  test('changing the person, one document and two contacts makes four events', async () => {
    const { id_Person: id, documents, contacts } = await bench.ok('POST', '/persons', WHOLE());
    await bench.events();
    await bench.ok('PATCH', `/persons/${id}`, {
      FirstName: 'Илья',
      contacts: contacts.map(({ id_Contact }: { id_Contact: number }, at: number) => ({
        id_Contact,
        Content: ['+79161111111', 'c@d.ru'][at],
      })),
      documents: [{ id_Document: documents[0].id_Document, Number: '46' }],
    });
    expect((await told()).map(([type]) => type)).toEqual(['Person', 'Document', 'Contact', 'Contact']);
  });

  test('is saved as a whole or not at all; a fault names its place', async () => {
    const before = (await bench.rows<{ n: number }>('SELECT count(*)::int AS n FROM travel_person'))[0]?.n;
    const wrong = await bench.refused('POST', '/persons', {
      ...WHOLE(),
      contacts: [
        { id_ContactType: 2, Content: 'a@b.ru' },
        { id_ContactType: 1, Content: 'nobody' },
      ],
    });
    expect(wrong).toMatchObject({ status: 422, reason: 'contact', paths: ['/contacts/1/Content'] });
    expect((await bench.refused('POST', '/persons', { ...WHOLE(), documents: [{ Number: '1' }] })).status).toBe(422);
    expect(await bench.events()).toEqual([]);
    expect((await bench.rows<{ n: number }>('SELECT count(*)::int AS n FROM travel_person'))[0]?.n).toBe(before);
  });

  test('reaches no part of another person', async () => {
    const one = await bench.ok('POST', '/persons', WHOLE());
    const two = await bench.ok('POST', '/persons', WHOLE());
    await bench.events();
    const path = `/persons/${two.id_Person}`;
    const contact = one.contacts[0].id_Contact;
    expect((await bench.refused('PATCH', path, { contacts: [{ id_Contact: contact, delete: true }] })).status).toBe(404);
    expect((await bench.refused('PATCH', path, { contacts: [{ id_Contact: contact, Content: '+7' }] })).status).toBe(404);
    const relation = one.codes[0].id_Relation;
    expect((await bench.refused('PATCH', path, { codes: [{ id_Relation: relation, delete: true }] })).status).toBe(404);
    expect(await bench.events()).toEqual([]);
  });

  test('is changed under the version of the person and of each part', async () => {
    const { id_Person: id, contacts } = await bench.ok('POST', '/persons', WHOLE());
    const stale = { contacts: [{ id_Contact: contacts[0].id_Contact, Content: '+79', version: 2 }] };
    expect(await bench.refused('PATCH', `/persons/${id}`, stale)).toMatchObject({ status: 412, paths: ['/contacts/0/version'] });
    const headers = { 'if-match': '7' };
    expect((await bench.refused('PATCH', `/persons/${id}`, { contacts: [] }, { headers })).status).toBe(412);
    expect((await bench.refused('PATCH', `/persons/${id}`, { codes: [{ id_MetaCode: codes[1] }] }, { headers })).status).toBe(412);
  });
});

describe('a save that changes nothing', () => {
  const inTransaction = <T>(work: (tx: Transaction) => Promise<T>): Promise<T> => bench.database.transaction(work);

  test('from the console makes an event marked as unchanged, for each saved object; by API and system none', async () => {
    const console = callerOf('console');
    const { codes: _codes, documents: _documents, ...form } = WHOLE();
    const id = await inTransaction((tx) =>
      addPersonForm(tx, console, {
        fields: { id_Organization: organization, LastName: 'Иванов', FirstName: 'Иван' },
        parts: { contacts: form.contacts, codes: [{ id_MetaCode: codes[0] ?? 0 }] },
      }),
    );
    const [created] = await bench.events();
    expect(created?.data).toMatchObject({ change_source: 'console', actor: 'alice', changed: true });
    const [contact] = (await bench.ok('GET', `/persons/${id}/contacts`)).items;
    const same = {
      id,
      fields: { LastName: 'Иванов' },
      parts: { contacts: [{ id_Contact: contact.id_Contact, Content: contact.Content }], codes: [{ id_MetaCode: codes[0] ?? 0 }] },
    };
    for (const face of ['rest', 'cli', 'system'] as const) await inTransaction((tx) => changePersonForm(tx, callerOf(face), same));
    expect(await bench.events()).toEqual([]);
    await inTransaction((tx) => changePersonForm(tx, console, same));
    const saved = await bench.events();
    expect(saved.map(({ type, data }) => [type, data.action, data.changed])).toEqual([
      ['Person', 'save', false],
      ['Contact', 'save', false],
      ['MetaCodeForPerson', 'save', false],
    ]);
    for (const { data } of saved) expect([data.before !== '', data.before === data.after]).toEqual([true, true]);
    expect((await bench.ok('GET', `/persons/${id}`)).version).toBe(1);
  });

  test('writes nothing to the audit', async () => {
    const person = await inTransaction((tx) =>
      addObject(tx, callerOf(), PERSONS, { id_Organization: organization, LastName: 'А', FirstName: 'Б' }),
    );
    await inTransaction((tx) => changeObject(tx, callerOf('console'), PERSONS, { id: person.id_Person, change: { LastName: 'А' } }));
    const rows = await bench.rows('SELECT 1 FROM audit WHERE object = $1 AND action LIKE $2', [
      String(person.id_Person),
      'travel.person.%',
    ]);
    expect(rows).toHaveLength(1);
  });

  test('tells the source by the face, whatever the fields say', async () => {
    for (const [face, source] of [
      ['console', 'console'],
      ['rest', 'api'],
      ['cli', 'api'],
      ['system', 'system'],
    ] as const) {
      const { id_Person: id } = await inTransaction((tx) =>
        addObject(tx, callerOf(face), PERSONS, { id_Organization: organization, LastName: 'А', FirstName: 'Б' }),
      );
      await inTransaction((tx) => addObject(tx, callerOf(face), CONTACTS, { id_Person: id, id_ContactType: 2, Content: 'a@b.ru' }));
      expect((await bench.events()).map(({ data }) => data.change_source)).toEqual([source, source]);
    }
  });
});
