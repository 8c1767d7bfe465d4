/** The largest id that the database can hold. */
const MOST_ID = 2_147_483_647;
const ID = /^0*([1-9]\d{0,9})$/;
const NUMBER = /^0*(\d{1,9})$/;

/** An id, a decimal number from 1; `007` is 7. @returns undefined for anything else, also for what no id can be */
export function readId(text: string): number | undefined {
  const digits = ID.exec(text)?.[1];
  const id = digits === undefined ? Number.NaN : Number(digits);
  return id <= MOST_ID ? id : undefined;
}

/** A list of ids without spaces, `1,2,3`; repeats count once, the order stays. @returns undefined for anything else, an empty list included */
export function readIds(text: string): number[] | undefined {
  const ids = new Set<number>();
  for (const part of text.split(',')) {
    const id = readId(part);
    if (id === undefined) return undefined;
    ids.add(id);
  }
  return [...ids];
}

/** A list of ids as it is answered. */
export function writeIds(ids: readonly number[]): string {
  return ids.join(',');
}

/** A whole number in a range. @returns undefined for anything else */
export function readNumber(text: string, least: number, most: number): number | undefined {
  const digits = NUMBER.exec(text)?.[1];
  const number = digits === undefined ? Number.NaN : Number(digits);
  return number >= least && number <= most ? number : undefined;
}
