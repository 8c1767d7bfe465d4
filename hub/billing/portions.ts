/** Rows that are read and sent at once; of a longer list the rest follows in portions of as many. */
export const PORTION = 500;

/** A list whose rows are read as they are sent: never whole in memory, however long it is. */
export interface Portions<R> {
  readonly first: readonly R[];
  /** What follows, read when it is asked for; undefined: nothing does. Without its reader nothing is held. */
  readonly rest: (() => AsyncIterable<readonly R[]>) | undefined;
}

/**
 * A list by the ids of its rows, in their order. A row that went since the ids were read is left out.
 * @param first the rows of the first ids, as they are known already
 */
export function portionsByIds<R extends { readonly id: number }>(
  first: readonly R[],
  ids: readonly number[],
  load: (ids: readonly number[]) => Promise<readonly R[]>,
): Portions<R> {
  async function* rest(): AsyncGenerator<readonly R[]> {
    for (let from = first.length; from < ids.length; from += PORTION) {
      const wanted = ids.slice(from, from + PORTION);
      const rows = new Map((await load(wanted)).map((row) => [row.id, row]));
      yield wanted.flatMap((id) => rows.get(id) ?? []);
    }
  }
  return { first, rest: ids.length > first.length ? rest : undefined };
}
