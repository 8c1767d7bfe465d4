import type { CsvRow } from '../core/csv.ts';
import type { Database } from '../core/database/database.ts';
import type { Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { publish } from '../core/events/publish.ts';
import { validate } from '../core/http/validate.ts';
import { audit } from '../core/identity/audit.ts';
import type { Act } from './act.ts';
import { addGroup } from './add-group.ts';
import { valuesOf, withoutPin } from './change-person.ts';
import { wrongColumn } from './fault-words.ts';
import { type ImportedFields, readRow, readTitles } from './import-row.ts';
import { PEOPLE_COLUMNS, type PeopleColumn } from './people-table.ts';
import { newPersonInput, type PersonValues } from './person.ts';
import type { PersonRow } from './person-row.ts';
import { differences, eventOf } from './record-change.ts';
import { refusal } from './refusals.ts';
import { holdGroups } from './sql/groups.ts';
import { insertLog } from './sql/log.ts';
import { groupsByNames, lockPeople, newPersonIds, peopleByExternalIds, peopleByIds, peopleByNames } from './sql/people.ts';
import { draftPerson, type PersonDraft, storePeople } from './store-people.ts';

export interface ImportOptions {
  /** Nothing is stored; the reports tell what would be. */
  readonly dryRun: boolean;
  /** Whether groups that do not exist are made. */
  readonly makeGroups: boolean;
  /** Name of the group of rows that name none and of people who are new. */
  readonly group?: string | undefined;
}

export interface ImportPorts {
  readonly database: Database;
  readonly act: Act;
}

/** What became of a row, or would become of it. */
export interface ImportedPerson {
  /** Of the file or sheet, from 1. */
  readonly line: number;
  readonly result: 'added' | 'changed' | 'unchanged' | 'failed';
  /** null: there is none, or not yet. */
  readonly id: number | null;
  readonly name: string;
  /** Of a change: what is another one now. */
  readonly fields?: readonly string[];
  /** A group that is made for it, in a dry run. */
  readonly makes_group?: string;
  readonly error?: { readonly code: string; readonly column: string | null; readonly message: string; readonly russian: string | null };
}

/** Rows of one transaction. */
const PORTION = 500;
/** Stands for a group that a dry run would make. */
const TO_BE_MADE = 0;

interface Parsed {
  readonly line: number;
  readonly row: ImportedFields;
}
interface Write {
  readonly id: number;
  readonly draft: PersonDraft;
  readonly before: PersonValues | undefined;
}

/** The people that rows may be about, and the groups they name. */
interface Known {
  readonly groups: Map<string, number>;
  readonly byExternalId: ReadonlyMap<string, number>;
  /** By group and name; several of one name cannot be told apart. */
  readonly byName: ReadonlyMap<string, readonly number[]>;
  readonly rows: ReadonlyMap<number, PersonRow>;
}

const nameKey = (groupId: number, name: string): string => `${groupId} ${name}`;
const folded = (group: string): string => group.toLowerCase();

function failed(line: number, name: string, error: HubError): ImportedPerson {
  const column = error.details[0]?.path.split('/')[1] || null;
  const { code, reason, message } = error;
  const russian =
    error.russian ??
    (column === null ? null : wrongColumn(column, column in PEOPLE_COLUMNS ? PEOPLE_COLUMNS[column as PeopleColumn] : column));
  return {
    line,
    result: 'failed',
    id: null,
    name,
    error: { code: reason ?? code, column, message, russian },
  };
}

/** Who and which groups the rows of a portion are about; people are locked unless nothing is to be stored. */
async function look(tx: Transaction, rows: readonly Parsed[], { dryRun, group }: ImportOptions): Promise<Known> {
  const names = [...new Set(rows.flatMap(({ row }) => row.group ?? group ?? []))];
  const groups = new Map((await groupsByNames(tx, names)).map(({ id, name }) => [name, id]));
  if (!dryRun) await holdGroups(tx, [...groups.values()]);
  const ids = rows.flatMap(({ row }) => row.externalId ?? []);
  const byExternalId = new Map((await peopleByExternalIds(tx, ids)).map(({ id, externalId }) => [externalId, id]));
  const wanted = rows.flatMap(({ row }) => {
    const groupId = groups.get(row.group ?? group ?? '');
    return groupId === undefined || row.fields.name === undefined ? [] : [{ groupId, name: row.fields.name }];
  });
  const named = await peopleByNames(
    tx,
    wanted.map(({ groupId }) => groupId),
    wanted.map(({ name }) => name),
  );
  const byName = new Map<string, number[]>();
  for (const { id, groupId, name } of named) {
    const present = byName.get(nameKey(groupId, name)) ?? [];
    if (!present.includes(id)) byName.set(nameKey(groupId, name), [...present, id]);
  }
  const people = [...new Set([...byExternalId.values(), ...named.map(({ id }) => id)])];
  if (!dryRun) await lockPeople(tx, people);
  return { groups, byExternalId, byName, rows: new Map((await peopleByIds(tx, people)).map((row) => [row.id, row])) };
}

/** The person that a row is about: by the external id, else by group and name; undefined: a new one. @throws HubError CONFLICT `ambiguous_person` */
function personOf({ row }: Parsed, groupId: number | undefined, known: Known, seen: ReadonlyMap<string, number>): PersonRow | undefined {
  const { externalId, fields } = row;
  const byId = externalId === undefined ? undefined : known.byExternalId.get(externalId);
  if (byId !== undefined) return known.rows.get(byId);
  if (groupId === undefined || fields.name === undefined) return undefined;
  // Somebody who has another external id, or has got one by a row before, is somebody else.
  const namesakes = (known.byName.get(nameKey(groupId, fields.name)) ?? []).flatMap((id) => known.rows.get(id) ?? []);
  const candidates =
    externalId === undefined ? namesakes : namesakes.filter((person) => person.externalId === null && !seen.has(`id ${person.id}`));
  if (candidates.length > 1) throw refusal('ambiguous_person', fields.name, '', '/name');
  return candidates[0];
}

/**
 * Imports people from a table of which the first row is its titles (people-table.ts), in portions, each a transaction of its own: a row that is wrong harms no other, and
 * memory stays flat. A person is known by the external id, else by group and name; who is not known is added. The same table again changes nothing.
 * @returns what became of each row, a portion at a time; who takes no more ends the import, and what was reported is stored
 * @throws HubError BAD_REQUEST `unknown_column`, `column_twice`, `missing_column`, and whatever the table throws; CONFLICT when somebody else changes the same people
 */
export async function* importPeople(
  { database, act }: ImportPorts,
  table: AsyncIterable<readonly CsvRow[]> | Iterable<readonly CsvRow[]>,
  options: ImportOptions,
): AsyncGenerator<readonly ImportedPerson[]> {
  let columns: readonly PeopleColumn[] | undefined;
  /** Lines by the person they were about. */
  const seen = new Map<string, number>();
  /** Groups that a dry run would make. */
  const wouldMake = new Set<string>();
  let waiting: CsvRow[] = [];
  for await (const rows of table) {
    waiting.push(...rows);
    if (columns === undefined && waiting.length > 0) columns = readTitles(waiting.shift() as CsvRow);
    while (columns !== undefined && waiting.length >= PORTION) {
      const portion = waiting.slice(0, PORTION);
      waiting = waiting.slice(PORTION);
      yield await importPortion(columns, portion);
    }
  }
  if (columns === undefined) throw refusal('missing_column');
  if (waiting.length > 0) yield await importPortion(columns, waiting);

  async function importPortion(titles: readonly PeopleColumn[], portion: readonly CsvRow[]): Promise<ImportedPerson[]> {
    return database.transaction((tx) => importRows(tx, act, options, { titles, portion, seen, wouldMake }));
  }
}

interface Portion {
  readonly titles: readonly PeopleColumn[];
  readonly portion: readonly CsvRow[];
  readonly seen: Map<string, number>;
  readonly wouldMake: Set<string>;
}

async function importRows(
  tx: Transaction,
  act: Act,
  options: ImportOptions,
  { titles, portion, seen, wouldMake }: Portion,
): Promise<ImportedPerson[]> {
  const reports = new Map<number, ImportedPerson>();
  const parsed: Parsed[] = [];
  const guarded = (line: number, name: string, work: () => void): void => {
    try {
      work();
    } catch (error) {
      if (!(error instanceof HubError) || error.status >= 500) throw error;
      reports.set(line, failed(line, name, error));
    }
  };
  const nameColumn = titles.indexOf('name');
  for (const row of portion)
    guarded(row.line, row.cells[nameColumn] ?? '', () => {
      parsed.push({ line: row.line, row: readRow(titles, row) });
    });
  const known = await look(tx, parsed, options);
  await makeMissing(tx, act, options, parsed, known.groups);
  const writes: (Write & { readonly line: number; readonly makes: string | undefined; readonly fields: readonly string[] | undefined })[] =
    [];
  for (const one of parsed) {
    const { line, row } = one;
    guarded(line, row.fields.name ?? '', () => {
      const groupName = row.group ?? options.group;
      const groupId = groupName === undefined ? undefined : known.groups.get(groupName);
      if (row.group !== undefined && groupId === undefined) throw refusal('unknown_group', row.group, '', '/group');
      const present = personOf(one, groupId, known, seen);
      const named = `in ${folded(groupName ?? '')} ${row.fields.name}`;
      const key = present ? `id ${present.id}` : row.externalId === undefined ? named : `x ${row.externalId}`;
      const before = seen.get(key);
      if (before !== undefined) throw refusal('row_twice', before);
      const base = present && valuesOf(act, present);
      if (!base && groupName === undefined) throw refusal('bad_cell', 'group', 'the name of a group, which a new person needs', '/group');
      if (!base && groupId === undefined) throw refusal('unknown_group', groupName, '', '/group');
      // A dry run has made no group, and checks the rest with any.
      const group_id = row.group === undefined && base ? base.group_id : (groupId ?? 0);
      const checked = validate(
        newPersonInput,
        {
          ...base,
          ...row.fields,
          ...(row.externalId !== undefined && { external_id: row.externalId }),
          group_id: group_id === TO_BE_MADE ? 1 : group_id,
        },
        'body',
      );
      const values = { ...checked, group_id };
      const draft = draftPerson(act, values);
      seen.set(key, line);
      // Who is new with an external id is known by the name as well, as soon as he is stored: within a portion, and where nothing is stored, too.
      if (!present && !seen.has(named)) seen.set(named, line);
      const changed = base && differences(base, values);
      const makes = group_id === TO_BE_MADE && groupName !== undefined && !wouldMake.has(folded(groupName)) ? groupName : undefined;
      if (makes !== undefined) wouldMake.add(folded(makes));
      if (base && !changed) reports.set(line, { line, result: 'unchanged', id: present?.id ?? null, name: values.name });
      else writes.push({ line, id: present?.id ?? 0, draft, before: base, makes, fields: changed?.fields });
    });
  }
  const added = writes.filter(({ before }) => before === undefined);
  const ids = options.dryRun || added.length === 0 ? [] : await newPersonIds(tx, added.length);
  const numbered = new Map(added.map((write, at) => [write, ids[at]?.id ?? 0]));
  const stored = writes.map((write) => ({ ...write, id: numbered.get(write) ?? write.id }));
  if (!options.dryRun) {
    await store(tx, act, stored);
    // A later portion finds them by their numbers.
    for (const { id, line } of stored) seen.set(`id ${id}`, line);
  }
  for (const { line, id, draft, before, makes, fields } of stored)
    reports.set(line, {
      line,
      result: before ? 'changed' : 'added',
      id: id === 0 ? null : id,
      name: draft.values.name,
      ...(fields && { fields }),
      ...(makes !== undefined && { makes_group: makes }),
    });
  return portion.flatMap(({ line }) => reports.get(line) ?? []);
}

/** Makes the groups that rows name and nobody has, or notes in a dry run that they would be made. */
async function makeMissing(
  tx: Transaction,
  act: Act,
  { dryRun, makeGroups, group }: ImportOptions,
  parsed: readonly Parsed[],
  groups: Map<string, number>,
): Promise<void> {
  if (!makeGroups) return;
  const made = new Map<string, number>();
  for (const { row } of parsed) {
    const name = row.group ?? group;
    if (name === undefined || groups.has(name) || name.length > 255) continue;
    const id = made.get(folded(name)) ?? (dryRun ? TO_BE_MADE : (await addGroup(tx, act, { name })).id);
    made.set(folded(name), id);
    groups.set(name, id);
  }
}

async function store(tx: Transaction, act: Act, writes: readonly Write[]): Promise<void> {
  if (writes.length === 0) return;
  const added = writes.filter(({ before }) => before === undefined);
  const changed = writes.filter(({ before }) => before !== undefined);
  await storePeople(tx, act, 'update', changed);
  await storePeople(tx, act, 'insert', added);
  await publish(
    tx,
    ...writes.map(({ id, draft, before }) => {
      const fields = before && differences(before, draft.values)?.fields;
      const data = { group_id: draft.values.group_id, ...(fields && { fields }) };
      return eventOf(act, { thing: 'person', done: before ? 'changed' : 'added', id, data });
    }),
  );
  const told = changed.flatMap(({ id, draft, before }) => {
    const difference = before && differences(withoutPin(before), withoutPin(draft.values));
    return difference ? [{ id, before: difference.before, after: difference.after }] : [{ id }];
  });
  await audit(tx, act.caller, {
    action: 'alerts.person.import',
    object: 'people',
    after: { added: added.map(({ id, draft }) => ({ id, name: draft.values.name })), changed: told },
  });
  await insertLog(tx, 'info', act.caller.login, `Загрузка абонентов: добавлено ${added.length}, изменено ${changed.length}`);
}
