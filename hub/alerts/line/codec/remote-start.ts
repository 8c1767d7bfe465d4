import { type KeyStart, keyStartFault, type PinStart, pinStartFault, type SmsStart, smsStartFault } from '../../remote-start.ts';
import { escapePart, type FieldCodec, isFault, optionNumber, readOptions, splitParts, unescapePart, writeOption } from './compound.ts';

/** `0` or empty: not in this way. */
const isNone = (text: string): boolean => text === '' || text === '0';
const NONE = '0';
/** Without the value: it may hold a PIN, and this goes into a log. */
const UNKNOWN_KIND = { fault: 'the first part is no kind of remote start; right would be 0 or 1' };

/** `rkey`: `0`; `1;<input>;<front>[;hold=<s>]`, front 1 closing, 0 opening (specification of alerts 3.10). */
export const rkey: FieldCodec<KeyStart | null> = {
  read(text) {
    if (isNone(text)) return { value: null };
    const [kind, input = '', front, ...rest] = splitParts(text);
    if (kind !== '1') return UNKNOWN_KIND;
    if (front !== '0' && front !== '1') return { fault: `"${front ?? ''}" is no front; right would be 1 (closing) or 0 (opening)` };
    const options = readOptions(rest, ['hold']);
    if (isFault(options)) return options;
    const start: KeyStart = {
      input: unescapePart(input),
      front: front === '1' ? 'closing' : 'opening',
      hold: optionNumber(options.value.get('hold')),
    };
    const fault = keyStartFault(start);
    return fault === undefined ? { value: start } : { fault };
  },
  write(start) {
    if (start === null) return NONE;
    const parts = ['1', escapePart(start.input), start.front === 'closing' ? '1' : '0'];
    if (start.hold !== null) parts.push(writeOption('hold', start.hold));
    return parts.join(';');
  },
};

/** `rpin`: `0`; `1;<pin>[;<caller>,...]`. */
export const rpin: FieldCodec<PinStart | null> = {
  read(text) {
    const read = readNumbered(text);
    if (read === null || isFault(read)) return read ?? { value: null };
    const start: PinStart = { pin: read.value.name, callers: read.value.numbers };
    const fault = pinStartFault(start);
    return fault === undefined ? { value: start } : { fault };
  },
  write: (start) => (start === null ? NONE : writeNumbered(start.pin, start.callers)),
};

/** `rsms`: `0`; `1;<keyword>[;<sender>,...]`. */
export const rsms: FieldCodec<SmsStart | null> = {
  read(text) {
    const read = readNumbered(text);
    if (read === null || isFault(read)) return read ?? { value: null };
    const start: SmsStart = { keyword: read.value.name, senders: read.value.numbers };
    const fault = smsStartFault(start);
    return fault === undefined ? { value: start } : { fault };
  },
  write: (start) => (start === null ? NONE : writeNumbered(start.keyword, start.senders)),
};

type Numbered = { readonly name: string; readonly numbers: readonly string[] };

/** @returns null for none */
function readNumbered(text: string): { readonly value: Numbered } | { readonly fault: string } | null {
  if (isNone(text)) return null;
  const [kind, name = '', numbers = '', ...more] = splitParts(text);
  if (kind !== '1') return UNKNOWN_KIND;
  if (more.length > 0) return { fault: 'more than three parts' };
  const list = unescapePart(numbers);
  return { value: { name: unescapePart(name), numbers: list === '' ? [] : list.split(',') } };
}

function writeNumbered(name: string, numbers: readonly string[]): string {
  return ['1', escapePart(name), ...(numbers.length === 0 ? [] : [escapePart(numbers.join(','))])].join(';');
}
