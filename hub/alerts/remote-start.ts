/**
 * Ways to start a task from outside: a key input, a phone call with a PIN, an SMS (specification of alerts, 3.10 and 4.8). null in place of one: not in this
 * way. A text in its place is a foreign client's value that does not parse: it is returned unchanged and starts nothing.
 */

/** An input is a name; a pulse of this edge starts the task, further ones are ignored for `hold` seconds (null: 10). */
export interface KeyStart {
  readonly input: string;
  readonly front: 'closing' | 'opening';
  readonly hold: number | null;
}

/** `callers` may end in `*`, which stands for any digits; empty: any caller. */
export interface PinStart {
  readonly pin: string;
  readonly callers: readonly string[];
}

/** The keyword is the first word of the SMS, in any case; `senders` empty: any sender. */
export interface SmsStart {
  readonly keyword: string;
  readonly senders: readonly string[];
}

const MOST_HOLD = 86_400;
const MOST_NUMBERS = 100;
const PIN = /^\d{4,12}$/;
const CALLER = /^\+?\d{0,31}\*?$/;
const SENDER = /^[^\s,]{1,32}$/;

/** What is wrong with a start by key, in a sentence; undefined for a good one. */
export function keyStartFault({ input, hold }: KeyStart): string | undefined {
  if (input.length < 1 || input.length > 64) return 'the name of a key input has 1 to 64 characters';
  if (hold === null || (Number.isInteger(hold) && hold >= 0 && hold <= MOST_HOLD)) return undefined;
  return `hold is ${hold}; right would be 0 to ${MOST_HOLD} seconds`;
}

/** What is wrong with a start by call, in a sentence that does not tell the PIN; undefined for a good one. */
export function pinStartFault({ pin, callers }: PinStart): string | undefined {
  if (!PIN.test(pin)) return 'a start PIN has 4 to 12 digits';
  if (callers.length > MOST_NUMBERS) return `${callers.length} callers; at most ${MOST_NUMBERS}`;
  const wrong = callers.find((caller) => caller === '' || caller === '+' || !CALLER.test(caller));
  return wrong === undefined ? undefined : `"${wrong}" is no caller; right would be digits, a + before and a * behind them if need be`;
}

/** What is wrong with a start by SMS, in a sentence; undefined for a good one. */
export function smsStartFault({ keyword, senders }: SmsStart): string | undefined {
  if (keyword.length < 6 || keyword.length > 32 || /\s/.test(keyword)) return 'a keyword has 6 to 32 characters and no space';
  if (senders.length > MOST_NUMBERS) return `${senders.length} senders; at most ${MOST_NUMBERS}`;
  const wrong = senders.find((sender) => !SENDER.test(sender));
  return wrong === undefined ? undefined : `"${wrong}" is no sender; right would be a number or a name of 1 to 32 characters`;
}
