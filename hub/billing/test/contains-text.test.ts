import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run, type Value } from '../../core/database/statement.ts';
import { containsText, lookUpPattern } from '../contains-text.ts';
import type { Bind } from '../entity-filter.ts';
import { type BillingBench, openBilling } from './support/billing-bench.ts';

let bench: BillingBench;
beforeAll(async () => {
  bench = await openBilling();
});
afterAll(() => bench.stop());

/** The values that contain a text, as the condition finds them and as LIKE alone does. */
async function both(values: readonly string[], text: string): Promise<{ found: string[]; plain: string[] }> {
  const of = async (where: string, bound: readonly Value[]): Promise<string[]> =>
    (await run<{ v: string }>(bench.database.work, `SELECT v FROM unnest($1::text[]) AS v WHERE ${where}`, bound)).rows.map(({ v }) => v);
  const bound: Value[] = [values];
  const bind: Bind = (value) => `$${bound.push(value)}`;
  const where = containsText('v', text, bind);
  const literal = `%${text.replace(/[\\%_]/g, '\\$&')}%`;
  return { found: await of(where, bound), plain: await of('lower(v) LIKE lower($2::text)', [values, literal]) };
}

describe('a pattern to look up', () => {
  test.each([
    ['', '%%'],
    ['255ea8', '%255ea8%'],
    ['255ea88', '%255%ea88%'],
    ['255ea887', '%255e%a887%'],
    ['255ea887b', '%255%ea8%87b%'],
    ['255ea887b8', '%255%ea8%7b8%'],
    ['Ленина 77', '%Ленина 77%'],
    ['Лермонтова 77', '%Лер%мон%ова 77%'],
    ['100%_\\', '%100\\%\\_\\\\%'],
    ['Садовая_17а', '%Сад%овая\\_17а%'],
    ['ΑΣΑΣΑΣΑΣ', '%ΑΣΑΣΑΣΑΣ%'],
  ])('of %j is %j', (text, pattern) => {
    expect(lookUpPattern(text)).toBe(pattern);
  });
});

describe('what contains a text', () => {
  const letters = fc.string({ unit: fc.constantFrom(...'aaAbBcC019ёЁяЯабВ'), minLength: 4, maxLength: 30 });
  const signs = fc.string({ unit: fc.constantFrom(...'a0ЯΣσςİIß%_\\ -\u0307\u0301😀'), maxLength: 12 });
  const value = fc.array(fc.oneof(letters, signs), { maxLength: 3 }).map((parts) => parts.join(''));
  /** Some values and a piece of one of them, perhaps in other letters or with one changed. */
  const asked = fc
    .tuple(
      fc.array(value, { minLength: 1, maxLength: 12 }),
      fc.nat(),
      fc.nat(),
      fc.nat(40),
      fc.constantFrom('as is', 'upper', 'lower', 'changed'),
    )
    .map(([values, which, from, length, how]) => {
      const whole = [...(values[which % values.length] ?? '')];
      const start = from % (whole.length + 1);
      const piece = whole.slice(start, start + length).join('');
      if (how === 'upper') return { values, text: piece.toUpperCase() };
      if (how === 'lower') return { values, text: piece.toLowerCase() };
      return { values, text: how === 'changed' ? piece.replace(/.$/u, 'b') : piece };
    });

  test('is found exactly as by LIKE', async () => {
    let hits = 0;
    await fc.assert(
      fc.asyncProperty(asked, async ({ values, text }) => {
        const { found, plain } = await both(values, text);
        expect(found).toEqual(plain);
        if (lookUpPattern(text).slice(1, -1).includes('%')) hits += found.length;
      }),
      { numRuns: 600 },
    );
    expect(hits).toBeGreaterThan(20);
  });

  test('is not what only has its trigrams in this order', async () => {
    const [values, found] = [
      ['abcXdefghi', 'defghiabc', 'xABCDEFGHIx', 'abcabcdefghi'],
      ['xABCDEFGHIx', 'abcabcdefghi'],
    ];
    expect(await both(values, 'abcdefghi')).toEqual({ found, plain: found });
  });

  test('is looked up in the index by a third of its trigrams', async () => {
    await bench.rows(
      "INSERT INTO contract (title, comment, date_from) SELECT 'T-' || i, md5(i::text), '2020-01-01' FROM generate_series(1, 20000) i",
    );
    await bench.rows('ANALYZE contract');
    const bound: Value[] = [];
    const bind: Bind = (value) => `$${bound.push(value)}`;
    const [whole] = await bench.rows<{ comment: string }>("SELECT comment FROM contract WHERE title = 'T-777'");
    const where = containsText('c.comment', whole?.comment.slice(4, 14) ?? '', bind);
    const { rows } = await run<{ 'QUERY PLAN': string }>(bench.database.work, `EXPLAIN SELECT FROM contract c WHERE ${where}`, bound);
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toContain('Bitmap Index Scan on contract_comment_part');
    expect(plan).toMatch(/Index Cond: \(lower\(comment\) ~~ '%\w{3}%\w{3}%\w{3}%'::text\)/);
    const found = await run<{ title: string }>(bench.database.work, `SELECT c.title FROM contract c WHERE ${where}`, bound);
    expect(found.rows.map(({ title }) => title)).toContain('T-777');
  });
});
