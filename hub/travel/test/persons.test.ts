import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openBench, type StaticBench } from './support/bench.ts';

let bench: StaticBench;
let organization: number;
beforeAll(async () => {
  bench = await openBench();
  organization = (await bench.ok('POST', '/organizations', { Name: 'Ветер' })).id_Organization;
});
afterAll(() => bench.stop());
beforeEach(async () => {
  await bench.events();
});

const IVANOV = { LastName: 'Иванов', FirstName: 'Иван' };
const add = async (more: object = {}) => bench.ok('POST', '/persons', { id_Organization: organization, ...IVANOV, ...more });

describe('a person', () => {
  test('is added, changed and read; its event has the whole XML', async () => {
    const person = await add({
      SurName: 'Ильич',
      BirthDate: '1990-05-17',
      Gender: 'M',
      id_Country: 643,
      OuterId: 'T-1',
      LastNameLatin: 'Ivanov',
    });
    const { id_Person: id } = person;
    expect(person).toMatchObject({ version: 1, documents: [], contacts: [], mile_cards: [], codes: [], BirthDate: '1990-05-17' });
    const xml =
      `<Person><id_Person>${id}</id_Person><LastName>Иванов</LastName><FirstName>Иван</FirstName><SurName>Ильич</SurName><LastNameLatin>Ivanov</LastNameLatin>` +
      '<FirstNameLatin /><SurNameLatin /><BirthDate>1990-05-17</BirthDate><Gender>M</Gender><id_Country>643</id_Country>' +
      `<id_Organization>${organization}</id_Organization><OuterId>T-1</OuterId></Person>`;
    const changed = await bench.ok('PATCH', `/persons/${id}`, { FirstName: 'Илья', Gender: '' }, { headers: { 'if-match': '1' } });
    expect(changed).toMatchObject({ FirstName: 'Илья', Gender: null, version: 2 });
    expect(await bench.ok('GET', `/persons/${id}`)).toEqual(changed);
    const events = await bench.events();
    expect(events.map(({ type, subject, data }) => [type, subject, data.action])).toEqual([
      ['Person', `person/${id}`, 'create'],
      ['Person', `person/${id}`, 'update'],
    ]);
    expect(events[0]?.data).toMatchObject({
      organization_id: organization,
      id_Person: id,
      id_Dictionary: null,
      before: '',
      after: xml,
      sensitive: ['LastName', 'FirstName', 'SurName', 'LastNameLatin', 'FirstNameLatin', 'SurNameLatin', 'BirthDate'],
    });
    expect(events[1]?.data).toMatchObject({
      before: xml,
      after: xml.replace('>Иван<', '>Илья<').replace('<Gender>M</Gender>', '<Gender />'),
    });
    expect((await bench.refused('PATCH', `/persons/${id}`, { FirstName: 'x' }, { headers: { 'if-match': '1' } })).reason).toBe('version');
  });

  test('has names, a birth date that has been, and an OuterId of its own in its organization', async () => {
    expect((await bench.refused('POST', '/persons', { id_Organization: organization })).paths.sort()).toEqual(['/FirstName', '/LastName']);
    const tomorrow = Temporal.Now.plainDateISO().add({ days: 2 }).toString();
    expect(await bench.refused('POST', '/persons', { id_Organization: organization, ...IVANOV, BirthDate: tomorrow })).toMatchObject({
      status: 422,
      reason: 'dates',
      paths: ['/BirthDate'],
    });
    await add({ BirthDate: Temporal.Now.plainDateISO().toString() });
    for (const BirthDate of ['1990-02-30', '17.05.1990', '0000-01-01', '1990-5-7'])
      expect((await bench.refused('POST', '/persons', { id_Organization: organization, ...IVANOV, BirthDate })).paths).toEqual([
        '/BirthDate',
      ]);
    expect((await bench.refused('POST', '/persons', { id_Organization: organization, ...IVANOV, Gender: 'X' })).paths).toEqual(['/Gender']);
    await add({ OuterId: 'one' });
    expect(await bench.refused('POST', '/persons', { id_Organization: organization, ...IVANOV, OuterId: 'one' })).toMatchObject({
      status: 409,
      reason: 'duplicate',
    });
    const elsewhere = (await bench.ok('POST', '/organizations', { Name: 'Другая' })).id_Organization;
    expect((await add({ id_Organization: elsewhere, OuterId: 'one' })).OuterId).toBe('one');
    expect((await bench.refused('POST', '/persons', { id_Organization: 999_999, ...IVANOV })).status).toBe(404);
    expect(await bench.refused('DELETE', `/organizations/${elsewhere}`)).toMatchObject({ status: 409, reason: 'in_use' });
  });

  test('is found by organization, OuterId and a piece of the name', async () => {
    const own = (await bench.ok('POST', '/organizations', { Name: 'Поиск' })).id_Organization;
    const { id_Person: id } = await add({ id_Organization: own, LastName: 'Пет%ров', OuterId: 'find me' });
    await add({ id_Organization: own, LastName: 'Сидоров' });
    const found = async (query: string) =>
      (await bench.ok('GET', `/persons?organization=${own}&${query}`)).items.map((item: { id_Person: number }) => item.id_Person);
    expect(await found('q=%D0%BF%D0%B5%D1%82%25')).toEqual([id]);
    expect(await found('q=%25%25')).toEqual([]);
    expect(await found('OuterId=find+me')).toEqual([id]);
    expect(await found('')).toHaveLength(2);
  });
});

describe('parts of a person', () => {
  test('a document has type, country and number, and expires after its issue', async () => {
    const { id_Person: person } = await add();
    const path = `/persons/${person}/documents`;
    expect((await bench.refused('POST', path, {})).paths.sort()).toEqual(['/Number', '/id_Country', '/id_DocumentType']);
    const passport = { id_DocumentType: 1, id_Country: 643, Number: '45 12 123456' };
    expect((await bench.refused('POST', path, { ...passport, id_DocumentType: 5 })).paths).toEqual(['/id_DocumentType']);
    for (const ExpiryDate of ['2020-01-01', '2019-12-31'])
      expect(await bench.refused('POST', path, { ...passport, IssueDate: '2020-01-01', ExpiryDate })).toMatchObject({
        status: 422,
        reason: 'dates',
      });
    await bench.events();
    const document = await bench.ok('POST', path, { ...passport, MiddleName: 'Ильич', IssueDate: '2020-01-01', ExpiryDate: '2020-01-02' });
    const [event] = await bench.events();
    expect(event?.data.after).toBe(
      `<Document><id_Document>${document.id_Document}</id_Document><id_Person>${person}</id_Person><id_DocumentType>1</id_DocumentType>` +
        '<id_Country>643</id_Country><Number>45 12 123456</Number><LastName /><FirstName /><MiddleName>Ильич</MiddleName>' +
        '<IssueDate>2020-01-01</IssueDate><ExpiryDate>2020-01-02</ExpiryDate></Document>',
    );
    expect(event?.data).toMatchObject({ id_Person: person, organization_id: organization, id_Object: document.id_Document });
    expect((await bench.refused('PATCH', `/documents/${document.id_Document}`, { ExpiryDate: '2019-01-01' })).reason).toBe('dates');
    expect((await bench.ok('PATCH', `/documents/${document.id_Document}`, { IssueDate: '' })).IssueDate).toBeNull();
    expect((await bench.ok('GET', path)).items).toHaveLength(1);
  });

  test('a contact is a phone number or an e-mail address, as its type says', async () => {
    const { id_Person: person } = await add();
    const path = `/persons/${person}/contacts`;
    for (const [type, Content] of [
      [1, '89161234567'],
      [1, '+0123'],
      [1, '+7 916 123'],
      [1, 'ivan@example.org'],
      [1, '+1234567890123456'],
      [2, '+79161234567'],
      [2, 'ivan@'],
      [2, 'a b@example.org'],
    ])
      expect(await bench.refused('POST', path, { id_ContactType: type, Content })).toMatchObject({ status: 422, reason: 'contact' });
    expect((await bench.refused('POST', path, { id_ContactType: 1 })).paths).toEqual(['/Content']);
    const phone = await bench.ok('POST', path, { id_ContactType: 1, Content: '+79161234567' });
    expect((await bench.refused('PATCH', `/contacts/${phone.id_Contact}`, { id_ContactType: 2 })).reason).toBe('contact');
    const mail = await bench.ok('PATCH', `/contacts/${phone.id_Contact}`, { id_ContactType: 2, Content: 'ivan@example.org' });
    expect(mail).toMatchObject({ version: 2, Content: 'ivan@example.org' });
    await bench.events();
    expect((await bench.send('DELETE', `/contacts/${phone.id_Contact}`)).status).toBe(204);
    expect((await bench.events())[0]?.data).toMatchObject({ kind: 'Contact', action: 'delete', after: '', sensitive: ['Content'] });
  });

  test('a mile card has a number and an airline of two signs', async () => {
    const { id_Person: person } = await add();
    const path = `/persons/${person}/mile-cards`;
    for (const AirlineCode of ['SUX', 'S', 'СУ', 'S-', ''])
      expect((await bench.refused('POST', path, { Number: '1', AirlineCode })).paths).toEqual(['/AirlineCode']);
    expect((await bench.refused('POST', path, { AirlineCode: 'SU' })).paths).toEqual(['/Number']);
    const answer = await bench.send('POST', path, { body: { Number: '77', AirlineCode: 's7', OuterId: 'x' } });
    const { id_Card: id } = answer.json;
    expect(answer.json).toMatchObject({ id_Person: person, AirlineCode: 'S7' });
    expect(answer.headers.get('location')).toBe(`/api/v1/mile-cards/${id}`);
    const event = (await bench.events()).at(-1);
    expect([event?.subject, event?.data.after]).toEqual([
      `mile-card/${id}`,
      `<MileCard><id_Card>${id}</id_Card><id_Person>${person}</id_Person><Number>77</Number><AirlineCode>S7</AirlineCode><OuterId>x</OuterId></MileCard>`,
    ]);
    expect((await bench.ok('GET', `/mile-cards/${id}`)).Number).toBe('77');
  });

  test('belong to their person for good', async () => {
    const { id_Person: person } = await add();
    const card = await bench.ok('POST', `/persons/${person}/mile-cards`, { Number: '1', AirlineCode: 'SU' });
    expect((await bench.refused('PATCH', `/mile-cards/${card.id_Card}`, { id_Person: 1 })).paths).toEqual(['/id_Person']);
    expect((await bench.refused('POST', '/persons/999999/mile-cards', { Number: '1', AirlineCode: 'SU' })).status).toBe(404);
    expect((await bench.refused('GET', '/persons/999999/contacts')).status).toBe(404);
  });
});

describe('who may see what', () => {
  test('personal data is masked without a right to it; ids and codes are not', async () => {
    const dictionary = (await bench.ok('POST', '/dictionaries', { Name: 'Отдел' })).id_MetaDictionary;
    const { id_MetaCode } = await bench.ok('POST', `/dictionaries/${dictionary}/codes`, { CodeValue: 'О-1' });
    const { id_Person: id } = await add({
      BirthDate: '1990-05-17',
      OuterId: 'T-77',
      documents: [{ id_DocumentType: 1, id_Country: 643, Number: '45' }],
      contacts: [{ id_ContactType: 2, Content: 'a@b.ru' }],
      mile_cards: [{ Number: '77', AirlineCode: 'SU' }],
      codes: [{ id_MetaCode }],
    });
    const as = 'static.read';
    const seen = await bench.ok('GET', `/persons/${id}`, undefined, { as });
    expect(seen).toMatchObject({ id_Person: id, LastName: '***', FirstName: '***', SurName: null, BirthDate: '***', OuterId: 'T-77' });
    expect(seen.documents[0]).toMatchObject({ Number: '***', id_DocumentType: 1, IssueDate: null });
    expect(seen.contacts[0].Content).toBe('***');
    expect(seen.mile_cards[0]).toMatchObject({ Number: '***', AirlineCode: 'SU' });
    expect(seen.codes[0]).toMatchObject({ id_MetaCode, CodeValue: 'О-1' });
    expect(JSON.stringify(seen)).not.toMatch(/Иванов|a@b|1990/);
    const lists = ['/persons?OuterId=T-77', `/persons/${id}/contacts`, `/persons/${id}/documents`, '/relations?kind=MetaCodeForPerson'];
    for (const path of lists) expect(JSON.stringify(await bench.ok('GET', path, undefined, { as }))).not.toMatch(/Иванов|a@b|"45"/);
    expect(JSON.stringify(await bench.ok('GET', `/contacts/${seen.contacts[0].id_Contact}`, undefined, { as }))).not.toContain('a@b');
    expect((await bench.refused('GET', '/persons?q=Иван', undefined, { as })).status).toBe(403);
    for (const right of ['static.personal', 'static.write', `static.personal@${organization}`])
      expect((await bench.ok('GET', `/persons/${id}`, undefined, { as: `static.read+${right}` })).LastName).toBe('Иванов');
  });

  test('a person of another organization is not there, nor are its parts', async () => {
    const elsewhere = (await bench.ok('POST', '/organizations', { Name: 'Чужая' })).id_Organization;
    const { id_Person: theirs } = await add({ id_Organization: elsewhere, contacts: [{ id_ContactType: 2, Content: 'a@b.ru' }] });
    const [contact] = (await bench.ok('GET', `/persons/${theirs}/contacts`)).items;
    const as = `static.read@${organization}+static.write@${organization}`;
    const foreign: [string, string, object?][] = [
      ['GET', `/persons/${theirs}`],
      ['PATCH', `/persons/${theirs}`, { FirstName: 'x' }],
      ['DELETE', `/persons/${theirs}`],
      ['GET', `/persons/${theirs}/contacts`],
      ['POST', `/persons/${theirs}/contacts`, { id_ContactType: 2, Content: 'a@b.ru' }],
      ['GET', `/contacts/${contact.id_Contact}`],
      ['PATCH', `/contacts/${contact.id_Contact}`, { Content: 'x@y.ru' }],
      ['DELETE', `/contacts/${contact.id_Contact}`],
      ['POST', '/persons', { id_Organization: elsewhere, ...IVANOV }],
    ];
    for (const [method, path, body] of foreign)
      expect([path, (await bench.refused(method, path, body, { as })).status]).toEqual([path, 404]);
    const { id_Person: mine } = await bench.ok('POST', '/persons', { id_Organization: organization, ...IVANOV }, { as });
    expect((await bench.refused('PATCH', `/persons/${mine}`, { id_Organization: elsewhere }, { as })).status).toBe(404);
    expect((await bench.ok('GET', '/persons', undefined, { as })).items.map((item: { id_Person: number }) => item.id_Person)).not.toContain(
      theirs,
    );
  });

  test('of a person the audit keeps what was changed, but no value', async () => {
    const { id_Person: id } = await add({ LastName: 'Секретов' });
    await bench.ok('PATCH', `/persons/${id}`, { LastName: 'Тайнов' });
    const rows = await bench.rows<{ action: string; before: unknown; after: unknown }>(
      "SELECT action, before, after FROM audit WHERE object = $1 AND action LIKE 'travel.person.%' ORDER BY id",
      [String(id)],
    );
    expect(rows.map(({ action }) => action)).toEqual(['travel.person.create', 'travel.person.update']);
    expect(rows[1]?.after).toEqual({ fields: ['LastName'] });
    expect(JSON.stringify(rows)).not.toMatch(/Секретов|Тайнов/);
  });
});
