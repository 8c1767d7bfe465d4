import type { Transaction } from '../../core/database/statement.ts';
import type { Settled } from '../../core/deliveries/settle.ts';
import { measure } from '../../core/telemetry/channels.ts';
import type { AttemptOutcome } from '../channels/driver.ts';
import { RESULT } from '../result.ts';
import { type AttemptNews, applyTurns, type Step } from './apply-turns.ts';
import { lockAttempts } from './lock-attempts.ts';
import type { RunBook } from './run-book.ts';
import { belated, settlement } from './settlement.ts';
import type { Standing } from './standing.ts';
import { tellAttempts } from './tell-attempts.ts';

/** What an attempt left behind, for the transaction that stores it. */
export interface AttemptRecord {
  /** Undefined: it was found under way after a crash, and was not made again. */
  readonly outcome: AttemptOutcome | undefined;
  /** Number of the channel that was used. */
  readonly channel: number | null;
}

export interface SettlePorts {
  readonly book: RunBook;
  /** Told after each group of outcomes, before its commit: runs of which something ended, groups whose attempts are over. */
  settled(runs: ReadonlySet<number>, groups: readonly number[]): void;
}

/** It was made; it is no part that another target has in it. */
const isOwn = ({ attempt, origin }: Standing): boolean => attempt === origin;
const NOTHING_KNOWN = { code: 'lost', detail: 'the hub stopped during the attempt' };

/** Stores what came of attempts and moves their targets, in the transaction in which the engine ends them (specification of alerts 4.9.3). */
export function settleAttempts({ book, settled: tell }: SettlePorts) {
  return async (tx: Transaction, settled: readonly Settled<AttemptRecord>[]): Promise<readonly null[]> => {
    const standing = await lockAttempts(
      tx,
      settled.map(({ item }) => Number(item.ref)),
    );
    const runs = await book.of(
      tx,
      standing.map(({ runId }) => runId),
    );
    const settledOf = new Map(settled.map((one) => [Number(one.item.ref), one]));
    const ends: { row: Standing; result: number | null; record: AttemptRecord | undefined }[] = [];
    const steps: Step[] = [];
    const told = new Map<number, AttemptOutcome>();
    for (const row of standing) {
      const run = runs.get(row.runId);
      const of = settledOf.get(row.origin);
      if (!run || !of) continue;
      const { item, endedAt } = of;
      const record = of.outcome?.record;
      // One that was settled before: as unknown, by the hub that took over, or by this one, whose commit was not answered.
      if (row.ended) {
        const late = belated(row, record?.outcome, run.manner, endedAt);
        if (!late) continue;
        if (late.told && record?.outcome) told.set(row.origin, record.outcome);
        else ends.push({ row, result: null, record });
        if (late.turn)
          steps.push({
            row,
            turn: late.turn,
            channel: record?.channel ?? null,
            confirmedBy: null,
            detail: record?.outcome?.detail ?? null,
            avoidGroup: null,
          });
        continue;
      }
      const { result, turn } = settlement(row, record?.outcome, run.manner, endedAt);
      ends.push({ row, result, record });
      if (isOwn(row)) {
        measure('vestnik_alerts_attempts_total', 1, { kind: item.type, result: record?.outcome?.result ?? 'unknown' });
        if (result === RESULT.unknown) measure('vestnik_alerts_unknown_attempts_total', 1);
      }
      if (!row.current || row.state !== 'u') continue;
      const failed = result === RESULT.channelError;
      steps.push({
        row,
        turn,
        channel: record?.channel ?? null,
        confirmedBy: null,
        detail: record?.outcome?.detail ?? NOTHING_KNOWN.detail,
        avoidGroup: failed ? row.groupId : null,
        uncounted: result === RESULT.cancelled || result === RESULT.queued,
      });
    }
    const news = ends.map(
      ({ row, result, record }): AttemptNews => ({
        attempt: row.attempt,
        ended: true,
        result,
        code: record?.outcome?.code ?? NOTHING_KNOWN.code,
        detail: record?.outcome?.detail ?? NOTHING_KNOWN.detail,
        channel: record?.channel ?? null,
        parts: isOwn(row) && record?.outcome?.result === 'submitted' ? record.outcome.messageIds.length : 0,
        confirmed: false,
      }),
    );
    const parts = ends.flatMap(({ row, record }) => {
      if (!isOwn(row) || record?.outcome?.result !== 'submitted') return [];
      return record.outcome.messageIds.map((id, place) => ({ group: row.groupId, id, attempt: row.attempt, place }));
    });
    const touched = (await applyTurns(tx, steps, news, parts)).union(await tellLate(tx, book, told));
    tell(
      touched,
      settled.map(({ item }) => item.target),
    );
    return settled.map(() => null);
  };
}

/** Attempts in doubt of which it is known by now that the far side has them. */
function tellLate(
  tx: Transaction,
  book: RunBook,
  told: ReadonlyMap<number, AttemptOutcome>,
): Promise<ReadonlySet<number>> | ReadonlySet<number> {
  if (told.size === 0) return new Set<number>();
  return tellAttempts(tx, book, [...told.keys()], ({ origin }) => ({
    result: RESULT.notified,
    code: told.get(origin)?.code,
    detail: told.get(origin)?.detail,
  }));
}
