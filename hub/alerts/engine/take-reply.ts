import { hash, timingSafeEqual } from 'node:crypto';
import type { Transaction } from '../../core/database/statement.ts';
import { publish } from '../../core/events/publish.ts';
import { SYSTEM } from '../../core/identity/caller.ts';
import type { SecretKey } from '../../core/identity/secret-key.ts';
import type { Incoming } from '../channels/driver.ts';
import { TASK_TYPE } from '../kinds.ts';
import { openPin } from '../person-row.ts';
import { type DialPlan, normalPhone } from '../phone.ts';
import { RESULT } from '../result.ts';
import { insertLog } from '../sql/log.ts';
import { confirmableAttempts } from '../sql/settle.ts';
import type { RunBook } from './run-book.ts';
import { tellAttempts } from './tell-attempts.ts';

export interface ReplyPorts {
  readonly book: RunBook;
  readonly secretKey: SecretKey;
  readonly plan: DialPlan;
  /** Hours in which a reply may still confirm. */
  readonly hours: number;
}

/** Words of a reply that are compared, of each way to part it. */
const MOST_WORDS = 50;
/** A PIN may hold marks and blanks itself, or stand between some: `a.b`, `(4321)`, `PIN:4321`. */
const BETWEEN_WORDS = [/\s+/u, /[\s.,;:!?]+/u, /[^\p{L}\p{N}]+/u];
const wordsOf = (text: string): string[] => {
  const whole = text.trim();
  return [whole, ...BETWEEN_WORDS.flatMap((between) => whole.split(between, MOST_WORDS))];
};
const digest = (text: string): Buffer => hash('sha256', text, 'buffer');
/** In constant time for each word. */
const holds = (words: readonly string[], wanted: string): boolean =>
  wanted !== '' && words.reduce((found, word) => timingSafeEqual(digest(word), digest(wanted)) || found, false);

/**
 * Takes a message that somebody has sent to us: a reply from a number that was told something confirms it (specification of alerts 4.5): any reply,
 * or one with the subscriber's PIN or the run's code. Of several that it fits, the newest is meant. Anything else stands in the log.
 * @returns runs of which something ended
 */
export async function takeReply(
  tx: Transaction,
  ports: ReplyPorts,
  { from, text }: Pick<Incoming, 'from' | 'text'>,
): Promise<ReadonlySet<number>> {
  const { book, secretKey, plan, hours } = ports;
  const address = normalPhone(from, plan) ?? from;
  const candidates = await confirmableAttempts(tx, address, TASK_TYPE.sms, hours);
  const runs = await book.of(
    tx,
    candidates.map(({ runId }) => runId),
  );
  const words = wordsOf(text);
  const meant = candidates.find(({ runId, personId, pin }) => {
    const frozen = runs.get(runId)?.row.frozen;
    switch (frozen?.confirmation.kind) {
      case 'key':
        return true;
      case 'pin':
        return holds(words, openPin({ secretKey }, personId, pin));
      case 'code':
        return holds(words, frozen.code ?? '');
      default:
        return false;
    }
  });
  await publish(tx, {
    type: 'vestnik.alerts.reply.received',
    data: { from: address, confirms: meant !== undefined, run: meant?.runId ?? null },
  });
  if (!meant) {
    // What it says may be a PIN, mistyped.
    await insertLog(tx, 'info', SYSTEM.login, `Получено SMS с номера ${address}, которое ничего не подтверждает`);
    return new Set();
  }
  const fact = { result: RESULT.confirmed, code: undefined, detail: undefined, confirmedBy: 'sms' };
  return tellAttempts(tx, book, [meant.attempt], () => fact);
}
