import type { Queryable, Transaction } from '../database/statement.ts';
import { ENGINES, type EngineName } from './enqueue.ts';
import {
  type AttemptRow,
  attemptsOf,
  attemptUnderWay,
  endedByIds,
  type LogRow,
  lookAtAll,
  lookAtDue,
  lookAtDueKeys,
  lookAtKeys,
  lookAtTargets,
  lookAtUndelivered,
  placeOfTime,
  targetOf,
} from './sql/log.ts';
import { deleteEnded, eraseFacts } from './sql/retention.ts';

export type { AttemptRow, LogRow } from './sql/log.ts';

/** What is looked for. Everything left out is not asked for. */
export interface LogQuery {
  /** Only of these targets. Those that are held, and those that are held while their breaker is open, are told by the module. */
  readonly targets: readonly number[] | undefined;
  readonly held: readonly number[];
  readonly holding: readonly number[];
  /** Every target that there is, for looking through what was not delivered. */
  readonly known: readonly number[];
  readonly states?: readonly LogRow['state'][] | undefined;
  readonly types?: readonly string[] | undefined;
  readonly keys?: readonly number[] | undefined;
  readonly status?: number | undefined;
  readonly code?: string | undefined;
  /** Made from then on, and before then. */
  readonly from?: Temporal.Instant | undefined;
  readonly to?: Temporal.Instant | undefined;
  /** A text of the delivery's `extra`. */
  readonly extra?: { readonly name: string; readonly value: string } | undefined;
}

export interface LogPage {
  /** The newest first. There may be fewer than asked for although there are more: `next` tells. */
  readonly rows: LogRow[];
  /** Ids below are yet to be looked at; undefined: none. */
  readonly next: number | undefined;
}

const ENDED: ReadonlySet<string> = new Set(['delivered', 'failed', 'rejected', 'blocked', 'canceled']);
/** Rows looked at by the first statement and by one at most, and how long further ones are begun. A page takes as long at most, and one statement more. */
const FIRST_WINDOW = 2_000;
const WINDOW = 20_000;
const PATIENCE_MS = 60;
/** Of one target's due ones in one lane: the state of each is worked out, and with many targets there are many of them. */
const WINDOW_DUE = 2_000;
const LEAST_DUE = 50;
/** When little fits, the next look is so much longer. */
const GROWTH = 3;
/** With more targets than this their indexes cost more than looking at all. */
const MOST_TARGETS = 500;
/** How far the order of ids and that of times may be apart: the longest transaction. */
const SLACK = Temporal.Duration.from({ minutes: 10 });
const BEYOND = Number.MAX_SAFE_INTEGER;

type Filters = readonly (string | number | readonly string[] | Temporal.Instant | null)[];

/** The newest first, by `id`, each once: one that ended between two looks is in both, and the end counts. */
function merge(looks: readonly (readonly LogRow[])[]): LogRow[] {
  const byId = new Map<number, LogRow>();
  for (const row of looks.flat()) {
    const present = byId.get(row.id);
    if (!present || ENDED.has(row.state)) byId.set(row.id, row);
  }
  return [...byId.values()].sort((a, b) => b.id - a.id);
}

/**
 * A page of the log: ended and waiting deliveries, the newest first, below the id `before`. It counts nothing and looks at a bounded number of
 * rows, so it takes the same time in a log of any length (spec callbacks P10).
 */
export async function readLog(
  db: Queryable,
  name: EngineName,
  query: LogQuery,
  { before = BEYOND, limit }: { readonly before?: number | undefined; readonly limit: number },
): Promise<LogPage> {
  const engine = ENGINES[name];
  const { targets, states, keys, code, from, to } = query;
  const placeOf = async (time: Temporal.Instant): Promise<number | undefined> => (await placeOfTime(db, engine, time))[0]?.id ?? undefined;
  const low = from === undefined ? 0 : ((await placeOf(from.subtract(SLACK))) ?? 0);
  const high = to === undefined ? BEYOND : ((await placeOf(to.add(SLACK))) ?? BEYOND);
  const begun = performance.now();
  const rows: LogRow[] = [];
  let below = before;
  let looks = 0;
  for (;;) {
    const page = await look(below);
    rows.push(...page.rows);
    if (page.next === undefined || rows.length >= limit || performance.now() - begun > PATIENCE_MS) {
      const last = rows[limit - 1];
      return rows.length > limit && last ? { rows: rows.slice(0, limit), next: last.id } : { rows, next: page.next };
    }
    below = page.next;
    looks += 1;
  }

  async function look(under: number): Promise<LogPage> {
    const filters = [
      query.types ?? null,
      states ?? null,
      query.status ?? null,
      code ?? null,
      from ?? null,
      to ?? null,
      query.extra?.name ?? null,
      query.extra?.value ?? null,
    ] as const;
    const floors: number[] = [];
    const taken = (answers: Awaited<ReturnType<typeof lookAtAll>>): LogRow[] => {
      const found = answers.filter((row) => row.id !== null) as unknown as LogRow[];
      const floor = answers[0]?.floor;
      if (floor !== null && floor !== undefined) floors.push(floor);
      const last = found.at(-1);
      if (found.length > limit && last) floors.push(last.id);
      return found;
    };
    // First those that wait: what ends meanwhile is then seen twice rather than never.
    const due =
      states?.every((state) => ENDED.has(state)) === true || under <= low ? [] : taken(await lookAtWaiting(Math.min(under, high), filters));
    const wantsEnded = states === undefined || states.some((state) => ENDED.has(state));
    const ended = wantsEnded && under > low ? taken(await lookAtEnded(Math.min(under, high), filters)) : [];
    const floor = floors.length === 0 ? undefined : Math.max(...floors);
    const all = merge([due, ended]);
    return { rows: floor === undefined ? all : all.filter(({ id }) => id >= floor), next: floor };
  }

  function lookAtWaiting(under: number, filters: Filters) {
    const held = [query.held, query.holding] as const;
    const only = targets ?? null;
    if (keys) return lookAtDueKeys(db, engine, under, low, WINDOW, ...filters, only, limit + 1, keys, ...held);
    const window = Math.max(Math.ceil(WINDOW_DUE / (targets?.length ?? WINDOW_DUE)), LEAST_DUE) * GROWTH ** looks;
    return lookAtDue(db, engine, under, low, window, ...filters, only, limit + 1, only, ...held);
  }

  function lookAtEnded(under: number, filters: Filters) {
    const all = Math.min(FIRST_WINDOW * GROWTH ** looks, WINDOW);
    const window = (parts: number): number => Math.max(Math.ceil(all / Math.max(parts, 1)), 20);
    const only = targets ?? null;
    if (keys) return lookAtKeys(db, engine, under, low, window(keys.length), ...filters, only, limit + 1, keys);
    const wanted = targets ?? query.known;
    const undelivered = code !== undefined || states?.includes('delivered') === false;
    if (undelivered && wanted.length <= MOST_TARGETS)
      return lookAtUndelivered(db, engine, under, low, window(wanted.length), ...filters, only, limit + 1, wanted);
    if (targets && targets.length <= MOST_TARGETS)
      return lookAtTargets(db, engine, under, low, window(targets.length), ...filters, only, limit + 1, targets);
    return lookAtAll(db, engine, under, low, all, ...filters, only, limit + 1);
  }
}

/**
 * One delivery; undefined when the log has none of this id.
 * @param holds what the module knows of its target; it is answered with the row.
 */
export async function readDelivery<T extends Pick<LogQuery, 'held' | 'holding'>>(
  db: Queryable,
  name: EngineName,
  id: number,
  holds: (target: number) => Promise<T>,
): Promise<({ readonly row: LogRow } & T) | undefined> {
  const [place] = await targetOf(db, ENGINES[name], id);
  if (!place) return undefined;
  const about = await holds(place.target);
  const query = { targets: [place.target], held: about.held, holding: about.holding, known: [] };
  const { rows } = await readLog(db, name, query, { before: id + 1, limit: 1 });
  const row = rows.find((found) => found.id === id);
  return row && { row, ...about };
}

/** All attempts of a delivery in their order, the one under way last, without an outcome. */
export async function readAttempts(db: Queryable, name: EngineName, { id, target }: Pick<LogRow, 'id' | 'target'>): Promise<AttemptRow[]> {
  const engine = ENGINES[name];
  const underWay = await attemptUnderWay(db, engine, target, id);
  const ended = await attemptsOf(db, engine, [id]);
  return [...ended, ...underWay.filter(({ number }) => !ended.some((attempt) => attempt.number === number))];
}

/** The ended attempts of many deliveries, in their order. */
export const readAttemptsOf = (db: Queryable, name: EngineName, ids: readonly number[]): Promise<AttemptRow[]> =>
  attemptsOf(db, ENGINES[name], ids);

/** Ended deliveries by their ids, in the order of these; those that are not there are left out. */
export const readEnded = (db: Queryable, name: EngineName, ids: readonly number[]): Promise<LogRow[]> => endedByIds(db, ENGINES[name], ids);

/**
 * Deletes deliveries of a target that ended before an instant, with their attempts: of the oldest `limit` after an id.
 * @returns how many were looked at, the last of them, and which were deleted.
 */
export async function deleteEndedBefore(
  tx: Transaction,
  name: EngineName,
  target: number,
  { after, until, limit }: { readonly after: number; readonly until: Temporal.Instant; readonly limit: number },
): Promise<{ readonly looked: number; readonly last: number | null; readonly deleted: readonly number[] }> {
  const [done] = await deleteEnded(tx, ENGINES[name], target, after, limit, until);
  return done ?? { looked: 0, last: null, deleted: [] };
}

/** Marks attempts (a delivery and a number each) as erased: where their bytes were is forgotten, outcomes stay. */
export async function eraseAttemptFacts(
  tx: Transaction,
  name: EngineName,
  deliveries: readonly number[],
  numbers: readonly number[],
): Promise<void> {
  await eraseFacts(tx, ENGINES[name], deliveries, numbers);
}
