import type { Database } from '../database/database.ts';
import { notesOf } from '../telemetry/channels.ts';
import {
  fairPart,
  forgetHubs,
  markLeaving,
  type OwnedRow,
  ownedTargets,
  releaseTargets,
  removeHub,
  renewHub,
  takeTargets,
} from './sql/targets.ts';

/**
 * Which targets belong to this hub. A target has one owner at a time, so that capacity, rate and order hold over all hubs without asking the
 * database for each attempt.
 *
 * A hub is silent -> `tend` (repeated) -> alive for a lease -> not renewed: lapsed (it begins nothing more) -> renewed: alive again, but for
 * one lease it takes nothing from hubs that seem dead: after an outage of the database all seem so.
 * A target is free -> owned -> asked back, because another hub has fewer -> `release` once nothing is under way -> free; the targets of a
 * hub whose lease has run out are taken by others.
 */
export interface Ownership {
  /** Renews the lease, and takes free targets. @returns what is owned now, and how many are too many. */
  tend(): Promise<{ owned: readonly OwnedRow[]; surplus: number }>;
  /** Gives targets back. */
  release(targets: readonly number[]): Promise<void>;
  /** This hub is about to end: the others share the targets out without it, and its lease goes on while it drains. */
  withdraw(): Promise<void>;
  renew(): Promise<void>;
  /** Whether the lease still has time; measured on this process's own clock. */
  readonly alive: boolean;
  /** The database's clock now, milliseconds since 1970, as far as this process can tell. */
  now(): number;
  /** Gives the lease up. */
  leave(): Promise<void>;
}

const notes = notesOf('deliveries');
/** Part of the lease after which this hub no longer trusts it. */
const TRUSTED = 2 / 3;
const AGING = 1.05;

export function createOwnership(options: { database: Database; engine: number; hubId: string; lease: number }): Ownership {
  const { database, engine, hubId, lease } = options;
  let renewedAt = Number.NEGATIVE_INFINITY;
  let aliveSince = Number.NEGATIVE_INFINITY;
  let everAlive = false;
  let offset = Date.now() - performance.now();
  /** The quickest answer of late, milliseconds; the longer it is ago the less it counts. */
  let shortest = Number.POSITIVE_INFINITY;

  const alive = (): boolean => performance.now() - renewedAt < lease * TRUSTED;

  const renew = async (): Promise<number> => {
    const asked = performance.now();
    const [row] = await renewHub(database.queue, engine, hubId, lease);
    if (everAlive && !alive()) {
      aliveSince = asked;
      notes.warn('the lease of this hub had run out; deliveries go on', { engine });
    }
    if (row) {
      const before = offset;
      const trip = performance.now() - asked;
      const fresh = row.now - (asked + trip / 2);
      shortest *= AGING;
      // A slow answer tells the time no better than to half of its way; unless it cannot be reconciled with what we had, a quicker one counts.
      if (!everAlive || trip <= shortest || Math.abs(fresh - before) > trip / 2) {
        offset = fresh;
        shortest = trip;
      }
      if (everAlive && Math.abs(offset - before) > lease * (1 - TRUSTED)) {
        // By a clock that has jumped, hubs that live seem dead.
        aliveSince = asked;
        notes.warn('the clock of the database has jumped', { engine, milliseconds: Math.round(offset - before) });
      }
    }
    everAlive = true;
    renewedAt = asked;
    return asked;
  };

  return {
    get alive() {
      return alive();
    },
    now: () => performance.now() + offset,
    async tend() {
      const asked = await renew();
      const [fair] = await fairPart(database.queue, engine);
      const part = fair?.part ?? 0;
      const before = await ownedTargets(database.queue, engine, hubId);
      const lack = part - before.length;
      if (lack > 0) await takeTargets(database.queue, engine, hubId, lack, asked - aliveSince >= lease);
      const owned = lack > 0 ? await ownedTargets(database.queue, engine, hubId) : before;
      await forgetHubs(database.queue, engine);
      return { owned, surplus: Math.max(0, before.length - part) };
    },
    async release(targets) {
      if (targets.length === 0) return;
      await releaseTargets(database.queue, engine, hubId, targets);
    },
    async withdraw() {
      await markLeaving(database.queue, engine, hubId);
    },
    async renew() {
      await renew();
    },
    async leave() {
      await removeHub(database.queue, engine, hubId);
    },
  };
}
