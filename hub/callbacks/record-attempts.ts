import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import type { Queryable, Transaction } from '../core/database/statement.ts';
import type { Settled } from '../core/deliveries/settle.ts';
import { HubError } from '../core/errors.ts';
import { SYSTEM } from '../core/identity/caller.ts';
import type { SecretKey } from '../core/identity/secret-key.ts';
import { measure } from '../core/telemetry/channels.ts';
import { type Exchange, readBlock, writeBlock } from './body-block.ts';
import type { AttemptRecord } from './deliver-callback.ts';
import { disableEndpoint } from './disable-endpoint.ts';
import { reportTroubles } from './report-troubles.ts';
import { bodiesOf, insertBodies } from './sql/deliveries.ts';
import { lockBody, replaceBody } from './sql/erase.ts';

const PURPOSE = 'callbacks.bodies';
const pack = promisify(deflateRaw);
const unpack = promisify(inflateRaw);
/** Fast rather than small: bodies of one block are much alike. */
const LEVEL = 1;
const MOST_UNPACKED = 512 * 1024 * 1024;
/** Endpoints with a label of their own in the metrics; the rest is `other`. */
const MOST_LABELS = 1_000;

const labels = new Set<number>();
function labelOf(endpoint: number): string {
  if (labels.size < MOST_LABELS) labels.add(endpoint);
  return labels.has(endpoint) ? String(endpoint) : 'other';
}

/** Where an attempt's bytes are: `block` and the place in it. */
export interface BodyPlace {
  readonly block?: string;
  readonly place?: number;
}

async function seal(secretKey: SecretKey, block: string, exchanges: readonly (Exchange | undefined)[]): Promise<Buffer> {
  return secretKey.seal(PURPOSE, await pack(writeBlock(exchanges), { level: LEVEL }), block);
}

/** Keeps the bytes of one attempt. @param days how long. @returns where they are. */
export async function keepExchange(tx: Transaction, secretKey: SecretKey, exchange: Exchange, days: number): Promise<BodyPlace> {
  const block = randomUUID();
  await insertBodies(tx, [block], [days], [await seal(secretKey, block, [exchange])]);
  return { block, place: 0 };
}

/**
 * The module's part of storing outcomes: the bytes of all attempts in sealed blocks, one for each time that they are kept; and endpoints whose
 * receiver is gone are disabled. Blocks are packed before the transaction is asked to do anything.
 */
export function recordAttempts(secretKey: SecretKey) {
  const report = reportTroubles();
  return async (tx: Transaction, settled: readonly Settled<AttemptRecord>[]): Promise<(string | null)[]> => {
    const byDays = new Map<number, { readonly block: string; readonly exchanges: Exchange[] }>();
    const facts = settled.map(({ item, outcome, begunAt, endedAt, state }) => {
      const record = outcome?.record;
      count(item.target, item.lane, outcome?.status ?? null, outcome?.code ?? null, state, (endedAt - begunAt) / 1000);
      if (state === 'delivered') measure('vestnik_callback_event_to_receipt_seconds', Math.max(0, endedAt - item.createdAt) / 1000);
      if (!record) return null;
      const { exchange, endpoint } = record;
      if (!exchange || !endpoint) return JSON.stringify(record.facts);
      const days = endpoint.settings.retention_days.bodies;
      const group = byDays.get(days) ?? { block: randomUUID(), exchanges: [] };
      byDays.set(days, group);
      const place: BodyPlace = { block: group.block, place: group.exchanges.length };
      group.exchanges.push(exchange);
      return JSON.stringify({ ...record.facts, ...place });
    });
    const groups = [...byDays];
    const sealed = await Promise.all(groups.map(([, { block, exchanges }]) => seal(secretKey, block, exchanges)));
    if (groups.length > 0) {
      await insertBodies(
        tx,
        groups.map(([, { block }]) => block),
        groups.map(([days]) => days),
        sealed,
      );
    }
    await report(tx, settled);
    const gone = new Set(settled.flatMap(({ item, outcome }) => (outcome?.record?.gone ? [item.target] : [])));
    for (const endpoint of gone) {
      try {
        await disableEndpoint(tx, SYSTEM, endpoint, 'the receiver answered 410 Gone');
      } catch (error) {
        // Somebody has deleted it meanwhile: there is nothing to disable, and the attempt is stored all the same.
        if (!(error instanceof HubError && error.code === 'NOT_FOUND')) throw error;
      }
    }
    return facts;
  };
}

function count(
  endpoint: number,
  lane: 0 | 1,
  status: number | null,
  code: string | null,
  state: string | undefined,
  seconds: number,
): void {
  const laneName = lane === 0 ? 'first' : 'retry';
  const outcome = state === 'delivered' ? 'delivered' : (code ?? (status === null ? 'unknown' : String(status)));
  measure('vestnik_callback_attempts_total', 1, { endpoint: labelOf(endpoint), lane: laneName, outcome });
  measure('vestnik_callback_attempt_seconds', seconds, { lane: laneName });
  if (state !== undefined) measure('vestnik_callback_deliveries_total', 1, { endpoint: labelOf(endpoint), state });
}

async function openBlock(secretKey: SecretKey, block: string, sealed: Buffer): Promise<(Exchange | undefined)[]> {
  return readBlock(await unpack(secretKey.open(PURPOSE, sealed, block), { maxOutputLength: MOST_UNPACKED }));
}

/** Empties places of a block, for good: it is sealed anew. One that is gone stays so. */
export async function blankExchanges(tx: Transaction, secretKey: SecretKey, block: string, places: ReadonlySet<number>): Promise<void> {
  const [row] = await lockBody(tx, block);
  if (!row) return;
  const exchanges = await openBlock(secretKey, block, row.sealed);
  const left = exchanges.map((exchange, place) => (places.has(place) ? undefined : exchange));
  await replaceBody(tx, block, await seal(secretKey, block, left));
}

/** What an attempt sent and got; undefined when it is no longer kept or was erased. @throws HubError INTERNAL when the block was damaged. */
export async function readExchange(db: Queryable, secretKey: SecretKey, { block, place }: BodyPlace): Promise<Exchange | undefined> {
  if (block === undefined || place === undefined) return undefined;
  const [row] = await bodiesOf(db, [block]);
  if (!row) return undefined;
  return (await openBlock(secretKey, block, row.sealed))[place];
}
