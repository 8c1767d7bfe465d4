import type { Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import type { Caller } from '../core/identity/caller.ts';
import { ensureRelation } from './add-relation.ts';
import { deleteObject } from './delete-object.ts';
import { deleteRelation } from './delete-relation.ts';
import { needObject, notThere } from './find-object.ts';
import { showRelation } from './list-relations.ts';
import type { PersonParts } from './person-form.ts';
import { addObject, changeObject, checkVersion, type Noun } from './save-object.ts';
import { PERSONS } from './save-person.ts';
import { CONTACTS, DOCUMENTS, MILE_CARDS } from './save-person-part.ts';

/** Faults of an entry are told at the entry's place in the form. */
async function at<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    const { code, message, reason, russian, details, retryAfter } = error;
    throw new HubError(code, `${path.slice(1)}: ${message}`, {
      ...(reason !== undefined && { reason }),
      ...(russian !== undefined && { russian: `${path.slice(1)}: ${russian}` }),
      ...(retryAfter !== undefined && { retryAfter }),
      details:
        details.length > 0 ? details.map((fault) => ({ ...fault, path: path + fault.path })) : [{ code: reason ?? code, path, message }],
      cause: error,
    });
  }
}

type Entry = Readonly<Record<string, unknown>>;

/** One entry of the form: a new part, a changed one, or one to take away. */
async function savePart<O extends { readonly id_Person: number }>(
  tx: Transaction,
  caller: Caller,
  noun: Noun<O>,
  person: number,
  entry: Entry,
): Promise<void> {
  const { [noun.idField]: id, version, delete: gone, ...fields } = entry;
  if (typeof id !== 'number') {
    await addObject(tx, caller, noun, { ...fields, id_Person: person });
    return;
  }
  const about = { id, version: version as number | undefined };
  const part = await needObject(tx, caller, noun, { id, right: 'static.write' });
  if (part.id_Person !== person) throw notThere(noun.words, id);
  if (gone === true) await deleteObject(tx, caller, noun, about);
  else await changeObject(tx, caller, noun, { ...about, change: fields });
}

/** Saves the parts in the order of their events: documents, contacts, mile cards, codes. */
async function saveParts(tx: Transaction, caller: Caller, person: number, parts: PersonParts): Promise<void> {
  const { documents = [], contacts = [], mile_cards: cards = [], codes = [] } = parts;
  for (const [index, entry] of documents.entries())
    await at(`/documents/${index}`, () => savePart(tx, caller, DOCUMENTS, person, entry as Entry));
  for (const [index, entry] of contacts.entries())
    await at(`/contacts/${index}`, () => savePart(tx, caller, CONTACTS, person, entry as Entry));
  for (const [index, entry] of cards.entries())
    await at(`/mile_cards/${index}`, () => savePart(tx, caller, MILE_CARDS, person, entry as Entry));
  for (const [index, entry] of codes.entries()) {
    await at(`/codes/${index}`, async () => {
      if ('id_MetaCode' in entry) {
        await ensureRelation(tx, caller, { kind: 'MetaCodeForPerson', id_Subject: entry.id_MetaCode, id_Person: person });
        return;
      }
      const relation = await showRelation(tx, caller, entry.id_Relation);
      if (relation.id_Person !== person) throw notThere({ en: 'relation', ru: 'связь' }, entry.id_Relation);
      await deleteRelation(tx, caller, entry.id_Relation);
    });
  }
}

/**
 * Saves a new person with its first parts. Events: Person, Document, Contact, MileCard, MetaCodeForPerson, one a saved object (spec 2.9).
 * @returns the person's id
 * @throws HubError whatever one of them refuses; then nothing is saved. Faults of a part name its place in the form.
 */
export async function addPersonForm(
  tx: Transaction,
  caller: Caller,
  { fields, parts }: { fields: unknown; parts: PersonParts },
): Promise<number> {
  const person = await addObject(tx, caller, PERSONS, fields);
  await saveParts(tx, caller, person.id_Person, parts);
  return person.id_Person;
}

/** The same for a person that is there. A form that names no field of the person saves its parts only. */
export async function changePersonForm(
  tx: Transaction,
  caller: Caller,
  input: {
    readonly id: number;
    readonly fields: Readonly<Record<string, unknown>>;
    readonly parts: PersonParts;
    readonly version?: number | undefined;
  },
): Promise<void> {
  const { id, fields, parts, version } = input;
  const partsOnly = Object.keys(fields).length === 0 && Object.values(parts).some((list) => list !== undefined && list.length > 0);
  if (!partsOnly) {
    await changeObject(tx, caller, PERSONS, { id, change: fields, version });
  } else {
    const person = await needObject(tx, caller, PERSONS, { id, right: 'static.write', lock: 'change' });
    checkVersion(PERSONS.words, id, person.version, version);
  }
  await saveParts(tx, caller, id, parts);
}
