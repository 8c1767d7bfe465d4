import type { Transaction } from '../core/database/statement.ts';
import { type FaultDetail, HubError } from '../core/errors.ts';
import type { Act } from './act.ts';
import type { Directory } from './directories/directory.ts';
import type { Field } from './directories/fields.ts';
import { wrongField } from './directories/wrong-field.ts';
import type { Entry } from './directory-entry.ts';
import { yesOrNo } from './import-fields.ts';
import type { ImportRow } from './import-rows.ts';
import { refusedByDatabase } from './refused-by-database.ts';
import type { Change } from './run-import.ts';
import { addEntry, changeEntry } from './save-entry.ts';
import { keepSavepoint, setSavepoint, undoToSavepoint } from './sql/savepoints.ts';

type Fields = Readonly<Record<string, unknown>>;
type Result = 'created' | 'changed' | 'unchanged';

/** Why a line was not taken. */
interface Failure {
  /** Of the file, from 1. */
  readonly line: number;
  readonly code: string;
  readonly message: string;
  readonly russian: string | null;
  readonly details: readonly FaultDetail[];
}

/** What became of a file. */
export interface EntriesImport {
  /** False: nothing is kept, because it was tried only, or because a line failed. */
  readonly stored: boolean;
  readonly created: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly failed: number;
  /** The first of them. */
  readonly failures: readonly Failure[];
}

export interface EntriesImportWish<E extends Entry> {
  readonly directory: Directory<E>;
  readonly rows: AsyncIterable<ImportRow>;
  readonly change: Change;
  readonly dryRun: boolean;
  /** Told after each line; the number of lines done. */
  readonly onLine?: (done: number) => void;
}

const MOST_FAILURES = 100;
/** Rows are read before the first is stored, so that no transaction waits for a file. */
const MOST_ROWS = 200_000;

/** A cell of a table is a text: what it means as a value of the field, or the text itself, which the schema refuses. */
function cellValue({ kind, default: value }: Field, text: string): unknown {
  const number = /^-?\d{1,10}$/.test(text.trim()) ? Number(text) : undefined;
  switch (kind) {
    case 'number':
      return number ?? text;
    case 'reference':
      return number === 0 && value === null ? null : (number ?? text);
    case 'flag':
      return yesOrNo(text) ?? text;
    case 'numbers':
      return text.split(/[\s,;]+/).map((part) => (/^\d{1,10}$/.test(part) ? Number(part) : part));
    case 'pairs':
    case 'settings':
    case 'members':
    case 'plans':
    case 'parts':
      try {
        return JSON.parse(text);
      } catch {
        return text;
      }
    default:
      return text;
  }
}

const fieldsOf = ({ fields }: Pick<Directory, 'fields'>, row: Fields): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => {
      const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
      if (typeof value !== 'string') return [name, value];
      if (field) return [name, cellValue(field, value)];
      return [name, name === 'id' && /^\d{1,10}$/.test(value) ? Number(value) : value];
    }),
  );

/** The entry that a row is about: by its number, or by what the directory has once. */
async function presentOf<E extends Entry>(tx: Transaction, { table }: Directory<E>, fields: Fields): Promise<E | undefined> {
  const { id } = fields;
  const wanted = typeof id === 'number' && Number.isSafeInteger(id) && Math.abs(id) < 2 ** 31 ? id : await table.twin(tx, fields, null);
  return wanted === undefined ? undefined : (await table.byId(tx, wanted))[0];
}

/** @throws HubError VALIDATION with the reason `fixed`: it stays as it was made */
function withoutFixed<E extends Entry>({ fields: all }: Directory<E>, present: E, fields: Fields): Fields {
  const changed = Object.keys(all).find((name) => all[name]?.fixed && fields[name] !== undefined && fields[name] !== present[name]);
  if (changed !== undefined) {
    const was = String(present[changed]);
    throw wrongField(changed, 'fixed', {
      en: `entry ${present.id} has ${was}, which stays`,
      ru: `у записи ${present.id} ${was}, это не меняется`,
    });
  }
  return Object.fromEntries(Object.entries(fields).filter(([name]) => name !== 'id' && !all[name]?.fixed));
}

async function importRow<E extends Entry>(tx: Transaction, act: Act, directory: Directory<E>, row: Fields): Promise<Result> {
  const fields = fieldsOf(directory, row);
  if (fields['id'] === undefined && directory.table.unique.length === 0)
    throw wrongField('id', 'required', {
      en: 'a row needs the number of its entry, so that a file that comes twice adds nothing twice',
      ru: 'строке нужен номер записи, чтобы повторная загрузка ничего не удвоила',
    });
  const present = await presentOf(tx, directory, fields);
  if (!present) {
    await addEntry(tx, act, directory, fields);
    return 'created';
  }
  const change = withoutFixed(directory, present, fields);
  const { changed } = await changeEntry(tx, act, directory, { id: present.id, change });
  return changed ? 'changed' : 'unchanged';
}

/** Runs one row so that what it has done goes when it fails. @throws what is no refusal */
async function tried(tx: Transaction, work: () => Promise<Result>): Promise<Result | HubError> {
  await setSavepoint(tx);
  try {
    const result = await work();
    await keepSavepoint(tx);
    return result;
  } catch (thrown) {
    const error = thrown instanceof HubError ? thrown : refusedByDatabase(thrown);
    if (!error || error.status >= 500) throw thrown;
    await undoToSavepoint(tx);
    return error;
  }
}

/** Takes the transaction back; the report comes with it. */
class Undone extends Error {
  readonly report: EntriesImport;
  constructor(report: EntriesImport) {
    super('undone');
    this.report = report;
  }
}

/**
 * Imports entries of a directory, all of them or none, in the order of the file: an entry that stands below another comes after it. One that is there
 * already is changed, so a file may come again.
 * @throws HubError BAD_REQUEST (the file cannot be read), TOO_LARGE (more than 200,000 rows)
 */
export async function importEntries<E extends Entry>({
  directory,
  rows,
  change,
  dryRun,
  onLine,
}: EntriesImportWish<E>): Promise<EntriesImport> {
  const all: ImportRow[] = [];
  for await (const row of rows) {
    if (all.length === MOST_ROWS)
      throw new HubError('TOO_LARGE', `an import has at most ${MOST_ROWS} rows; divide the file`, {
        reason: 'rows',
        russian: `в одной загрузке не больше ${MOST_ROWS} строк; разделите файл`,
      });
    all.push(row);
  }
  const counts = { created: 0, changed: 0, unchanged: 0, failed: 0 };
  const failures: Failure[] = [];
  const fail = (line: number, { code, reason, message, russian, details }: HubError): void => {
    counts.failed += 1;
    if (failures.length < MOST_FAILURES) failures.push({ line, code: reason ?? code, message, russian: russian ?? null, details });
  };
  try {
    return await change(undefined, async (tx, act) => {
      for (const [at, row] of all.entries()) {
        const result = 'fault' in row ? row.fault : await tried(tx, () => importRow(tx, act, directory, row.fields));
        if (result instanceof HubError) fail(row.line, result);
        else counts[result] += 1;
        onLine?.(at + 1);
      }
      const stored = !dryRun && counts.failed === 0;
      if (!stored) throw new Undone({ stored, ...counts, failures });
      return { stored, ...counts, failures };
    });
  } catch (error) {
    if (error instanceof Undone) return error.report;
    throw error;
  }
}
