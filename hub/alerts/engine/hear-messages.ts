import type { Database } from '../../core/database/database.ts';
import type { Transaction } from '../../core/database/statement.ts';
import type { Incoming } from '../channels/driver.ts';
import type { RunningGroup } from './channel-groups.ts';
import { createRepeats } from './repeats.ts';
import { type JoinedText, takePart } from './take-part.ts';
import { type ReplyPorts, takeReply } from './take-reply.ts';

export interface MessageEar {
  database: Pick<Database, 'transaction'>;
  reply(): ReplyPorts;
  /** Told after the commit: runs of which something ended. */
  touched(runs: ReadonlySet<number>): void;
}

/** How long a message is known again, and how many of them. Milliseconds. */
const KEPT = 60_000;
const MOST = 10_000;

/**
 * Hears messages that people send to us: whole ones, and parts of long ones, which count when all have come. A copy within a minute is passed over: it would be taken for
 * the answer to an older message.
 * @returns resolves after the commit
 */
export function hearMessages({ database, reply, touched }: MessageEar): (group: RunningGroup, message: Incoming) => Promise<void> {
  const repeats = createRepeats(KEPT, MOST);
  return async (group, message) => {
    const { part } = message;
    const keyOf = ({ from, id, text }: JoinedText & { readonly id?: string | undefined }): string => `${group.id} ${from} ${id ?? text}`;
    if (!part && repeats.has(keyOf(message))) return;
    const taken: string[] = [];
    const take = async (tx: Transaction): Promise<ReadonlySet<number>> => {
      let runs: ReadonlySet<number> = new Set();
      for (const whole of part ? await takePart(tx, group.id, { ...message, part }) : [message]) {
        if (repeats.has(keyOf(whole))) continue;
        runs = runs.union(await takeReply(tx, reply(), whole));
        taken.push(keyOf(whole));
      }
      return runs;
    };
    touched(await database.transaction(take));
    for (const key of taken) repeats.add(key);
  };
}
