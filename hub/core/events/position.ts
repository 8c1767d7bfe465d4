import { HubError } from '../errors.ts';

/** A place in the order of events: by `txid`, a number of transactions, then by `id`, a number of events. */
export interface Position {
  readonly txid: string;
  readonly id: number;
}

export const BEGINNING: Position = { txid: '0', id: 0 };

const LARGEST_TXID = 2n ** 64n - 1n;

export const formatPosition = ({ txid, id }: Position): string => `${txid}-${id}`;

/** @throws HubError BAD_REQUEST when the text is not a position. */
export function parsePosition(text: string): Position {
  const match = /^(\d{1,20})-(\d{1,15})$/.exec(text);
  if (!match || BigInt(match[1] as string) > LARGEST_TXID) {
    const shown = text.length > 50 ? `${text.slice(0, 50)}...` : text;
    throw new HubError('BAD_REQUEST', `"${shown}" is not the position of an event, which has the form 1234-567`);
  }
  return { txid: match[1] as string, id: Number(match[2]) };
}

export const samePlace = (one: Position, other: Position): boolean => one.txid === other.txid && one.id === other.id;
