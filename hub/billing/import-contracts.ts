import * as z from 'zod';
import type { Queryable, Transaction } from '../core/database/statement.ts';
import { validate } from '../core/http/validate.ts';
import type { Act } from './act.ts';
import { badValue } from './bad-value.ts';
import { changeContract, titleTaken } from './change-contract.ts';
import { changeStatus } from './change-status.ts';
import { createContract } from './create-contract.ts';
import {
  contentOf,
  contractTitled,
  importAmount,
  importDay,
  importFlag,
  importId,
  importLine,
  importNumber,
  otherContent,
} from './import-fields.ts';
import { markContract } from './mark-contract.ts';
import { parameterNamed, readParameterText } from './read-parameter-text.ts';
import type { Change, Imported, Importer } from './run-import.ts';
import { setContractLimit } from './set-limit.ts';
import { setParameter } from './set-parameter.ts';
import { contractWithTitle } from './sql/contract-records.ts';
import { fillExternalContract, findExternalContract, takeExternalContract } from './sql/external-contracts.ts';

const groupIds = z.union([
  z.array(z.int()),
  z
    .string()
    .regex(/^\s*\d{1,2}(\s*[,;]\s*\d{1,2})*\s*$/, 'must be numbers of groups parted by commas')
    .transform((text) => text.split(/[,;]/).map(Number)),
]);

/** A parameter's value: as a text, or as JSON has flags and numbers. */
const parameterText = z.union([z.string(), z.boolean(), z.number()]).transform(String);

const rowSchema = z.strictObject({
  external_id: importLine(200).optional(),
  source: importLine(200).optional(),
  title: importLine(200).optional(),
  pattern_id: importId.optional(),
  comment: z.string().max(1_000).optional(),
  date_from: importDay.optional(),
  date_to: importDay.optional(),
  mode: z.enum(['credit', 'debit']).optional(),
  person_type: z.enum(['person', 'company']).optional(),
  limit: importAmount.optional(),
  status: importNumber(0, 32_767).optional(),
  status_from: importDay.optional(),
  groups: groupIds.optional(),
  parameter_group_id: importId.optional(),
  head: importLine(200).optional(),
  head_id: importId.optional(),
  dependent: importFlag.optional(),
  password: z.string().max(100).optional(),
  parameters: z.record(z.string(), parameterText).optional(),
});
type ContractRow = z.output<typeof rowSchema>;

/** Names of the columns, for the help. */
export const CONTRACT_COLUMNS = Object.keys(rowSchema.shape);

const PARAMETER_COLUMN = 'parameter:';

/** Columns `parameter:12` and `parameter:Паспорт` of a table are what `parameters` is in JSON. */
function gathered(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const columns = Object.entries(fields).filter(([name]) => name.startsWith(PARAMETER_COLUMN));
  if (columns.length === 0) return { ...fields };
  const { parameters = {}, ...rest } = fields;
  if (typeof parameters !== 'object' || parameters === null || Array.isArray(parameters)) return { ...fields };
  const own = Object.entries(rest).filter(([name]) => !name.startsWith(PARAMETER_COLUMN));
  const named = columns.map(([name, value]) => [name.slice(PARAMETER_COLUMN.length).trim(), value] as const);
  return { ...Object.fromEntries(own), parameters: { ...parameters, ...Object.fromEntries(named) } };
}

export interface ContractImport {
  readonly db: Queryable;
  /** To look things up with. */
  readonly act: Act;
  readonly change: Change;
  /** Whose external ids they are, where a row does not say it. (Default: the login) */
  readonly source?: string | undefined;
  /** The pattern of rows that name none. */
  readonly patternId?: number | undefined;
  /** Nothing is kept, so what came before in the file is remembered. */
  readonly dryRun: boolean;
}

/** What a contract is besides what it is made with. */
async function furnish(tx: Transaction, act: Act, id: number, row: ContractRow): Promise<void> {
  const { date_to, mode, person_type, parameter_group_id, groups = [], parameters = {}, limit, status, status_from } = row;
  await changeContract(tx, act, id, {
    ...(date_to && { dateTo: date_to }),
    ...(mode && { mode: mode === 'debit' ? 1 : 0 }),
    ...(person_type && { personType: person_type === 'company' ? 1 : 0 }),
    ...(parameter_group_id !== undefined && { parameterGroupId: parameter_group_id }),
  });
  for (const group of groups) await markContract(tx, act, id, group, true);
  for (const [name, text] of Object.entries(parameters)) {
    const parameter = await parameterNamed(tx, act, name);
    await setParameter(tx, act, id, parameter.id, await readParameterText(tx, act, parameter, text));
  }
  if (limit !== undefined) await setContractLimit(tx, act, id, limit);
  if (status !== undefined)
    await changeStatus(
      tx,
      act,
      id,
      { status, dateFrom: status_from ?? row.date_from ?? act.today, dateTo: null, comment: '' },
      { reason: 'manual' },
    );
}

/**
 * Contracts from a file (spec 9.6), each with its groups, parameters, limit and status in one transaction. A row is known by its external id, without that
 * by its title: it is made once, however often the file comes, also when the contract was changed or deleted since.
 */
export function importContracts({ db, act, change, source, patternId, dryRun }: ContractImport): Importer {
  // Of a dry run: what the rows before would have made.
  const contents = new Map<string, string>();
  const titles = new Set<string>();

  const headOf = async (row: ContractRow): Promise<number> => {
    if (row.head_id !== undefined && row.head !== undefined)
      throw badValue('head', 'give head_id or head, not both', 'укажите head_id или head, но не оба');
    if (row.head === undefined) return row.head_id ?? 0;
    // A head that the file makes is not there in a dry run: the row is tried as a contract by itself.
    return titles.has(row.head) ? 0 : contractTitled(db, act, row.head);
  };
  const tried = (place: string, content: Buffer, id: string, title: string | undefined): boolean => {
    const before = contents.get(place);
    const now = content.toString('base64');
    if (before !== undefined && before !== now) throw otherContent(id);
    if (before === undefined && title !== undefined && titles.has(title)) throw titleTaken(title);
    contents.set(place, now);
    if (title !== undefined) titles.add(title);
    return before !== undefined;
  };
  const make = async (tx: Transaction, present: Act, row: ContractRow, superId: number): Promise<{ id: number; title: string }> => {
    const made = await createContract(tx, present, {
      patternId: row.pattern_id ?? patternId ?? 0,
      superId,
      ...(row.title !== undefined && { title: row.title }),
      ...(row.comment !== undefined && { comment: row.comment }),
      ...(row.date_from && { dateFrom: row.date_from }),
      ...(row.password !== undefined && { password: row.password }),
      ...(row.dependent === false && { subMode: 1 }),
    });
    await furnish(tx, present, made.id, row);
    return made;
  };

  const store = async (row: ContractRow, content: Buffer): Promise<Imported> => {
    const id = row.external_id ?? row.title;
    if (id === undefined)
      throw badValue(
        'external_id',
        'a row needs it, or a title: by that it is known when the file comes again',
        'нужен external_id или title',
      );
    const owner = row.source ?? source ?? act.caller.login;
    const superId = await headOf(row);
    const done = await change<Imported>(superId > 0 ? superId : undefined, async (tx, present) => {
      const [taken] = await takeExternalContract(tx, owner, id, content);
      if (!taken) {
        const [first] = await findExternalContract(tx, owner, id, content);
        if (!first?.same) throw otherContent(id);
        return { result: 'unchanged', contractId: first.id, title: first.title ?? row.title ?? '' };
      }
      if (row.title !== undefined && (await contractWithTitle(tx, row.title)).length > 0) throw titleTaken(row.title);
      const made = await make(tx, present, row, superId);
      await fillExternalContract(tx, owner, id, made.id);
      return { result: 'created', contractId: made.id, title: made.title };
    });
    if (!dryRun) return done;
    const again = tried(`${owner}\n${id}`, content, id, row.title);
    if (done.result === 'unchanged') return done;
    return { result: again ? 'unchanged' : 'created', contractId: 0, title: row.title ?? '' };
  };
  return {
    prepare(fields) {
      const row = validate(rowSchema, gathered(fields), 'body');
      const lane = row.head === undefined && row.head_id === undefined ? (row.external_id ?? row.title ?? '') : 'all';
      return { lane, store: () => store(row, contentOf(fields)) };
    },
  };
}
