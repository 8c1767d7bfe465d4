import type { Database } from '../database/database.ts';
import { ENGINES, type EngineName, FIRSTS, GIVE_BACK } from './enqueue.ts';
import { DELIVERY_CHANNEL } from './sql/due.ts';
import type { TargetQueue } from './target-queue.ts';
import type { Targets } from './targets.ts';

/**
 * How the engine hears that there is something to do: from notifications of the database, and from looks at a part of the targets now and then, the
 * safety net under lost notifications.
 *
 * Made -> `start`: listening and looking -> `stop`: deaf, and nothing is woken any more.
 */
export interface News {
  start(): void;
  /** There is something due for the targets (none named: for any), or their policy has changed. */
  wake(targets?: readonly number[]): void;
  stop(): void;
}

interface NewsOptions {
  readonly database: Database;
  readonly engine: EngineName;
  readonly targets: Targets;
  /** Something of the target may begin. */
  ready(queue: TargetQueue): void;
  returnAll(queue: TargetQueue): Promise<void>;
  /** Looks after the lease and after whose the targets are. */
  tend(): Promise<void>;
  wantClaim(): void;
  turn(): void;
}

/** How often targets are looked at, in milliseconds, and how many each time. */
const LOOK_EVERY = 1_000;
const LOOKED_AT = 1_000;
/** Each so many of those looks at a target begin at the beginning of its lane. */
const LOOKS_AGAIN = 10;

export function createNews({ database, engine, targets, ready, returnAll, tend, wantClaim, turn }: NewsOptions): News {
  let unlisten: (() => void) | undefined;
  let looking: NodeJS.Timeout | undefined;
  /** Where the last look ended, among all targets. */
  let lookedTo = 0;
  let stopped = false;

  const wake = (named?: readonly number[], firsts = false): void => {
    if (stopped) return;
    const woken = named ? named.map((target) => targets.get(target)) : targets.all();
    for (const queue of woken) {
      if (!queue) continue;
      queue.dirty = true;
      // Where only first attempts are new, nobody need ask for later ones.
      if (!firsts) queue.laterAt = 0;
      if (queue.held > 0) ready(queue);
    }
    // A target that nobody owns yet is nobody's to wake; those of other hubs are asked for only once.
    if (named && targets.meet(named)) void tend();
    wantClaim();
    turn();
  };

  const look = (): void => {
    const all = targets.all();
    if (all.length === 0) return;
    for (let n = 0; n < Math.min(LOOKED_AT, all.length); n += 1) {
      lookedTo = (lookedTo + 1) % all.length;
      const queue = all[lookedTo] as TargetQueue;
      queue.dirty = true;
      // What another hub gave back late may lie before the place.
      queue.looks += 1;
      if (queue.looks % LOOKS_AGAIN === 0) queue.rewind(0);
      if (queue.held > 0) ready(queue);
      if (queue.laterAt === undefined) queue.laterAt = 0;
    }
    wantClaim();
    turn();
  };

  return {
    start() {
      unlisten = database.listener.subscribe(DELIVERY_CHANNEL, {
        notify(payload) {
          const [name, ids = '', what] = payload.split(':');
          if (Number(name) !== ENGINES[engine]) return;
          const named = ids === '' ? undefined : ids.split(',').map(Number);
          if (what === GIVE_BACK) for (const queue of (named ?? []).flatMap((target) => targets.get(target) ?? [])) void returnAll(queue);
          else wake(named, what === FIRSTS);
        },
        resync: () => void tend().then(() => wake()),
      });
      looking = setInterval(look, LOOK_EVERY).unref();
    },
    wake: (named) => wake(named),
    stop() {
      stopped = true;
      clearInterval(looking);
      unlisten?.();
    },
  };
}
