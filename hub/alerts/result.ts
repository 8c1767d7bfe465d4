/** What came of a target or of an attempt; the numbers are those of the wire (specification of alerts 3.10). */
export const RESULT = {
  queued: 0,
  underWay: 1,
  notified: 2,
  confirmed: 3,
  noAnswer: 4,
  busy: 5,
  refused: 6,
  wrongCode: 7,
  machine: 8,
  excluded: 9,
  noAddress: 10,
  channelError: 11,
  cancelled: 12,
  unconfirmed: 13,
  unknown: 14,
  expired: 15,
} as const;
export type Result = (typeof RESULT)[keyof typeof RESULT];

/** Best first: who was perhaps reached stands above who was not (specification 4.3). */
const ORDER: readonly Result[] = [
  RESULT.confirmed,
  RESULT.notified,
  RESULT.unconfirmed,
  RESULT.wrongCode,
  RESULT.machine,
  RESULT.unknown,
  RESULT.busy,
  RESULT.noAnswer,
  RESULT.expired,
  RESULT.refused,
  RESULT.channelError,
];

const placeOf = (result: Result): number => {
  const place = ORDER.indexOf(result);
  return place < 0 ? ORDER.length : place;
};

/** The better of two results; `queued` stands for none. */
export const bestOf = (one: Result, other: Result): Result => (placeOf(other) < placeOf(one) ? other : one);

/** Whether a fact that comes after the end makes the result another one (specification 4.9.2). */
export const improves = (present: Result, later: Result): boolean =>
  (later === RESULT.notified && present !== RESULT.confirmed && present !== RESULT.notified && present !== RESULT.unconfirmed) ||
  (later === RESULT.confirmed && present !== RESULT.confirmed) ||
  (later === RESULT.unconfirmed && present !== RESULT.confirmed && present !== RESULT.notified && present !== RESULT.unconfirmed);

/** How progress counts a final result (specification 4.11). */
export const countedAs = (result: Result): 'notified' | 'confirmed' | 'failed' =>
  result === RESULT.notified ? 'notified' : result === RESULT.confirmed ? 'confirmed' : 'failed';
