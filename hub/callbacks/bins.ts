import { type Batcher, createBatcher } from '../core/database/batcher.ts';
import type { Database } from '../core/database/database.ts';
import { publish } from '../core/events/publish.ts';
import type { SecretKey } from '../core/identity/secret-key.ts';
import { notesOf } from '../core/telemetry/channels.ts';
import type { BinAnswer } from './bin.ts';
import { sealRequest, type TakenRequest } from './bin-request.ts';
import { countRequests, insertRequests, sweepRequests, trimRequests } from './sql/bins.ts';

/**
 * Takes requests into bins.
 *
 * started -> (requests come: stored in groups, each bin keeps its newest; every hour those too old are removed) -> stop(): pauses end, what has
 * come is stored -> stopped.
 */
export interface Bins {
  /** Stores a request. @returns what its bin answers; undefined when there is no such bin. @throws HubError BUSY, STORE_UNAVAILABLE. */
  take(token: string, request: TakenRequest): Promise<TakenBin | undefined>;
  /** Waits for the delay of an answer. @returns false when it was ended before. */
  pause(ms: number, signal: AbortSignal): Promise<boolean>;
  stop(): Promise<void>;
}

export interface TakenBin {
  readonly binId: number;
  readonly number: number;
  readonly answer: BinAnswer;
}

export interface BinsOptions {
  readonly database: Database;
  readonly secretKey: SecretKey;
  /** How many requests a bin keeps, and how many days. */
  readonly keep: number;
  readonly days: number;
}

interface Sealed {
  readonly token: string;
  readonly request: TakenRequest;
  readonly contentType: string | null;
  readonly bytes: number;
  readonly sealed: Buffer;
}

const notes = notesOf('callbacks.bins');
const SWEEP_EVERY = 3_600_000;
const SWEEP_ROWS = 200;
const MIB = 1024 * 1024;

const headerOf = (headers: TakenRequest['headers'], name: string): string | null =>
  headers.find(([given]) => given.toLowerCase() === name)?.[1] ?? null;

/** Numbers the requests of each bin in the order in which they came, stores them, and lets the oldest go. */
async function store(
  { database, keep }: Pick<BinsOptions, 'database' | 'keep'>,
  items: readonly Sealed[],
): Promise<(TakenBin | undefined)[]> {
  const counts = new Map<string, number>();
  for (const { token } of items) counts.set(token, (counts.get(token) ?? 0) + 1);
  return database.transaction(async (tx) => {
    const bins = new Map((await countRequests(tx, [...counts.keys()], [...counts.values()])).map((row) => [row.token, row]));
    const next = new Map([...bins.values()].map(({ token, taken }) => [token, taken - (counts.get(token) ?? 0)]));
    const taken = items.map(({ token }) => {
      const bin = bins.get(token);
      if (!bin) return undefined;
      const number = (next.get(token) ?? 0) + 1;
      next.set(token, number);
      return { binId: bin.binId, number, answer: bin.answer };
    });
    const rows = items.flatMap((item, at) => {
      const place = taken[at];
      return place ? [{ ...item, ...place }] : [];
    });
    if (rows.length === 0) return taken;
    await insertRequests(
      tx,
      rows.map(({ binId }) => binId),
      rows.map(({ number }) => number),
      rows.map(({ request }) => request.via),
      rows.map(({ request }) => request.personal),
      rows.map(({ request }) => request.method),
      rows.map(({ contentType }) => contentType),
      rows.map(({ bytes }) => bytes),
      rows.map(({ answer }) => (answer.close ? null : answer.status)),
      rows.map(({ sealed }) => sealed),
    );
    const present = [...bins.values()];
    await trimRequests(
      tx,
      present.map(({ binId }) => binId),
      present.map((bin) => bin.taken - keep),
    );
    await publish(
      tx,
      ...present.map(({ binId, organizationId, token, taken: last }) => ({
        type: 'vestnik.callbacks.bin.received',
        subject: `bin/${binId}`,
        data: { bin_id: binId, organization_id: organizationId, first: last - (counts.get(token) ?? 1) + 1, last },
      })),
    );
    return taken;
  });
}

export function startBins(options: BinsOptions): Bins {
  const { database, secretKey, days } = options;
  const ending = new AbortController();
  const batcher: Batcher<Sealed, TakenBin | undefined> = createBatcher({
    flush: (items) => store(options, items),
    weightOf: ({ sealed }) => sealed.length,
    maxItems: 64,
    maxWeight: 4 * MIB,
    maxInFlight: 1,
    queueBound: 2_000,
    queueWeight: 64 * MIB,
  });

  const sweep = async (): Promise<void> => {
    try {
      while (!ending.signal.aborted && (await sweepRequests(database.work, days, SWEEP_ROWS)).length === SWEEP_ROWS);
    } catch (error) {
      notes.warn('old requests of bins could not be removed; the next hour tries again', {}, error);
    }
  };
  let turn: Promise<void> = Promise.resolve();
  let sweeping: Promise<void> | undefined;
  const timer = setInterval(() => {
    sweeping = sweep();
  }, SWEEP_EVERY);
  timer.unref();

  return {
    async take(token, request) {
      const contentType = headerOf(request.headers, 'content-type')?.slice(0, 200) ?? null;
      const sealing = sealRequest(secretKey, token, request);
      // Small ones are packed sooner than large ones, but requests are numbered in the order in which they came.
      const place = turn
        .then(() => sealing)
        .then((sealed) => ({ stored: batcher.submit({ token, request, contentType, bytes: request.body?.length ?? 0, sealed }) }));
      turn = place.then(
        () => undefined,
        () => undefined,
      );
      return (await place).stored;
    },
    pause(ms, signal) {
      const end = AbortSignal.any([signal, ending.signal]);
      if (end.aborted) return Promise.resolve(false);
      if (ms <= 0) return Promise.resolve(true);
      return new Promise((resolve) => {
        const finish = (whole: boolean): void => {
          clearTimeout(pause);
          end.removeEventListener('abort', cut);
          resolve(whole);
        };
        const cut = (): void => finish(false);
        const pause = setTimeout(finish, ms, true);
        end.addEventListener('abort', cut, { once: true });
      });
    },
    async stop() {
      clearInterval(timer);
      ending.abort();
      await turn;
      await batcher.stop();
      await sweeping;
    },
  };
}
