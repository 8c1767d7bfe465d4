import { type Queryable, statement } from '../../core/database/statement.ts';

/** People of one range of ids: how many, and a digest over which transactions wrote their rows. */
export interface PersonDigest {
  /** The range holds the ids from `page` times its width on. */
  readonly page: number;
  readonly people: number;
  readonly digest: string;
}

/**
 * $1 the first id, $2 how many people, $3 the width of a range. Addresses are written only together with the row of their person (store-people.ts), so theirs need
 * no look.
 */
const digestsFrom = statement<{ page: number; people: number; digest: string }>(
  'alerts.personDigests',
  `SELECT person_id / $3::int AS page, count(*)::int AS people,
     bit_xor(hashint8extended((person_id::bigint << 32) | written_by::text::bigint, 0))::text AS digest
   FROM (SELECT person_id, xmin AS written_by FROM alerts_person WHERE person_id >= $1 ORDER BY person_id LIMIT $2) AS p GROUP BY 1`,
);

/** People that one statement looks at: the first ranges are known soon, and no statement lasts long. */
const PORTION = 32_768;

/** The ranges that have people, in their order. The next portion is asked for while the present one is used. @param width of a range, at most PORTION - 1 ids */
export async function* personDigests(db: Queryable, width: number): AsyncGenerator<PersonDigest> {
  const ask = async (first: number): Promise<{ ranges: PersonDigest[]; next: number | undefined }> => {
    const ranges = (await digestsFrom(db, first, PORTION, width)).sort((one, other) => one.page - other.page);
    const full = ranges.reduce((sum, { people }) => sum + people, 0) === PORTION;
    // The portion may end within its last range: that begins the next one.
    const last = full ? ranges.pop() : undefined;
    return { ranges, next: last && last.page * width };
  };
  for (let coming: ReturnType<typeof ask> | undefined = ask(0); coming; ) {
    const { ranges, next }: Awaited<ReturnType<typeof ask>> = await coming;
    coming = next === undefined ? undefined : ask(next);
    // Whoever takes no more does not wait for it.
    coming?.catch(() => undefined);
    yield* ranges;
  }
}
