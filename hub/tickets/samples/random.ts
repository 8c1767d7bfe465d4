/** A small seeded generator (mulberry32): the same seed gives the same operations on every machine. */
export type Random = {
  /** Whole number from `least` to `most`, both included. */
  int(least: number, most: number): number;
  chance(probability: number): boolean;
  /** One of a list that is not empty. */
  pick<const Item>(items: readonly Item[]): Item;
  /** Text of `count` decimal digits. */
  digits(count: number): string;
  /** Text of `count` characters of an alphabet. */
  letters(count: number, alphabet: string): string;
};

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const int = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1));
  const letters = (count: number, alphabet: string): string => {
    let text = '';
    for (let index = 0; index < count; index++) {
      text += alphabet.charAt(int(0, alphabet.length - 1));
    }
    return text;
  };
  return {
    int,
    chance: (probability) => next() < probability,
    pick: <const Item>(items: readonly Item[]) => items[int(0, items.length - 1)] as Item,
    digits: (count) => letters(count, '0123456789'),
    letters,
  };
}
