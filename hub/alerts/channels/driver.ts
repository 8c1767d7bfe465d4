import type { Concatenation } from './sms-text.ts';

/**
 * What every way out is to the alerts: a channel group, run by a driver (specification of alerts, chapter 5).
 *
 * A driver is made -> start(): it opens what it needs and keeps it open; it resolves at once, faults show in `states()` -> working: attempts, facts that
 * come by themselves -> stop(): nothing new is begun, what is under way ends or is aborted by the deadline, everything is closed -> stopped.
 * It knows no database, no run and no subscriber: text and an address come in, what the far side said goes out.
 */
export interface Driver {
  start(): Promise<void>;
  /** @param deadline milliseconds that attempts under way may still take */
  stop(deadline: number): Promise<void>;
  /** The channels of the group, in their order. The list keeps its length as long as the driver lives. */
  states(): readonly ChannelState[];
  /** Attempts that may be under way at once now; 0 while nothing of the group works. */
  capacity(): number;
  /** Makes one attempt. It never throws, and ends soon after `signal` aborts: with `canceled` where nothing has left yet. */
  attempt(order: Order, signal: AbortSignal): Promise<AttemptOutcome>;
}

/** Words by which their places in a list are named. */
const numbersOf = <Word extends string>(words: readonly Word[]): Readonly<Record<Word, number>> =>
  Object.fromEntries(words.map((word, number) => [word, number])) as Record<Word, number>;

/** Kinds of channels, by their numbers on the wire (specification 3.7). */
export const CHANNEL_KINDS = ['sip', 'gsm', 'loudspeaker', 'smpp', 'smtp', 'server'] as const;
export type ChannelKind = (typeof CHANNEL_KINDS)[number];
/** The number of a kind, which is also in the database. */
export const CHANNEL_KIND = numbersOf(CHANNEL_KINDS);
/** What a kind is called; one of a later release by its number. */
export const kindName = (kind: number): string => CHANNEL_KINDS[kind] ?? String(kind);

/** States of a channel, by their numbers on the wire (specification 3.7). */
export const CHANNEL_STATES = ['off', 'free', 'dialling', 'ringing', 'talking', 'sending', 'fault'] as const;
/** The number of a state, which is also in the database. */
export const CHANNEL_STATE = numbersOf(CHANNEL_STATES);
/** Numbers of the states in which a channel does not work. */
export const WORKS_NOT: readonly number[] = [CHANNEL_STATE.off, CHANNEL_STATE.fault];

export interface ChannelState {
  readonly state: (typeof CHANNEL_STATES)[number];
  /** When it came into this state, milliseconds since 1970. */
  readonly since: number;
  /** Strength of the radio signal in dBm; null where there is none or it is not known. */
  readonly signal: number | null;
  /** More for those who watch, such as `inflight=3;window=10`, or why it does not work; never a phone, a name or a secret. */
  readonly info: string;
  /** Attempts that went well and that did not, since the driver started. */
  readonly ok: number;
  readonly failed: number;
}

/** What one attempt is to do. */
export interface Order {
  /** Number of the attempt, unique for ever. */
  readonly attempt: number;
  /** Names run, target and round for receivers that drop copies: `12.345.1`. The same for a repetition in doubt; letters, digits, dots. */
  readonly reference: string;
  /** Normalised: digits with a leading `+`, or an e-mail address. */
  readonly address: string;
  /** Final text, without placeholders. */
  readonly text: string;
  /** Of a mail. */
  readonly subject: string | undefined;
  /** Sender in place of the group's own. */
  readonly from: string | undefined;
  /** Where the receiver may confirm: the address of a page. */
  readonly confirmUrl: string | undefined;
  /** Files of a mail. */
  readonly attachments: readonly { readonly name: string; readonly type: string; readonly content: Uint8Array }[];
  /** Channels of the group (their places in `states()`) that may be used; undefined: all. */
  readonly channels: ReadonlySet<number> | undefined;
}

/**
 * How an attempt went (the retry classes of chapter 5):
 * `done`: the far side has it for good; `submitted`: handed over, what became of it is told later by `receipt` for each of the parts;
 * `permanent` (P): this address will never do; `temporary` (T): later, by the rounds; `channel` (C): our side failed, another channel may do;
 * `slow` (S): the far side asks us to slow down, nothing is said of the address; `unknown`: it left, and nobody knows whether it arrived;
 * `canceled`: aborted before anything left.
 */
export type AttemptResult = 'done' | 'submitted' | 'permanent' | 'temporary' | 'channel' | 'slow' | 'unknown' | 'canceled';

export interface AttemptOutcome {
  readonly result: AttemptResult;
  /** The far side's own code, or ours: `250`, `0x00000058`, `CMS 38`, `timeout`. At most 64 characters. */
  readonly code: string;
  /** A sentence for people, in English: what was answered. At most 500 characters, no secrets. */
  readonly detail: string;
  /** Place in `states()` of the channel that was used; undefined when none was. */
  readonly channel: number | undefined;
  /** Ids under which the far side knows the parts; with `submitted` as many as there are parts. */
  readonly messageIds: readonly string[];
  /** Milliseconds from the end of the attempt in which the same address is not to be tried again, such as after greylisting. */
  readonly notBefore: number | undefined;
}

/** What became of a part that was submitted. */
export interface Receipt {
  /** As it was given in the answer to the submission, or as the receipt spells it (message-id.ts of the driver compares them). */
  readonly messageId: string;
  readonly result: 'delivered' | 'temporary' | 'permanent';
  /** `DELIVRD`, `UNDELIV`, ... */
  readonly code: string;
  readonly detail: string;
}

/** A message that somebody has sent to us, or one part of a long one: parts are stored one by one, and joined by whoever listens. */
export interface Incoming {
  readonly from: string;
  readonly to: string;
  /** Of a part as it came: a sender may cut a pair of surrogates. */
  readonly text: string;
  /** What the network calls it, to know a repetition by; undefined where it has no name. */
  readonly id: string | undefined;
  /** What ties it to the other parts; undefined: it is whole. */
  readonly part?: Concatenation | undefined;
}

/** A mail that came back after it had been accepted. */
export interface Bounce {
  /** What the return path names: the number of the order's attempt. */
  readonly reference: string;
  readonly result: 'temporary' | 'permanent';
  readonly code: string;
  readonly detail: string;
}

/**
 * What a driver must not forget when it is started anew, by this hub or by another one: one short text for the group. Both reject while it cannot be known or kept.
 */
export interface DriverMemory {
  recall(): Promise<string | undefined>;
  /** Resolves when it is kept; undefined forgets. */
  keep(text: string | undefined): Promise<void>;
}

/** What a driver tells by itself. A promise resolves once the fact is committed: only then may the far side hear that it was taken. */
export interface ChannelNews {
  receipt(receipt: Receipt): Promise<void>;
  incoming(message: Incoming): Promise<void>;
  bounced(bounce: Bounce): Promise<void>;
  /** A state of a channel, or the capacity, is another now. Called freely; whoever listens bundles. */
  changed(): void;
}
