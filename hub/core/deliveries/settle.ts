import { type BatcherOptions, createBatcher } from '../database/batcher.ts';
import type { Database } from '../database/database.ts';
import type { Transaction, Value } from '../database/statement.ts';
import type { DueItem, EndState, Outcome } from './outcome.ts';
import { createPatientStore } from './patient-store.ts';
import { endAttempted, endHeld, insertAttempts, putOff, storeHealth } from './sql/settle.ts';

/** An attempt with what came of it. Times are milliseconds since 1970 on the database's clock. */
export interface Settled<Record> {
  readonly item: DueItem;
  readonly begunAt: number;
  readonly endedAt: number;
  /** Undefined: the hub that made it died over it. */
  readonly outcome: Outcome<Record> | undefined;
  /** How the delivery ended, or when it goes on. */
  readonly state: EndState | undefined;
  readonly again: number | undefined;
  readonly counts: boolean;
  readonly holder: string;
}

/** How a target fares, to be stored with the attempts. */
export interface TargetHealth {
  readonly target: number;
  readonly succeeded: number | null;
  readonly failingSince: number | null;
  readonly failures: number;
  readonly code: string | null;
  readonly breaker: 'open' | 'closed';
  readonly until: number | null;
  readonly step: number;
}

export interface Settler<Record> {
  /** Resolves when it is stored. */
  submit(settled: Settled<Record>): Promise<undefined>;
  /** Resolves when everything that was submitted is stored, or nobody can wait for the database any longer. */
  stop(): Promise<void>;
}

export interface SettlerOptions<Record> {
  readonly database: Database;
  readonly engine: number;
  readonly hubId: string;
  /** The module's bookkeeping, in the same transaction. @returns JSON on one line for each attempt's row, or null. */
  record(tx: Transaction, settled: readonly Settled<Record>[]): Promise<readonly (string | null)[]>;
  /** Bytes of a record. */
  weigh(record: Record): number;
  /** What is to be stored of the targets' health with the next attempts. */
  health(): readonly TargetHealth[];
  /** That could not be stored. */
  healthLost(targets: readonly TargetHealth[]): void;
  /** True when nobody can wait for an absent database any longer. */
  givesUp(): boolean;
  readonly groups: Groups;
}

/** How outcomes are put together: so many groups at once, and whether they are waited for (database/batcher.ts). */
export interface Groups {
  readonly atOnce: number;
  readonly gather?: NonNullable<BatcherOptions<unknown, unknown>['gather']>;
}

const MOST = 256;
const MOST_BYTES = 8 * 1024 * 1024;

const outcomeOf = ({ outcome, state }: Settled<unknown>): string =>
  outcome === undefined ? 'unknown' : state === 'delivered' ? 'delivered' : state === undefined || state === 'failed' ? 'failed' : 'ended';

/** Asks once more for the items that were not answered: their rows may have changed while the first statement waited for them. */
async function twice<Answer>(
  settled: readonly Settled<unknown>[],
  ask: (some: readonly Settled<unknown>[]) => Promise<ReadonlyMap<number, Answer>>,
): Promise<ReadonlyMap<number, Answer>> {
  const answers = await ask(settled);
  if (answers.size === settled.length) return answers;
  return new Map([...answers, ...(await ask(settled.filter(({ item }) => !answers.has(item.id))))]);
}

const endedOf = (row: { ids: string } | undefined): ReadonlyMap<number, true> =>
  new Map((row?.ids || undefined)?.split(',').map((id) => [Number(id), true]));

/** Columns of the rows of attempts. */
const attemptsOf = (settled: readonly Settled<unknown>[], facts: readonly (string | null)[]): Value[] => [
  settled.map(({ item }) => item.id),
  settled.map(({ item }) => item.number),
  settled.map(({ item }) => item.target),
  settled.map(({ item }) => item.lane),
  settled.map(({ item }) => item.dueAt),
  settled.map(({ begunAt }) => begunAt),
  settled.map(({ endedAt }) => endedAt),
  settled.map(outcomeOf),
  settled.map(({ outcome }) => outcome?.status ?? null),
  settled.map(({ outcome }) => (outcome === undefined ? 'unknown' : outcome.code)),
  settled.map(({ holder }) => holder),
  facts.join('\n'),
];

/** Holders, targets, lanes and ids, one array each. */
const heldOf = (settled: readonly Settled<unknown>[]): [string[], number[], number[], number[]] => [
  settled.map(({ holder }) => holder),
  settled.map(({ item }) => item.target),
  settled.map(({ item }) => item.lane),
  settled.map(({ item }) => item.id),
];

/** Stores outcomes in groups, each group in one transaction; what keeps one from being stored is dealt with by patient-store.ts. */
export function createSettler<Record>(options: SettlerOptions<Record>): Settler<Record> {
  const { database, engine } = options;

  /** @returns those that were canceled while they were under way. */
  const putOffAll = async (tx: Transaction, settled: readonly Settled<Record>[]): Promise<Set<number>> => {
    const answers = await twice(settled, async (some) => {
      const rows = await putOff(
        tx,
        engine,
        ...heldOf(some),
        some.map(({ again }) => again ?? 0),
        some.map(({ outcome }) => outcome !== undefined),
        some.map(({ counts }) => counts),
        some.map(({ item }) => item.number),
      );
      return new Map(rows.map(({ id, canceled }) => [id, canceled]));
    });
    return new Set([...answers].flatMap(([id, canceled]) => (canceled ? [id] : [])));
  };

  const endAll = async (tx: Transaction, settled: readonly Settled<Record>[], canceled: ReadonlySet<number>): Promise<void> => {
    if (settled.length === 0) return;
    await twice(settled, async (some) => {
      const [holders, targets, lanes, ids] = heldOf(some);
      const [row] = await endHeld(
        tx,
        engine,
        holders,
        targets,
        // What was put off and found canceled stands in the lane of later attempts by now.
        some.map(({ item }, at) => (canceled.has(item.id) ? 1 : (lanes[at] ?? 0))),
        ids,
        some.map(({ item }) => item.number),
        some.map(({ state }) => state ?? 'canceled'),
        some.map(({ outcome }) => outcome?.status ?? null),
        some.map(({ outcome }) => (outcome === undefined ? 'unknown' : outcome.code)),
        some.map(({ endedAt }) => endedAt),
      );
      return endedOf(row);
    });
  };

  /** As most groups are: nothing of it goes on. */
  const endAttemptedAll = async (
    tx: Transaction,
    settled: readonly Settled<Record>[],
    facts: readonly (string | null)[],
  ): Promise<void> => {
    const states = settled.map(({ state }) => state ?? 'canceled');
    const [row] = await endAttempted(tx, engine, ...attemptsOf(settled, facts), states);
    const ended = endedOf(row);
    if (ended.size === settled.length) return;
    // Their rows may have changed while the statement waited for them.
    await endAll(
      tx,
      settled.filter(({ item }) => !ended.has(item.id)),
      new Set(),
    );
  };

  const store = async (settled: readonly Settled<Record>[], record: SettlerOptions<Record>['record']): Promise<void> => {
    const health = options.health();
    const storing = database.queueTransaction(async (tx) => {
      const facts = await record(tx, settled);
      const goesOn = settled.filter(({ state }) => state === undefined);
      if (goesOn.length === 0) await endAttemptedAll(tx, settled, facts);
      else {
        await insertAttempts(tx, engine, ...attemptsOf(settled, facts));
        const canceled = await putOffAll(tx, goesOn);
        await endAll(
          tx,
          settled.filter(({ state, item }) => state !== undefined || canceled.has(item.id)),
          canceled,
        );
      }
      if (health.length > 0) {
        await storeHealth(
          tx,
          engine,
          options.hubId,
          health.map(({ target }) => target),
          health.map(({ succeeded }) => succeeded),
          health.map(({ failingSince }) => failingSince),
          health.map(({ failures }) => failures),
          health.map(({ code }) => code),
          health.map(({ breaker }) => breaker),
          health.map(({ until }) => until),
          health.map(({ step }) => step),
        );
      }
    });
    try {
      await storing;
    } catch (error) {
      options.healthLost(health);
      throw error;
    }
  };

  const patient = createPatientStore<Settled<Record>>({
    store: (settled, whole) => store(settled, whole ? options.record : async () => settled.map(() => null)),
    givesUp: options.givesUp,
    nameOf: ({ item: { target, id, number } }) => ({ target, delivery: id, attempt: number }),
  });
  const batcher = createBatcher<Settled<Record>, Promise<undefined> | undefined>({
    async flush(settled) {
      const later = await patient.store(settled);
      return settled.map((one) => later.get(one));
    },
    weightOf: ({ outcome }) => (outcome ? options.weigh(outcome.record) : 0),
    maxItems: MOST,
    maxWeight: MOST_BYTES,
    maxInFlight: options.groups.atOnce,
    ...(options.groups.gather && { gather: options.groups.gather }),
    // The engine begins nothing while too much waits to be stored: nothing is turned away here.
    queueBound: Number.POSITIVE_INFINITY,
    queueWeight: Number.POSITIVE_INFINITY,
  });
  return {
    submit: async (settled) => await batcher.submit(settled),
    async stop() {
      await batcher.stop();
      await patient.stop();
    },
  };
}
