import { ESM_KIND, ESM_RECEIPT, OPTION, type ShortMessage } from './pdu.ts';
import { classOfReceipt, wordOfState } from './statuses.ts';

/** A receipt as the centre wrote it. */
export interface RawReceipt {
  /** Undefined where neither the option nor the text names one. */
  readonly id: string | undefined;
  /** `DELIVRD`, ...; '' where it is not said. */
  readonly state: string;
  /** Code of the network's error, as the centre writes it; '' for none. */
  readonly error: string;
}

/** A receipt has about 120 characters; what stands behind these is the text of the message. */
const LONGEST = 400;
/** Centres differ in order, spaces and case (appendix B of the protocol only recommends a form). */
const ID = /(?:^|\s)id:\s{0,3}(\S{1,65})/i;
const STATE = /\sstat:\s{0,3}([a-z]{2,10})/i;
const ERROR = /\serr:\s{0,3}(\w{1,10})/i;
/** So much of the recommended form that no person writes it. */
const BY_FORM = /^id:\S{1,65} sub:\d{1,5} dlvrd:\d{1,5} .{0,120}stat:/i;

/** Text of an option: without its end, where the centre wrote one. */
function optionText(value: Buffer): string {
  const end = value.indexOf(0);
  return value.toString('latin1', 0, end < 0 ? value.length : end).slice(0, 65);
}

/**
 * Reads a deliver_sm as a receipt: by its esm_class, by the option receipted_message_id, or, for centres that set neither, by the form of its text.
 * @returns undefined when it is a message of a person
 */
export function readReceipt({ esmClass, options, body }: ShortMessage): RawReceipt | undefined {
  const kind = esmClass & ESM_KIND;
  const named = options.get(OPTION.receiptedMessageId);
  const text = body.toString('latin1', 0, LONGEST);
  if (kind !== ESM_RECEIPT && !named && !(kind === 0 && BY_FORM.test(text))) return undefined;
  const state = options.get(OPTION.messageState)?.[0];
  const id = (named && optionText(named)) || ID.exec(text)?.[1];
  return {
    id: id === '' ? undefined : id,
    state: (STATE.exec(text)?.[1] ?? (state === undefined ? undefined : wordOfState(state)) ?? '').toUpperCase(),
    error: ERROR.exec(text)?.[1] ?? '',
  };
}

/** What a receipt says for good, with its sentence; undefined while the message is under way. */
export function verdictOf({ state, error }: RawReceipt): { result: 'delivered' | 'temporary' | 'permanent'; detail: string } | undefined {
  const result = classOfReceipt(state);
  return result && { result, detail: error === '' || /^0+$/.test(error) ? state : `${state}, error ${error} of the network` };
}
