import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { placeholders, run, statement, type Value } from '../statement.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

const back = async (type: string, value: Value): Promise<unknown> =>
  (await run<{ value: unknown }>(db.database.work, `SELECT $1::${type} AS value`, [value])).rows[0]?.value;

describe('values come back as they went', () => {
  const instant = Temporal.Instant.from('2026-11-22T11:05:00.123456Z');
  test.each<[string, Value]>([
    ['text', 'Ёлка "quoted" \\ {braces}, 🎫'],
    ['text', ''],
    ['text', null],
    ['bytea', Buffer.from([0, 1, 255, 92, 120])],
    ['bytea', Buffer.alloc(0)],
    ['bool', true],
    ['int', -7],
    ['bigint', Number.MAX_SAFE_INTEGER],
    ['float8', 0.1],
    ['timestamptz', instant],
    ['timestamptz', Temporal.Instant.from('1900-01-01T00:00:00Z')],
    ['timestamptz', Temporal.Instant.from('2199-12-31T23:59:59.999999Z')],
    ['date', Temporal.PlainDate.from('2026-02-28')],
    ['date', Temporal.PlainDate.from('1900-01-01')],
    ['date[]', [Temporal.PlainDate.from('2028-02-29'), null]],
    ['text[]', ['a', 'b,c', '{}', '"', '\\', '', 'NULL', null, ' ']],
    ['text[]', []],
    ['bigint[]', [1, null, Number.MAX_SAFE_INTEGER]],
    [
      'int[]',
      [
        [1, 2],
        [3, 4],
      ],
    ],
    [
      'bigint[]',
      [
        [1, 2],
        [3, 4],
      ],
    ],
    ['bytea[]', [Buffer.from([0, 34, 92]), null, Buffer.alloc(0)]],
    ['timestamptz[]', [instant, null]],
    ['bool[]', [true, false]],
    ['uuid[]', ['0199c1d2-0000-7000-8000-000000000001']],
    ['jsonb', { text: 'a"\\ ', list: [1, null], deep: { yes: true } }],
  ])('%s %j', async (type, value) => {
    expect(await back(type, value)).toEqual(value);
  });

  test('instants are exact to the microsecond in both directions, also before 1970', async () => {
    const microseconds = fc.bigInt({ min: -2_208_988_800_000_000n, max: 7_258_118_399_999_999n });
    await fc.assert(
      fc.asyncProperty(fc.array(microseconds, { minLength: 1, maxLength: 50 }), async (list) => {
        const instants = list.map((micro) => Temporal.Instant.fromEpochNanoseconds(micro * 1_000n));
        const seen = (await back('timestamptz[]', instants)) as Temporal.Instant[];
        expect(seen.map(String)).toEqual(instants.map(String));
      }),
      { numRuns: 20 },
    );
  });

  test('arrays of any text', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 20 }).map((drawn) => drawn.replaceAll('\0', '').toWellFormed());
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(text), { maxLength: 20 }), async (list) => {
        expect(await back('text[]', list)).toEqual(list);
      }),
      { numRuns: 50 },
    );
  });

  test('exact numbers stay text, alone and in arrays', async () => {
    expect(await back('numeric', '12345678901234567890.123')).toBe('12345678901234567890.123');
    expect(await back('numeric[]', ['0.10', null, '12345678901234567890.5'])).toEqual(['0.10', null, '12345678901234567890.5']);
  });

  test('a bigint goes out exactly', async () => {
    expect(await back('text', 2n ** 63n - 1n)).toBe('9223372036854775807');
  });

  test('instants inside of JSON are texts', async () => {
    const at = Temporal.Instant.from('2026-11-22T11:05:00Z');
    expect(await back('jsonb', { at })).toEqual({ at: '2026-11-22T11:05:00Z' });
  });
});

describe('statements', () => {
  test('are prepared once a connection, under their name', async () => {
    const twice = statement<{ twice: number }>('test.twice', 'SELECT $1::int * 2 AS twice');
    await db.database.transaction(async (tx) => {
      expect(await twice(tx, 4)).toEqual([{ twice: 8 }]);
      expect(await twice(tx, 5)).toEqual([{ twice: 10 }]);
      const { rows } = await run(tx, "SELECT generic_plans + custom_plans AS runs FROM pg_prepared_statements WHERE name = 'test.twice'");
      expect(rows).toEqual([{ runs: 2 }]);
    });
  });

  test('with a name that PostgreSQL would cut are refused when they are made', () => {
    expect(() => statement('x'.repeat(64), 'SELECT 1')).toThrow(RangeError);
    expect(() => statement('ж'.repeat(32), 'SELECT 1')).toThrow('longer than 63 bytes');
    statement('x'.repeat(63), 'SELECT 1');
  });

  test('two texts under one name are refused', async () => {
    const one = statement('test.same', 'SELECT 1 AS a');
    const other = statement('test.same', 'SELECT 2 AS a');
    await db.database.transaction(async (tx) => {
      await one(tx);
      await expect(other(tx)).rejects.toThrow('unique');
    });
  });
});

describe('placeholders', () => {
  test('number the parameters row by row', () => {
    const rows = placeholders(['uuid', 'text']);
    expect(rows(2)).toBe('($1::uuid,$2::text),($3::uuid,$4::text)');
    expect(rows(1)).toBe('($1::uuid,$2::text)');
    expect(rows(0)).toBe('');
  });

  test('any order of lengths gives the same texts as making each anew', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(40), { maxLength: 20 }), fc.integer({ min: 1, max: 4 }), (lengths, width) => {
        const types = Array.from({ length: width }, (_, at) => `type${at}`);
        const kept = placeholders(types);
        for (const length of lengths) expect(kept(length)).toBe(placeholders(types)(length));
        const row = (at: number): string => `(${types.map((type, column) => `$${at * width + column + 1}::${type}`).join(',')})`;
        expect(kept(3)).toBe([0, 1, 2].map(row).join(','));
      }),
    );
  });

  test('bodies of any bytes arrive as they are', async () => {
    const bodies = [Buffer.from([0, 255, 39, 92]), Buffer.from('ёж'), Buffer.alloc(70_000, 7)];
    const { rows } = await run<{ at: number; body: Buffer }>(
      db.database.work,
      `SELECT at, body FROM (VALUES ${placeholders(['int', 'bytea'])(bodies.length)}) AS v (at, body) ORDER BY at`,
      bodies.flatMap((body, at) => [at, body]),
    );
    expect(rows).toEqual(bodies.map((body, at) => ({ at, body })));
  });
});
