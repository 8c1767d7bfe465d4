import type { Transaction } from '../core/database/statement.ts';
import { type FaultDetail, HubError } from '../core/errors.ts';
import type { Act } from './act.ts';
import type { ImportRow } from './import-rows.ts';

/** Runs a change in a transaction of its own; changes of one contract take turns. */
export type Change = <T>(contractId: number | undefined, work: (tx: Transaction, act: Act) => Promise<T>) => Promise<T>;

/** What became of a row that was right. */
export interface Imported {
  readonly result: 'created' | 'unchanged';
  readonly contractId: number;
  readonly title: string;
  /** Of payments. */
  readonly ids?: readonly number[];
}

/** What became of one row; `error` is there when it failed. */
export interface ImportedRow {
  /** Of the file, from 1. */
  readonly line: number;
  readonly result: Imported['result'] | 'failed';
  readonly contract_id?: number;
  readonly title?: string;
  readonly ids?: readonly number[];
  readonly error?: {
    readonly code: string;
    readonly message: string;
    readonly russian: string | null;
    readonly details: readonly FaultDetail[];
  };
}

/** One kind of import, for one file: it may remember what the rows before were. */
export interface Importer {
  /**
   * Reads a row.
   * @returns what stores it, and in which lane: rows of one lane are stored one after another, `all`: after all that came before
   * @throws HubError what is wrong with the row
   */
  prepare(fields: Readonly<Record<string, unknown>>): { readonly lane: string; readonly store: () => Promise<Imported> };
}

/** Rows under way at once: the database commits them together. */
const WIDTH = 4;
/** How often a row is tried again that stood in the way of others, and how long it waits for that. Milliseconds. */
const TRIES = 5;
const PAUSE = 200;
const DEADLOCK = '40P01';

function failed(line: number, { code, reason, message, russian, details }: HubError): ImportedRow {
  return { line, result: 'failed', error: { code: reason ?? code, message, russian: russian ?? null, details } };
}

async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await work();
    } catch (error) {
      const { code } = error as { code?: unknown };
      if (tried === TRIES || (code !== DEADLOCK && code !== 'BUSY')) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE * tried));
    }
  }
}

async function outcomeOf(line: number, store: () => Promise<Imported>): Promise<ImportedRow> {
  try {
    const { result, contractId, title, ids } = await patiently(store);
    return { line, result, contract_id: contractId, title, ...(ids && { ids }) };
  } catch (error) {
    if (error instanceof HubError && error.status < 500) return failed(line, error);
    throw error;
  }
}

/**
 * Imports rows one by one, each in a transaction of its own, some at once; what became of them comes in the order of the file. A row that is wrong
 * harms no other. Who takes no more reports ends the import: what was reported is stored, and a repeat of the file makes nothing twice.
 * @throws HubError STORE_UNAVAILABLE and the like; what was reported is stored
 */
export async function* runImport(rows: AsyncIterable<ImportRow> | Iterable<ImportRow>, importer: Importer): AsyncGenerator<ImportedRow> {
  const underWay: { readonly lane: string; readonly done: Promise<ImportedRow> }[] = [];
  const begin = (row: ImportRow): { lane: string; done: Promise<ImportedRow> } => {
    if ('fault' in row) return { lane: '', done: Promise.resolve(failed(row.line, row.fault)) };
    try {
      const { lane, store } = importer.prepare(row.fields);
      const before = underWay.filter((other) => lane === 'all' || other.lane === 'all' || other.lane === lane).map(({ done }) => done);
      const done = before.length === 0 ? outcomeOf(row.line, store) : Promise.allSettled(before).then(() => outcomeOf(row.line, store));
      // Whoever ends early does not wait for it.
      done.catch(() => undefined);
      return { lane, done };
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      return { lane: '', done: Promise.resolve(failed(row.line, error)) };
    }
  };
  for await (const row of rows) {
    underWay.push(begin(row));
    const first = underWay[0];
    if (first && underWay.length >= WIDTH) {
      yield await first.done;
      underWay.shift();
    }
  }
  for (const { done } of underWay) yield await done;
}

/** Takes a tried change back. */
class Tried extends Error {
  readonly value: unknown;
  constructor(value: unknown) {
    super('tried');
    this.value = value;
  }
}

/** The same change, taken back when it succeeded: what it answers is what it would have done. */
export function tryOut(change: Change): Change {
  return async <T>(contractId: number | undefined, work: (tx: Transaction, act: Act) => Promise<T>) => {
    try {
      return await change<T>(contractId, async (tx, act) => {
        throw new Tried(await work(tx, act));
      });
    } catch (error) {
      if (error instanceof Tried) return error.value as T;
      throw error;
    }
  };
}

export interface ImportCounts {
  readonly created: number;
  readonly unchanged: number;
  readonly failed: number;
}

/** Counts results as they come. */
export function createCounter(): { readonly counts: ImportCounts; add(row: ImportedRow): void } {
  const counts = { created: 0, unchanged: 0, failed: 0 };
  return {
    counts,
    add: ({ result }) => {
      counts[result] += 1;
    },
  };
}
