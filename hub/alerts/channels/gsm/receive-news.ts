import { setTimeout as wait } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { measure, notesOf } from '../../../core/telemetry/channels.ts';
import type { ChannelNews } from '../driver.ts';
import { storable } from '../sms-text.ts';
import type { AtDialogue, AtNews } from './at-dialogue.ts';
import { messageId } from './message-id.ts';
import { PduError } from './pdu/pdu-error.ts';
import { type Delivered, decodeReceived, type StatusReport } from './pdu/received.ts';
import { meaningOf } from './receipt-status.ts';
import type { StartedModem } from './start-modem.ts';

const notes = notesOf('alerts.gsm');

/** So much longer than any other answer the list of a full memory takes: some hundred messages at the speed of an old port. */
const LISTING = 12;
/** News that wait for their turn; a modem that floods us is not followed without end. */
const MOST_WAITING = 1_000;
/** Milliseconds before a fact that could not be committed is offered again: doubled each time, from the first to the last. */
const FIRST_RETRY = 1_000;
const LAST_RETRY = 30_000;
const MOST_RETRIES = 20;
const PDU_LINE = /^[0-9A-Fa-f]{2,}$/;
const LISTED = /^\+CMGL: ?(\d{1,5}),/;

export interface NewsPorts {
  readonly dialogue: AtDialogue;
  readonly modem: StartedModem;
  readonly news: ChannelNews;
  /** Own number, for whoever reads the message. */
  readonly number: string;
  /** Milliseconds for the answer to a command. */
  readonly timeout: number;
  /** Resolves when a message to this number that is being sent, if any, has been answered for: its report may be faster than its other parts. */
  answered(address: string): Promise<void>;
  /** The session is over. */
  readonly signal: AbortSignal;
}

export interface NewsReceiver {
  take(news: Exclude<AtNews, { kind: 'registration' }>): void;
  /** Reads what is stored in the SIM or modem: after the start, and after something could not be committed. */
  readStored(): void;
  /** Now and then: repairs what a failed commit has left behind. */
  tick(): void;
  /** Resolves when nothing waits. */
  settled(): Promise<void>;
}

/** `failed`: it could not be committed. */
type Taken = 'taken' | 'failed';

/** A message or report together with its place in the memory of the SIM or modem, where it stands until it is committed. */
interface Found {
  readonly hex: string;
  readonly index: number | undefined;
}

/**
 * Hands on what a modem receives, one thing after the other: read -> committed by `ChannelNews` -> acknowledged (+CNMA) or deleted from the memory.
 * What cannot be committed is not acknowledged: the network or the memory keeps it, and where neither does, it is offered again for some minutes.
 */
export function createNewsReceiver(ports: NewsPorts): NewsReceiver {
  const { dialogue, modem, news, number, timeout, signal } = ports;
  let queue: Promise<void> = Promise.resolve();
  let waiting = 0;
  let routingDoubtful = false;
  let storedDoubtful = false;

  const drop = (why: string): void => {
    measure('vestnik_alerts_gsm_dropped_total', 1);
    notes.warn('something that the modem received was left out', { why });
  };
  const commit = async (store: () => Promise<void>, kept: boolean): Promise<boolean> => {
    for (let retries = 0, pause = FIRST_RETRY; ; retries += 1, pause = Math.min(2 * pause, LAST_RETRY)) {
      try {
        await store();
        return true;
      } catch (error) {
        notes.warn('something that the modem received could not be stored', { again: kept ? 'later' : `in ${pause} ms` }, error);
        if (kept || retries === MOST_RETRIES || signal.aborted) return false;
        await wait(pause, undefined, { signal }).catch(() => {});
      }
    }
  };
  /** Hands on a message, or a part of a long one: the network sends the next part only when this one is acknowledged. */
  const takeDelivered = async ({ from, at, text, concatenation }: Delivered, { index }: Found): Promise<Taken> => {
    const part = concatenation && concatenation.total > 1 ? concatenation : undefined;
    const id = part || at === undefined ? undefined : `${from}@${new Date(at).toISOString()}#${crc32(text).toString(16)}`;
    const message = { from, to: number, text: part ? text : storable(text), id, ...(part && { part }) };
    return (await commit(() => news.incoming(message), index !== undefined || modem.acknowledges)) ? 'taken' : 'failed';
  };
  const takeReport = async (report: StatusReport, { index }: Found): Promise<Taken> => {
    const meaning = meaningOf(report.status);
    if (!meaning) return 'taken';
    await ports.answered(report.address);
    const receipt = { messageId: messageId(report.reference, report.address), ...meaning };
    return (await commit(() => news.receipt(receipt), index !== undefined || modem.acknowledges)) ? 'taken' : 'failed';
  };
  const erase = async (index: number): Promise<void> => {
    const answer = await dialogue.ask({ text: `AT+CMGD=${index}`, timeout });
    if (answer.kind === 'refused') notes.warn('a message could not be deleted from the memory of the modem', { code: answer.code });
  };
  const takeFound = async (found: Found): Promise<void> => {
    let taken: Taken = 'taken';
    try {
      const received = decodeReceived(found.hex);
      taken = received.kind === 'deliver' ? await takeDelivered(received, found) : await takeReport(received, found);
    } catch (error) {
      // Acknowledged all the same: it would be as unreadable the next time.
      if (!(error instanceof PduError)) throw error;
      drop(error.message);
    }
    if (found.index !== undefined) {
      if (taken === 'taken') await erase(found.index);
      storedDoubtful ||= taken === 'failed';
    } else if (modem.acknowledges) {
      const acknowledged = taken === 'taken' && (await dialogue.ask({ text: 'AT+CNMA', timeout, urgent: true })).kind === 'ok';
      // Without the acknowledgement a modem stops telling messages.
      if (!acknowledged) routingDoubtful = true;
    }
  };
  const readOne = async (index: number): Promise<void> => {
    const answer = await dialogue.ask({ text: `AT+CMGR=${index}`, timeout });
    // Refused: there is nothing at this place any more. Without an answer it stays there, and is found by the next look.
    if (answer.kind === 'silent') storedDoubtful = true;
    const hex = answer.kind === 'ok' ? answer.lines.find((line) => PDU_LINE.test(line)) : undefined;
    if (hex !== undefined) await takeFound({ hex, index });
  };
  const readAll = async (): Promise<void> => {
    storedDoubtful = false;
    const answer = await dialogue.ask({ text: 'AT+CMGL=4', timeout: LISTING * timeout });
    if (answer.kind !== 'ok') {
      storedDoubtful = true;
      return;
    }
    for (const [line, text] of answer.lines.entries()) {
      const listed = LISTED.exec(text);
      const hex = answer.lines[line + 1];
      if (listed && hex !== undefined && PDU_LINE.test(hex)) await takeFound({ hex, index: Number(listed[1]) });
    }
  };
  const line = (work: () => Promise<void>): void => {
    if (waiting >= MOST_WAITING) {
      // What is stored is read later; what was told must be acknowledged, or told anew.
      if (modem.acknowledges) routingDoubtful = true;
      else storedDoubtful = true;
      drop('too much comes in at once');
      return;
    }
    waiting += 1;
    queue = queue
      .then(() => (signal.aborted ? undefined : work()))
      .catch((error: unknown) => notes.error('reading from the modem failed', {}, error))
      .finally(() => {
        waiting -= 1;
      });
  };
  const repairRouting = async (): Promise<void> => {
    if (modem.routing === undefined) return;
    const answer = await dialogue.ask({ text: modem.routing, timeout });
    if (answer.kind === 'ok') routingDoubtful = false;
  };
  return {
    take: (told) => line(() => (told.kind === 'pdu' ? takeFound({ hex: told.hex, index: undefined }) : readOne(told.index))),
    readStored: () => line(readAll),
    tick() {
      if (routingDoubtful) line(repairRouting);
      if (storedDoubtful) line(readAll);
    },
    settled: () => queue,
  };
}
