/** A value that there is not: nothing between two spaces, or behind the last one (specification of alerts 2.11). */
const ABSENT = '';

/** A value to be sent, which may not be there. */
export const orAbsent = <T extends string | number>(value: T | null | undefined): T | typeof ABSENT => value ?? ABSENT;

/** A value as it was sent; undefined for one that is not there. */
export const ifPresent = (text: string): string | undefined => (text === ABSENT ? undefined : text);
