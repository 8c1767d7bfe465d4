import type { Transaction } from '../core/database/statement.ts';
import type { Caller } from '../core/identity/caller.ts';
import { type Contact, checkContact, contactChangeSchema, freshContactSchema } from './contact.ts';
import { checkDocumentDates, type Document, documentChangeSchema, freshDocumentSchema } from './document.ts';
import { needObject } from './find-object.ts';
import { freshMileCardSchema, type MileCard, mileCardChangeSchema } from './mile-card.ts';
import type { Noun, ObjectChange } from './save-object.ts';
import { PERSONS } from './save-person.ts';
import { contactTable, documentTable, mileCardTable } from './sql/persons.ts';
import { staticEvent } from './static-event.ts';
import type { StaticKind } from './static-kinds.ts';

/** A part is added to a person that stays there until the commit; it never moves to another. */
async function checkPerson(tx: Transaction, caller: Caller, person: number, before: object | undefined): Promise<void> {
  if (before === undefined) await needObject(tx, caller, PERSONS, { id: person, right: 'static.write', lock: 'hold' });
}

const eventOf =
  <O extends { readonly id_Person: number }>(kind: StaticKind, name: string, idOf: (part: O) => number): Noun<O>['eventOf'] =>
  (caller, { action, before, after }: ObjectChange<O>) => {
    const part = after ?? before;
    if (part === undefined) return undefined;
    return staticEvent(caller, {
      kind,
      action,
      subject: `${name}/${idOf(part)}`,
      organizationId: part.organizationId,
      id_Object: idOf(part),
      id_Person: part.id_Person,
      before,
      after,
    });
  };

/** No rule of the database makes two parts equal. */
const duplicate = ({ id_Person }: { readonly id_Person: number }) => ({
  en: `person ${id_Person} has this already`,
  ru: `у персоны ${id_Person} это уже есть`,
});

export const DOCUMENTS: Noun<Document> = {
  name: 'document',
  words: { en: 'document', ru: 'документ' },
  idField: 'id_Document',
  table: documentTable,
  fresh: freshDocumentSchema,
  change: documentChangeSchema,
  personal: true,
  async check(tx, caller, next, before) {
    await checkPerson(tx, caller, next.id_Person, before);
    checkDocumentDates(next);
  },
  duplicate,
  eventOf: eventOf('Document', 'document', (part) => part.id_Document),
};

export const CONTACTS: Noun<Contact> = {
  name: 'contact',
  words: { en: 'contact', ru: 'контакт' },
  idField: 'id_Contact',
  table: contactTable,
  fresh: freshContactSchema,
  change: contactChangeSchema,
  personal: true,
  async check(tx, caller, next, before) {
    await checkPerson(tx, caller, next.id_Person, before);
    checkContact(next);
  },
  duplicate,
  eventOf: eventOf('Contact', 'contact', (part) => part.id_Contact),
};

export const MILE_CARDS: Noun<MileCard> = {
  name: 'mile-card',
  words: { en: 'mile card', ru: 'мильная карта' },
  idField: 'id_Card',
  table: mileCardTable,
  fresh: freshMileCardSchema,
  change: mileCardChangeSchema,
  personal: true,
  check: (tx, caller, next, before) => checkPerson(tx, caller, next.id_Person, before),
  duplicate,
  eventOf: eventOf('MileCard', 'mile-card', (part) => part.id_Card),
};
