import type { Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import type { Caller } from '../core/identity/caller.ts';
import { ensureRelation } from './add-relation.ts';
import { CODES } from './save-code.ts';
import { DICTIONARIES } from './save-dictionary.ts';
import { addObject, changeObject, type Noun } from './save-object.ts';
import { ORGANIZATIONS } from './save-organization.ts';
import { PERSONS } from './save-person.ts';
import { CONTACTS, DOCUMENTS, MILE_CARDS } from './save-person-part.ts';
import { codeByValue } from './sql/codes.ts';
import { dictionaryByName } from './sql/dictionaries.ts';
import { organizationByOuterId } from './sql/organizations.ts';
import { contactByContent, documentByNumber, mileCardByNumber, personByOuterId } from './sql/persons.ts';

export const IMPORT_KINDS = [
  'organizations',
  'dictionaries',
  'codes',
  'relations',
  'persons',
  'documents',
  'contacts',
  'mile-cards',
] as const;
export type ImportKind = (typeof IMPORT_KINDS)[number];

/** What became of one row. */
export interface SavedRow {
  readonly result: 'created' | 'updated' | 'unchanged';
  readonly id: number;
}

type Fields = Readonly<Record<string, unknown>>;
type Found = readonly { readonly id: number }[];

const textOf = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');
/** An id that may be looked up; anything else is the schema's to refuse. */
const idOf = (value: unknown): number => (Number.isSafeInteger(value) ? (value as number) : 0);

const missing = (field: string, why: string): HubError =>
  new HubError('VALIDATION', `${field}: ${why}`, {
    reason: 'unknown_reference',
    details: [{ code: 'unknown_reference', path: `/${field}`, message: why }],
  });

/** Names in place of ids: the person of a part by its OuterId, the dictionary of a code by its name. */
async function resolveNames(tx: Transaction, kind: ImportKind, fields: Fields): Promise<Fields> {
  if (kind === 'codes' && fields['Dictionary'] !== undefined) {
    const { Dictionary: name, id_Group: group, ...rest } = fields;
    const [dictionary] = await dictionaryByName(tx, idOf(group), textOf(name));
    if (!dictionary)
      throw missing('Dictionary', `group ${idOf(group)} has no dictionary named ${JSON.stringify(textOf(name).slice(0, 100))}`);
    return { ...rest, id_MetaDictionary: dictionary.id };
  }
  if (fields['PersonOuterId'] !== undefined && kind !== 'persons') {
    const { PersonOuterId: outer, id_Organization: organization, ...rest } = fields;
    const [person] = await personByOuterId(tx, idOf(organization), textOf(outer));
    if (!person) throw missing('PersonOuterId', `organization ${idOf(organization)} has no person with this OuterId`);
    // A relation names an organization of its own only when it is about one.
    return { ...rest, id_Person: person.id };
  }
  return fields;
}

/** A kind of rows. */
interface Imported {
  /** What tells one object of the kind from the others where a row gives no id. */
  key(row: Fields): readonly (string | number)[];
  save(tx: Transaction, caller: Caller, row: Fields): Promise<SavedRow>;
}

/** How rows of a noun are known again when they come a second time, and saved. */
interface ImportedNoun<O extends object> extends Pick<Imported, 'key'> {
  readonly noun: Noun<O>;
  find(tx: Transaction, row: Fields): Promise<Found>;
  /** The field that says where the object belongs; it is given to a new one only. */
  readonly fixed?: string;
  /** Without an outer id, each repetition would add the row again. */
  readonly needsOuterId?: boolean;
}

function imported<O extends object>({ noun, key, find, fixed, needsOuterId = false }: ImportedNoun<O>): Imported {
  const { idField } = noun;
  return {
    key: (row) => (row[idField] === undefined ? key(row) : [idField, idOf(row[idField])]),
    async save(tx, caller, row) {
      const given = row[idField];
      const fields: Fields = Object.fromEntries(Object.entries(row).filter(([field]) => field !== idField));
      if (given === undefined && needsOuterId && textOf(fields['OuterId']) === '')
        throw missing('OuterId', `a row needs an OuterId or ${idField}: without one, a repeated import would add it again`);
      const [found] = given === undefined ? await find(tx, fields) : [{ id: idOf(given) }];
      if (!found) {
        const object = await addObject(tx, caller, noun, fields);
        return { result: 'created', id: object[idField] as number };
      }
      const change = Object.fromEntries(Object.entries(fields).filter(([field]) => field !== fixed));
      const { changed } = await changeObject(tx, caller, noun, { id: found.id, change });
      return { result: changed ? 'updated' : 'unchanged', id: found.id };
    },
  };
}

const organizationKey = (row: Fields) => [textOf(row['OuterId'])] as const;
const dictionaryKey = (row: Fields) => [idOf(row['id_Group']), textOf(row['Name'])] as const;
const codeKey = (row: Fields) => [idOf(row['id_MetaDictionary']), textOf(row['CodeValue'])] as const;
const personKey = (row: Fields) => [idOf(row['id_Organization']), textOf(row['OuterId'])] as const;
const documentKey = (row: Fields) =>
  [idOf(row['id_Person']), idOf(row['id_DocumentType']), idOf(row['id_Country']), textOf(row['Number'])] as const;
const contactKey = (row: Fields) => [idOf(row['id_Person']), idOf(row['id_ContactType']), textOf(row['Content'])] as const;
const cardKey = (row: Fields) => [idOf(row['id_Person']), textOf(row['AirlineCode']).toUpperCase(), textOf(row['Number'])] as const;

const RELATION_FIELDS = ['kind', 'id_Subject', 'ReserveType', 'id_MetaCode', 'id_Organization', 'id_Person'];

const KINDS: Readonly<Record<ImportKind, Imported>> = {
  organizations: imported({
    noun: ORGANIZATIONS,
    needsOuterId: true,
    key: organizationKey,
    find: (tx, row) => organizationByOuterId(tx, ...organizationKey(row)),
  }),
  dictionaries: imported({ noun: DICTIONARIES, key: dictionaryKey, find: (tx, row) => dictionaryByName(tx, ...dictionaryKey(row)) }),
  codes: imported({
    noun: CODES,
    fixed: 'id_MetaDictionary',
    key: codeKey,
    find: async (tx, row) => (await codeByValue(tx, ...codeKey(row))).map((code) => ({ id: code.id_MetaCode })),
  }),
  persons: imported({ noun: PERSONS, needsOuterId: true, key: personKey, find: (tx, row) => personByOuterId(tx, ...personKey(row)) }),
  documents: imported({
    noun: DOCUMENTS,
    fixed: 'id_Person',
    key: documentKey,
    find: (tx, row) => documentByNumber(tx, ...documentKey(row)),
  }),
  contacts: imported({ noun: CONTACTS, fixed: 'id_Person', key: contactKey, find: (tx, row) => contactByContent(tx, ...contactKey(row)) }),
  'mile-cards': imported({ noun: MILE_CARDS, fixed: 'id_Person', key: cardKey, find: (tx, row) => mileCardByNumber(tx, ...cardKey(row)) }),
  relations: {
    key: (row) => RELATION_FIELDS.map((field) => (typeof row[field] === 'number' ? row[field] : textOf(row[field]))),
    async save(tx, caller, row) {
      const { relation, created } = await ensureRelation(tx, caller, row);
      return { result: created ? 'created' : 'unchanged', id: relation.id_Relation };
    },
  },
};

/**
 * Saves one row: changes the object of its id or, without one, of its natural key; else adds it. A row that comes again changes nothing.
 * @param seen lines of the import by the object that they were about: one object has one line
 * @throws HubError whatever adding or changing it refuses.
 */
export async function saveImported(
  tx: Transaction,
  caller: Caller,
  {
    kind,
    fields,
    line,
    seen,
  }: { readonly kind: ImportKind; readonly fields: Fields; readonly line: number; readonly seen: Map<string, number> },
): Promise<SavedRow> {
  const row = await resolveNames(tx, kind, fields);
  const { key, save } = KINDS[kind];
  const name = JSON.stringify(key(row));
  const first = seen.get(name);
  if (first !== undefined) {
    throw new HubError('VALIDATION', `line ${first} is about the same object: one of the two must go`, {
      reason: 'repeated_row',
      russian: `строка ${first} о том же объекте: оставьте одну из двух`,
    });
  }
  const saved = await save(tx, caller, row);
  seen.set(name, line);
  return saved;
}
