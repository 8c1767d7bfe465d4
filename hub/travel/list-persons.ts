import type { Queryable } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { type Page, pageOf } from '../core/http/page.ts';
import { type Caller, requireScope } from '../core/identity/caller.ts';
import { needObject, organizationsOf } from './find-object.ts';
import { listCursor } from './list-cursor.ts';
import type { Person } from './person.ts';
import { PERSONS } from './save-person.ts';
import { seesPersonal } from './show-person.ts';
import { contactsOf, documentsOf, mileCardsOf, listPersons as rowsOf } from './sql/persons.ts';
import type { Stored } from './sql/table.ts';

/** A text to look for, anywhere in a field: its own % and _ mean themselves. */
const contains = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`;

/** The persons that the caller may see, by id. @throws HubError FORBIDDEN, BAD_REQUEST with the reason `cursor`. */
export async function listPersons(
  db: Queryable,
  caller: Caller,
  options: {
    readonly organization?: number | undefined;
    readonly OuterId?: string | undefined;
    /** A piece of the name. Names are personal data: finding by them asks for the right to see them. */
    readonly q?: string | undefined;
    readonly after?: string | undefined;
    readonly limit: number;
  },
): Promise<Page<Person & Stored>> {
  const { organization, OuterId, q, after, limit } = options;
  const scope = organizationsOf(requireScope(caller, 'static.read'));
  if (q !== undefined && !seesPersonal(caller, organization ?? null)) {
    throw new HubError(
      'FORBIDDEN',
      'finding persons by their names needs the right static.personal for the organization that is asked about',
      {
        russian: 'поиск по имени требует права static.personal на указанную организацию',
      },
    );
  }
  const pattern = q === undefined ? null : contains(q);
  const rows = await rowsOf(db, scope, organization ?? null, OuterId ?? null, pattern, listCursor.idOf(after), limit + 1);
  return pageOf(rows, limit, (row) => listCursor.after(row.id_Person));
}

const PARTS = { documents: documentsOf, contacts: contactsOf, 'mile-cards': mileCardsOf } as const;
export type PartName = keyof typeof PARTS;
type PartRow<P extends PartName> = Awaited<ReturnType<(typeof PARTS)[P]>>[number];

/** Documents, contacts or mile cards of a person, by id. @throws HubError NOT_FOUND (the person), BAD_REQUEST with the reason `cursor`. */
export async function listParts<P extends PartName>(
  db: Queryable,
  caller: Caller,
  part: P,
  options: { readonly person: number; readonly after?: string | undefined; readonly limit: number },
  idOf: (row: PartRow<P>) => number,
): Promise<Page<PartRow<P>>> {
  const { person, after, limit } = options;
  await needObject(db, caller, PERSONS, { id: person, right: 'static.read' });
  const rows = (await PARTS[part](db, person, listCursor.idOf(after), limit + 1)) as PartRow<P>[];
  return pageOf(rows, limit, (row) => listCursor.after(idOf(row)));
}
