/** Numbers on the wire of the values of a closed list. */
export interface Numbering<T> {
  /** The value of a number as it was sent; undefined for one that is none of them. Leading zeros are understood. */
  read(text: string): T | undefined;
  /** The number to send. */
  write(value: T): number;
}

/** @param pairs value and number, each once */
export function numbering<T>(pairs: readonly (readonly [T, number])[]): Numbering<T> {
  const values = new Map(pairs.map(([value, number]) => [number, value]));
  const numbers = new Map(pairs);
  return {
    read: (text) => (/^\d{1,9}$/.test(text) ? values.get(Number(text)) : undefined),
    write: (value) => numbers.get(value)!,
  };
}
