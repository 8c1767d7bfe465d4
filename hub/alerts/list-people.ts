import { type Queryable, run, type Value } from '../core/database/statement.ts';
import { type Page, pageOf } from '../core/http/page.ts';
import { allows } from '../core/identity/caller.ts';
import type { Act } from './act.ts';
import { listCursor } from './list-cursor.ts';
import type { PersonView } from './person.ts';
import { type LocalPerson, type LocalPersonRow, localPeople, type PersonRow, personViews } from './person-row.ts';
import { isId, refusal } from './refusals.ts';
import { searchPeople } from './search-people.ts';
import { LOCAL_PEOPLE, localPersonById, PERSON_COLUMNS, personById } from './sql/people.ts';

const seesPins = ({ caller }: Act): boolean => allows(caller, 'alerts.directory');

export interface PeopleFilter {
  /** Only people of this group. */
  readonly groupId?: number | undefined;
  /** Only people who are in this list themselves, not by a group. */
  readonly listId?: number | undefined;
}

export interface PeopleWish extends PeopleFilter {
  /** What somebody types: a part of the name, the begin of a phone, of an e-mail or of the external id, or the number of the person. */
  readonly search?: string | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** People in the order of their ids; nobody of an unknown group or list. @throws HubError BAD_REQUEST on a damaged cursor */
export async function listPeople(db: Queryable, act: Act, wish: PeopleWish): Promise<Page<PersonView>> {
  const { groupId, listId, search = '', limit } = wish;
  if ((groupId !== undefined && !isId(groupId)) || (listId !== undefined && !isId(listId))) return { items: [], next: null };
  const values: Value[] = [];
  const bind = (value: Value): string => `$${values.push(value)}`;
  const conditions = [`p.person_id > ${bind(listCursor.idOf(wish.after))}`];
  if (groupId !== undefined) conditions.push(`p.group_id = ${bind(groupId)}`);
  if (listId !== undefined)
    conditions.push(`EXISTS (SELECT FROM alerts_list_person m WHERE m.list_id = ${bind(listId)} AND m.person_id = p.person_id)`);
  if (search.trim() !== '') conditions.push(searchPeople(search.trim(), act.settings, bind));
  const { rows } = await run<PersonRow>(
    db,
    `SELECT ${PERSON_COLUMNS} FROM alerts_person p WHERE ${conditions.join(' AND ')} ORDER BY p.person_id LIMIT ${bind(limit + 1)}`,
    values,
  );
  return pageOf(rows.map(personViews(act, seesPins(act))), limit, ({ id }) => listCursor.after(id));
}

/** @throws HubError NOT_FOUND `unknown_person` */
export async function showPerson(db: Queryable, act: Act, id: number): Promise<PersonView> {
  const [row] = isId(id) ? await personById(db, id) : [];
  if (!row) throw refusal('unknown_person', id);
  return personViews(act, seesPins(act))(row);
}

/** The same with times as the clocks of the alerts' zone show them. @throws HubError NOT_FOUND `unknown_person` */
export async function showLocalPerson(db: Queryable, act: Act, id: number): Promise<LocalPerson> {
  const [row] = isId(id) ? await localPersonById(db, id, act.settings.zone) : [];
  if (!row) throw refusal('unknown_person', id);
  return localPeople(act, seesPins(act))(row);
}

/** People of one answer of the database: large enough to cost little per person, small enough to hold for many readers at once. */
const PORTION = 500;

/**
 * All people of a filter in the order of their ids, in portions: the next one is fetched while the present one is used. Memory stays flat whatever their number. Somebody
 * who is added or deleted meanwhile is in it or not; nobody is in it twice.
 */
export async function* streamPeople(db: Queryable, act: Act, { groupId, listId }: PeopleFilter): AsyncGenerator<readonly LocalPerson[]> {
  if ((groupId !== undefined && !isId(groupId)) || (listId !== undefined && !isId(listId))) return;
  const source = groupId === undefined ? (listId === undefined ? 'all' : 'list') : listId === undefined ? 'group' : 'both';
  const page = LOCAL_PEOPLE[source];
  const fetchBehind = (id: number): Promise<LocalPersonRow[]> => {
    const rows = page(db, id, PORTION, act.settings.zone, groupId ?? null, listId ?? null);
    // Whoever takes no more does not wait for it.
    rows.catch(() => undefined);
    return rows;
  };
  const toLocal = localPeople(act, seesPins(act));
  for (let coming: Promise<LocalPersonRow[]> | undefined = fetchBehind(0); coming; ) {
    const rows: LocalPersonRow[] = await coming;
    const last = rows.at(-1);
    coming = last && rows.length === PORTION ? fetchBehind(last.id) : undefined;
    if (last) yield rows.map(toLocal);
  }
}
