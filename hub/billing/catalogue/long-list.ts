import type { Portions } from '../portions.ts';

type Rows = readonly object[];

/** The value of a list that is too long to be whole in memory: its beans are made and written a portion at a time, once. */
export class LongList {
  readonly first: Rows;
  readonly rest: () => AsyncIterable<Rows>;

  constructor(first: Rows, rest: () => AsyncIterable<Rows>) {
    this.first = first;
    this.rest = rest;
  }

  /** The same list of other beans, each made of one of these. */
  map(make: (bean: Readonly<Record<string, unknown>>) => object): LongList {
    const { first, rest } = this;
    const all = (rows: Rows): Rows => (rows as Readonly<Record<string, unknown>>[]).map(make);
    return new LongList(all(first), async function* () {
      for await (const rows of rest()) yield all(rows);
    });
  }
}

/**
 * The beans of rows: a plain list where all are there, else a long one.
 * @param beansOf those of one portion; what it throws later than for the first breaks the answer off
 */
export async function longListOf<R>(
  { first, rest }: Portions<R>,
  beansOf: (rows: readonly R[]) => Rows | Promise<Rows>,
): Promise<Rows | LongList> {
  const beans = await beansOf(first);
  if (!rest) return beans;
  return new LongList(beans, async function* () {
    for await (const rows of rest()) yield await beansOf(rows);
  });
}
