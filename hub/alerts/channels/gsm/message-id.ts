/** Enough of a number to tell two receivers apart, and the same however the network writes it: with the code of the country, or without. */
const TAIL = 7;

const tailOf = (address: string): string => address.replace(/\D/g, '').slice(-TAIL);

/** True when both mean the same receiver, as far as reports can tell. */
export const sameReceiver = (one: string, other: string): boolean => tailOf(one) === tailOf(other);

/**
 * Under which id a part is known: the reference of the modem, which comes round after 255, and the end of the number, by which reports name the
 * receiver. It can be made of the report alone, so that a report finds its message after a restart, too; the same id may come again after
 * 256 messages, and means the latest message then.
 * @param reference 0 to 255
 * @param address of the receiver, as we or the network write it
 * @example messageId(17, '+79161234567') // '17@1234567'
 */
export const messageId = (reference: number, address: string): string => `${reference}@${tailOf(address)}`;
