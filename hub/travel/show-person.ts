import type { Queryable } from '../core/database/statement.ts';
import { type Caller, inScope, requireScope, scopeOf } from '../core/identity/caller.ts';
import { needObject, organizationsOf } from './find-object.ts';
import { type RelationSummary, summaryOf } from './list-relations.ts';
import { PERSONS } from './save-person.ts';
import { contactsOf, documentsOf, mileCardsOf } from './sql/persons.ts';
import { listRelations, type Relation } from './sql/relations.ts';
import type { StaticKind } from './static-kinds.ts';
import { SHAPES } from './xml-shapes.ts';

/** What stands for a value that the caller may not see. */
const MASK = '***';
/** Parts of one kind that a card shows; the lists have them all. */
const MOST = 1_000;

/** Personal data is for those who enter it and for those who have a right of its own. */
export const seesPersonal = (caller: Caller, organization: number | null): boolean =>
  inScope(scopeOf(caller, 'static.personal'), organization) || inScope(scopeOf(caller, 'static.write'), organization);

/** The object as the caller may see it: without the hub's own fields, values of personal data masked (spec 6.12, 9.1). */
export function masked<T extends { readonly organizationId: number | null }>(
  caller: Caller,
  kind: StaticKind,
  object: T,
): Omit<T, 'organizationId'> {
  const { organizationId, ...rest } = object;
  if (seesPersonal(caller, organizationId)) return rest;
  const hidden = SHAPES[kind].sensitive.filter((field) => (rest as Record<string, unknown>)[field] != null);
  return { ...rest, ...Object.fromEntries(hidden.map((field) => [field, MASK])) };
}

/** A relation as the caller may see it: the name of a person at its far end is personal data. */
export function maskedRelation(caller: Caller, relation: Relation): RelationSummary {
  const summary = summaryOf(relation);
  if (relation.id_Person === null || seesPersonal(caller, relation.organizationId)) return summary;
  return { ...summary, Related: { ...summary.Related, name: MASK } };
}

/** A person with all that belongs to it. @throws HubError NOT_FOUND */
export async function showPerson(db: Queryable, caller: Caller, id: number) {
  const person = await needObject(db, caller, PERSONS, { id, right: 'static.read' });
  const scope = organizationsOf(requireScope(caller, 'static.read'));
  const documents = await documentsOf(db, id, 0, MOST);
  const contacts = await contactsOf(db, id, 0, MOST);
  const cards = await mileCardsOf(db, id, 0, MOST);
  const codes = await listRelations(db, scope, 'MetaCodeForPerson', null, null, null, null, id, 0, MOST);
  return {
    ...masked(caller, 'Person', person),
    documents: documents.map((row) => masked(caller, 'Document', row)),
    contacts: contacts.map((row) => masked(caller, 'Contact', row)),
    mile_cards: cards.map((row) => masked(caller, 'MileCard', row)),
    codes: codes.map(({ id_Relation, id_Subject, subject }) => ({
      id_Relation,
      id_MetaCode: id_Subject,
      id_MetaDictionary: subject['id_MetaDictionary'] as number,
      CodeValue: subject['CodeValue'] as string,
      Name: subject['Name'] as string | null,
    })),
  };
}
