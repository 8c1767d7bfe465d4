import { measure, notesOf } from '../../../core/telemetry/channels.ts';
import type { ChannelNews, Receipt } from '../driver.ts';
import { storable } from '../sms-text.ts';
import { createKnownIds } from './known-ids.ts';
import { canonicalId } from './message-id.ts';
import { type ShortMessage, STATUS } from './pdu.ts';
import { readText } from './read-text.ts';
import { type RawReceipt, readReceipt, verdictOf } from './receipt.ts';

const notes = notesOf('alerts.smpp');

export interface Receiver {
  /** A deliver_sm of the centre. @returns the status of the answer, once the fact is committed, or told to come again */
  deliver(message: ShortMessage): Promise<number>;
  /** The centre has taken a part. @returns the id under which its receipt will be told */
  taken(id: string, address: string): string;
  /** A part is no longer under way: receipts may have waited for that. */
  answered(): void;
  /** No receipt waits any more: nothing is under way. */
  flush(): void;
}

interface Held {
  readonly receipt: RawReceipt & { readonly id: string };
  readonly address: string;
  /** Units up to this serial were sent before it came. */
  readonly upTo: number;
  readonly since: number;
  readonly settle: (id: string) => void;
}

/** Receipts that may wait for the answer to their message; more are told to come again. */
const MOST_HELD = 10_000;
/** Specification 5.2; a missing answer ends the link, and with it the wait, long before. */
const KEEP = 600_000;

/**
 * What comes from the centre: receipts go to the messages they belong to, messages and parts of long ones are handed on, and the centre hears that something was
 * taken only when it is committed.
 *
 * A receipt whose id nobody knows may be early: its message has been sent and not yet answered. It waits until everything that was under way when it
 * came has been answered, then it is told whatever its id is.
 * @param oldest serial of the oldest unit under way in the group
 * @param lastSerial serial of the unit sent last
 */
export function createReceiver(news: ChannelNews, oldest: () => number | undefined, lastSerial: () => number): Receiver {
  const known = createKnownIds();
  let held: Held[] = [];
  /** Told in the next turn: by then those who wait for an attempt that ended in this one have heard of it. */
  let turn: (() => void)[] = [];

  const nextTurn = (): Promise<void> =>
    new Promise((resolve) => {
      if (turn.push(resolve) > 1) return;
      setImmediate(() => {
        const waiting = turn;
        turn = [];
        for (const go of waiting) go();
      });
    });

  async function tell(fact: () => Promise<void>): Promise<number> {
    try {
      await fact();
      return STATUS.ok;
    } catch (error) {
      notes.warn('a message of the centre could not be stored; it is asked to send it again', {}, error);
      return STATUS.receiverTemporary;
    }
  }

  function idOf(receipt: RawReceipt & { readonly id: string }, address: string): string | Promise<string> | undefined {
    const id = known.find(receipt.id, address);
    if (id !== undefined) return id;
    const upTo = lastSerial();
    if ((oldest() ?? Number.POSITIVE_INFINITY) > upTo) return canonicalId(receipt.id);
    if (held.length >= MOST_HELD) return undefined;
    return new Promise((settle) => held.push({ receipt, address, upTo, since: performance.now(), settle }));
  }

  async function takeReceipt(raw: RawReceipt, address: string): Promise<number> {
    const verdict = verdictOf(raw);
    if (raw.id === undefined) {
      measure('vestnik_alerts_smpp_dropped_total', 1, { reason: 'nameless' });
      notes.warn('a receipt without an id was left out', { state: raw.state });
      return STATUS.ok;
    }
    if (!verdict) return STATUS.ok;
    const messageId = await idOf({ ...raw, id: raw.id }, address);
    if (messageId === undefined) return STATUS.receiverTemporary;
    await nextTurn();
    const receipt: Receipt = { messageId, result: verdict.result, code: raw.state, detail: verdict.detail };
    return tell(() => news.receipt(receipt));
  }

  /** Each part of a long message is stored by itself and then acknowledged: most centres send the next one only then. */
  function takeMessage(message: ShortMessage): Promise<number> {
    const { from, to, text, concatenation } = readText(message);
    const part = concatenation && concatenation.total > 1 ? concatenation : undefined;
    return tell(() => news.incoming({ from, to, text: part ? text : storable(text), id: undefined, ...(part && { part }) }));
  }

  /** Lets go the receipts that need not wait any more. */
  function release(all: boolean): void {
    if (held.length === 0) return;
    const first = all ? Number.POSITIVE_INFINITY : (oldest() ?? Number.POSITIVE_INFINITY);
    const now = performance.now();
    held = held.filter(({ receipt, address, upTo, since, settle }) => {
      const id = known.find(receipt.id, address) ?? (first > upTo || now - since > KEEP ? canonicalId(receipt.id) : undefined);
      if (id !== undefined) settle(id);
      return id === undefined;
    });
  }

  return {
    deliver(message) {
      const receipt = readReceipt(message);
      return receipt ? takeReceipt(receipt, message.source.number) : takeMessage(message);
    },
    taken: (id, address) => known.add(id, address),
    answered: () => release(false),
    flush: () => release(true),
  };
}
