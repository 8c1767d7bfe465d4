import { STATUS } from '../channels/smpp/pdu.ts';

/** What happens to messages to certain numbers. */
export interface NumberRule {
  /** Of the digits of the receiver, without a `+`. */
  readonly numbers: RegExp;
  /** Answer to the submission (Default: 0, taken). */
  readonly status?: number;
  /** How it ends: DELIVRD, UNDELIV, EXPIRED, REJECTD, DELETED, ACCEPTD, ...; `none`: no receipt ever comes (Default: DELIVRD). */
  readonly receipt?: string;
  /** Code of the network's error in the receipt (Default: 000). */
  readonly error?: string;
  /** Milliseconds until the receipt (Default: that of the centre). */
  readonly delay?: number;
  /** How often the receipt comes (Default: 1). */
  readonly copies?: number;
  /** The receipt comes first, the answer to the submission so many milliseconds later. */
  readonly answerAfter?: number;
  /** Ends the connection in place of an answer. */
  readonly cut?: boolean;
}

/** How an id is spelled: as a number, as a hexadecimal number, or as a number with zeros in front. */
export type IdForm = 'decimal' | 'hexadecimal' | 'padded';

/** How the simulator behaves; may be changed at any time. */
export interface Behaviour {
  /** The first that fits a number counts; numbers that none fits are delivered. */
  readonly rules: readonly NumberRule[];
  /** Milliseconds between the answer and the receipt (Default: 100). */
  readonly receiptDelay: number;
  /** Where a receipt says which message it means (Default: both). */
  readonly receiptForm: 'both' | 'text' | 'options';
  /** Spelling of ids in answers and in receipts (Default: decimal). */
  readonly answerIds: IdForm;
  readonly receiptIds: IdForm;
  /** Messages a second that are taken, further ones are throttled (Default: 0, no limit). */
  readonly perSecond: number;
  /** Every bind gets this status (Default: 0, by login and password). */
  readonly bindStatus: number;
  /** Everything that comes is read and not answered, and nothing is sent: a link that is open on one side only (Default: false). */
  readonly silent: boolean;
}

export const ORDINARY: Behaviour = {
  rules: [],
  receiptDelay: 100,
  receiptForm: 'both',
  answerIds: 'decimal',
  receiptIds: 'decimal',
  perSecond: 0,
  bindStatus: STATUS.ok,
  silent: false,
};

const DELIVERED: NumberRule = { numbers: /^/ };

/** The rule for a number, written with or without a `+`. */
export function ruleFor(number: string, { rules }: Behaviour): NumberRule {
  const digits = number.replace(/^\+/, '');
  return rules.find(({ numbers }) => numbers.test(digits)) ?? DELIVERED;
}

export function spellId(id: number, form: IdForm): string {
  if (form === 'hexadecimal') return id.toString(16);
  return form === 'padded' ? String(id).padStart(20, '0') : String(id);
}
