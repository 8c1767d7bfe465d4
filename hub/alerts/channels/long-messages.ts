import { type Concatenation, storable } from './sms-text.ts';

export interface ReceivedPart {
  readonly from: string;
  readonly to: string;
  readonly concatenation: Concatenation;
  readonly text: string;
}

export interface JoinedMessage {
  readonly from: string;
  readonly to: string;
  /** As the database can keep it. */
  readonly text: string;
  /** False when the time was over, or the room, before all parts had come; a part that is missing stands as `…`. */
  readonly complete: boolean;
}

interface Gathering {
  readonly from: string;
  readonly to: string;
  readonly total: number;
  readonly texts: Map<number, string>;
  readonly until: number;
}

export interface LongMessages {
  /**
   * Takes a part; gives the message when it was the last that was missing, and those that had to be given up for it. A part that came before is left
   * out. @param now in milliseconds, any zero
   */
  add(part: ReceivedPart, now: number): JoinedMessage[];
  /** Takes out the messages whose time is over. Call it every second or so. */
  overdue(now: number): JoinedMessage[];
}

/** No part of a short message is longer; what is longer was sent to fill the memory. */
export const LONGEST_PART = 254;

/** The text of a message by its parts; those that are missing stand as `…`. As the database can keep it. */
export function joinParts(texts: ReadonlyMap<number, string>, total: number): string {
  let text = '';
  let gap = false;
  for (let place = 1; place <= total; place++) {
    const part = texts.get(place);
    if (part !== undefined) text += part;
    else if (!gap) text += '…';
    gap = part === undefined;
  }
  return storable(text);
}

const join = ({ from, to, total, texts }: Gathering): JoinedMessage => ({
  from,
  to,
  text: joinParts(texts, total),
  complete: texts.size === total,
});

/**
 * Puts received long messages together (specification of alerts 5.2): the parts of one sender to one number with one reference and one count belong
 * together. A message waits 60 s from its first part, then what has come of it is given out; at most `most` messages wait, the oldest gives way.
 */
export function createLongMessages({ keep = 60_000, most = 1_000 } = {}): LongMessages {
  /** In the order of their beginning, so that the first is the next whose time is over. */
  const gatherings = new Map<string, Gathering>();
  function takeOut(key: string, gathering: Gathering): JoinedMessage {
    gatherings.delete(key);
    return join(gathering);
  }
  return {
    add({ from, to, concatenation: { reference, total, place }, text }, now) {
      if (total === 1) return [{ from, to, text: storable(text), complete: true }];
      const out: JoinedMessage[] = [];
      const key = JSON.stringify([from, to, reference, total]);
      let gathering = gatherings.get(key);
      // The same reference comes round again after 256 messages: what is over is not mixed with what begins.
      if (gathering && gathering.until <= now) {
        out.push(takeOut(key, gathering));
        gathering = undefined;
      }
      if (!gathering) {
        const oldest = gatherings.entries().next().value;
        if (oldest && gatherings.size >= most) out.push(takeOut(...oldest));
        gathering = { from, to, total, texts: new Map(), until: now + keep };
        gatherings.set(key, gathering);
      }
      if (!gathering.texts.has(place)) gathering.texts.set(place, text.slice(0, LONGEST_PART));
      if (gathering.texts.size === gathering.total) out.push(takeOut(key, gathering));
      return out;
    },
    overdue(now) {
      const out: JoinedMessage[] = [];
      for (const [key, gathering] of gatherings) {
        if (gathering.until > now) break;
        out.push(takeOut(key, gathering));
      }
      return out;
    },
  };
}
