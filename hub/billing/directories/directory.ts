import * as z from 'zod';
import type { Queryable, Transaction } from '../../core/database/statement.ts';
import { allows } from '../../core/identity/caller.ts';
import type { Act } from '../act.ts';
import { type Entry, entryNumber } from '../directory-entry.ts';
import type { DirectoryTable } from '../sql/directory-table.ts';
import type { Field, Words } from './fields.ts';

/** What of an entry is shown and cannot be written: a title of what it refers to. */
interface Shown {
  readonly schema: z.ZodType;
  readonly words: Words;
}

/** What all directories have alike is in `save-entry.ts`, `delete-entry.ts`, `list-entries.ts`; here is what differs between them. */
interface Differences<E extends Entry> {
  /** `parameter-group`: in the audit and on the command line. */
  readonly name: string;
  /** `parameter-groups`: in addresses. */
  readonly path: string;
  /** What stands before it there. (Default: /directories) */
  readonly below?: '';
  readonly one: Words;
  readonly many: Words;
  /** In Russian, that there is none: `Тарифный план не найден`. (Default: that it is not in the directory) */
  readonly notFound?: string;
  readonly table: DirectoryTable<E>;
  /** In the order in which people are shown them. */
  readonly fields: Readonly<Record<string, Field>>;
  readonly shown?: Readonly<Record<string, Shown>>;
  /** The highest number; those of a directory without a sequence are given by hand. */
  readonly numbers?: { readonly most: number; readonly free: boolean };
  /** An entry stands below another one by `parent_id`. */
  readonly tree?: boolean;
  /** Fields whose content stays out of the audit, as it may hold secrets, and is shown to those only who may change it. */
  readonly secret?: readonly string[];
  /** Fields that lists leave out, as they are large. */
  readonly large?: readonly string[];
  /** Columns of lists on the command line. (Default: the first ones that are short) */
  readonly columns?: readonly string[];
  /** Fields can be given by a file on the command line, because some have no option. */
  readonly byFile?: true;
  /** What this operator may not see, by the table's `hiding`. */
  hidden?(act: Pick<Act, 'fence'>): readonly number[];
  /** The number that `hidden` is about. (Default: that of the entry) */
  hiddenBy?(entry: E): number;
  /** An entry as this operator is shown it. */
  visible?(act: Pick<Act, 'fence'>, entry: E): E;
  /** An entry as it is stored, when what was given can mean the same in several ways. @throws HubError BAD_REQUEST */
  normal?(entry: E): E;
  /** Refuses what a schema cannot see. The entry is locked. */
  check?(tx: Transaction, act: Act, next: E, before: E | undefined): Promise<void>;
  /** Writes what lies in other tables, or follows this one. */
  stored?(tx: Transaction, act: Act, next: E, before: E | undefined): Promise<void>;
  /** Who refers to an entry. */
  uses?(db: Queryable, act: Pick<Act, 'fence'>, id: number): Promise<readonly Words[]>;
  /** The reason of the refusal to delete what is referred to. (Default: in_use) */
  readonly heldReason?: string;
  /** Why an entry can never be deleted. */
  kept?(entry: E): Words | undefined;
}

/** A directory: entries that contracts refer to by number (spec billing 2). */
export interface Directory<E extends Entry = Entry> extends Differences<E> {
  /** A new entry, with its number where somebody gives one. */
  readonly fresh: z.ZodType<Record<string, unknown> & { id?: number }>;
  /** Fields that are to change; those left out stay. */
  readonly change: z.ZodType<Record<string, unknown>>;
  readonly answer: z.ZodType;
  /** Of one in a list. */
  readonly listed: z.ZodType;
  /** Below /api/v1/billing. */
  readonly address: string;
  /** What programs are told by in refusals: `parameter_group`. */
  readonly reason: string;
}

/** The right to change directories. */
export const MANAGE = 'billing.manage';

export const versionAnswer = z.int().min(1).meta({ description: 'Grows with every change' });

export function directory<E extends Entry>(about: Differences<E>): Directory<E> {
  const fields = Object.entries(about.fields);
  const fresh = fields.map(([name, { schema, default: value }]) => [name, value === undefined ? schema : schema.default(value)]);
  const { most, free } = about.numbers ?? { most: undefined, free: true };
  const id = (most === undefined ? entryNumber.min(1) : entryNumber.max(most)).meta({
    description: free ? 'Its number, where it is known elsewhere already. (Default: the next one that is free)' : 'Its number',
  });
  const shown = Object.entries(about.shown ?? {}).map(([name, { schema, words }]) => [name, schema.meta({ description: words.en })]);
  const answer = z.object({
    id: z.int(),
    ...Object.fromEntries(fields.map(([name, { schema }]) => [name, schema])),
    ...Object.fromEntries(shown),
    version: versionAnswer,
  });
  const { below = '/directories', path, large = [] } = about;
  return {
    ...about,
    address: `${below}/${path}`,
    reason: about.name.replaceAll('-', '_'),
    fresh: z.strictObject({ id: free ? id.optional() : id, ...Object.fromEntries(fresh) }) as unknown as Directory['fresh'],
    change: z
      .strictObject(Object.fromEntries(fields.filter(([, { fixed }]) => !fixed).map(([name, { schema }]) => [name, schema])))
      .partial() as unknown as Directory['change'],
    answer,
    listed: answer.omit(Object.fromEntries(large.map((name) => [name, true]))),
  };
}

/** An entry as lists have it. */
export const listedEntry = <E extends Entry>({ large = [] }: Directory<E>, entry: E): Readonly<Record<string, unknown>> =>
  large.length === 0 ? entry : Object.fromEntries(Object.entries(entry).filter(([name]) => !large.includes(name)));

/** An entry as a caller may see it: what may hold secrets is empty for those who do not manage the directories. */
export function shownEntry<E extends Entry>(directory: Directory<E>, act: Pick<Act, 'fence' | 'caller'>, entry: E): E {
  const { secret = [] } = directory;
  const seen = directory.visible?.(act, entry) ?? entry;
  if (secret.length === 0 || allows(act.caller, MANAGE)) return seen;
  return { ...seen, ...Object.fromEntries(secret.map((field) => [field, ''])) };
}
