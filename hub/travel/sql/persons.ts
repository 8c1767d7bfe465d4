import { statement } from '../../core/database/statement.ts';
import type { Contact } from '../contact.ts';
import type { Document } from '../document.ts';
import type { MileCard } from '../mile-card.ts';
import type { Person } from '../person.ts';
import { type Stored, tableOf } from './table.ts';

export const personTable = tableOf<Person>({
  name: 'person',
  table: 'travel_person',
  id: ['id_Person', 'person_id'],
  columns: {
    id_Organization: 'organization_id',
    LastName: 'last_name',
    FirstName: 'first_name',
    SurName: 'sur_name',
    LastNameLatin: 'last_name_latin',
    FirstNameLatin: 'first_name_latin',
    SurNameLatin: 'sur_name_latin',
    BirthDate: 'birth_date',
    Gender: 'gender',
    id_Country: 'country_id',
    OuterId: 'outer_id',
  },
  days: ['birth_date'],
  organization: 't.organization_id',
});

/** Documents, contacts and cards belong to the organization of their person. */
const OF_PERSON = { join: 'JOIN travel_person p ON p.person_id = t.person_id', organization: 'p.organization_id' };

export const documentTable = tableOf<Document>({
  name: 'document',
  table: 'travel_document',
  id: ['id_Document', 'document_id'],
  columns: {
    id_Person: 'person_id',
    id_DocumentType: 'type',
    id_Country: 'country_id',
    Number: 'number',
    LastName: 'last_name',
    FirstName: 'first_name',
    MiddleName: 'middle_name',
    IssueDate: 'issue_date',
    ExpiryDate: 'expiry_date',
  },
  days: ['issue_date', 'expiry_date'],
  ...OF_PERSON,
});

export const contactTable = tableOf<Contact>({
  name: 'contact',
  table: 'travel_contact',
  id: ['id_Contact', 'contact_id'],
  columns: { id_Person: 'person_id', id_ContactType: 'type', Content: 'content' },
  ...OF_PERSON,
});

export const mileCardTable = tableOf<MileCard>({
  name: 'mileCard',
  table: 'travel_mile_card',
  id: ['id_Card', 'mile_card_id'],
  columns: { id_Person: 'person_id', Number: 'number', AirlineCode: 'airline_code', OuterId: 'outer_id' },
  ...OF_PERSON,
});

/** A page by id. `$1` scope (null: all), `$2` organization, `$3` OuterId, `$4` a pattern of ILIKE for the names, `$5` id of the last one seen, `$6` rows. */
export const listPersons = statement<Person & Stored>(
  'travel.person.list',
  `${personTable.select}
   WHERE ($1::bigint[] IS NULL OR t.organization_id = ANY($1)) AND ($2::bigint IS NULL OR t.organization_id = $2)
     AND ($3::text IS NULL OR t.outer_id = $3)
     AND ($4::text IS NULL OR concat_ws(' ', t.last_name, t.first_name, t.sur_name, t.last_name_latin, t.first_name_latin) ILIKE $4)
     AND t.person_id > $5 ORDER BY t.person_id LIMIT $6`,
);

/** Parts of the person `$1` by id, after `$2`, at most `$3`. */
export const documentsOf = statement<Document & Stored>(
  'travel.document.ofPerson',
  `${documentTable.select} WHERE t.person_id = $1 AND t.document_id > $2 ORDER BY t.document_id LIMIT $3`,
);
export const contactsOf = statement<Contact & Stored>(
  'travel.contact.ofPerson',
  `${contactTable.select} WHERE t.person_id = $1 AND t.contact_id > $2 ORDER BY t.contact_id LIMIT $3`,
);
export const mileCardsOf = statement<MileCard & Stored>(
  'travel.mileCard.ofPerson',
  `${mileCardTable.select} WHERE t.person_id = $1 AND t.mile_card_id > $2 ORDER BY t.mile_card_id LIMIT $3`,
);

/** By natural keys, for imports: rows that come again are the same object. */
export const personByOuterId = statement<{ id: number }>(
  'travel.person.byOuterId',
  'SELECT person_id AS id FROM travel_person WHERE organization_id = $1 AND outer_id = $2',
);
export const documentByNumber = statement<{ id: number }>(
  'travel.document.byNumber',
  `SELECT document_id AS id FROM travel_document WHERE person_id = $1 AND type = $2 AND country_id = $3 AND number = $4 ORDER BY document_id LIMIT 1`,
);
export const contactByContent = statement<{ id: number }>(
  'travel.contact.byContent',
  'SELECT contact_id AS id FROM travel_contact WHERE person_id = $1 AND type = $2 AND content = $3 ORDER BY contact_id LIMIT 1',
);
export const mileCardByNumber = statement<{ id: number }>(
  'travel.mileCard.byNumber',
  'SELECT mile_card_id AS id FROM travel_mile_card WHERE person_id = $1 AND airline_code = $2 AND number = $3 ORDER BY mile_card_id LIMIT 1',
);
