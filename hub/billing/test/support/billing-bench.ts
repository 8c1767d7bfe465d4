import { randomBytes } from 'node:crypto';
import type { QueryResultRow } from 'pg';
import { createTestDatabase } from '../../../../test/support/database.ts';
import { type Database, openDatabase } from '../../../core/database/database.ts';
import { run, type Transaction, type Value } from '../../../core/database/statement.ts';
import { HubError } from '../../../core/errors.ts';
import type { Caller } from '../../../core/identity/caller.ts';
import { createSecretKey, type SecretKey } from '../../../core/identity/secret-key.ts';
import type { Act } from '../../act.ts';
import { OPEN_FENCE } from '../../fence.ts';
import type { BillingSettings } from '../../settings.ts';

/** The settings of the tests; what a test is about it sets itself. */
export const SETTINGS: BillingSettings = {
  timeZone: 'Europe/Moscow',
  profile: '7',
  profiles: {},
  titleMatch: 'prefix',
  actionCharset: 'utf-8',
  strictPrimitives: false,
  mostRows: 100_000,
  passwordAlphabet: 'abcdefghijkmnpqrstuvwxyz23456789',
  passwordLength: 8,
  suspendCodes: [3, 4],
  recalculateOnServiceChange: true,
};

const CALLER: Caller = { login: 'alice', rights: ['*'], face: 'rest', address: '192.0.2.7', requestId: 'r-1' };
const OPERATOR = 7;

/** Noon in Moscow. */
const NOON = 'T12:00:00+03:00';
const FIRST_DAY = '2026-03-15';

export interface SeenEvent {
  readonly type: string;
  readonly subject: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever was published
  readonly data: any;
}

type Columns = Readonly<Record<string, Value>>;

export interface BillingBench {
  readonly database: Database;
  readonly secretKey: SecretKey;
  /** The day on which everything happens, until a test sets another. (Default: 2026-03-15) */
  today: Temporal.PlainDate;
  /** Who acts: alice with every right, over REST, at noon of the bench's day in Moscow. */
  act(more?: Partial<Act>): Act;
  /** Runs a use case in a transaction of its own. */
  write<T>(body: (tx: Transaction, act: Act) => Promise<T>, more?: Partial<Act>): Promise<T>;
  /** The refusal of a use case that must fail. */
  refused(
    body: (tx: Transaction, act: Act) => Promise<unknown>,
    more?: Partial<Act>,
  ): Promise<{ code: string; reason: string | undefined; russian: string | undefined }>;
  /** Makes a contract by its columns: a plain one in credit mode from 2020, its title of its own. @returns its id. */
  contract(columns?: Columns): Promise<number>;
  paymentType(columns?: Columns): Promise<number>;
  chargeType(columns?: Columns): Promise<number>;
  reserveType(columns?: Columns): Promise<number>;
  rows<R extends QueryResultRow>(text: string, values?: readonly Value[]): Promise<R[]>;
  /** Events published since the last call, their types without `vestnik.billing.`. */
  events(): Promise<SeenEvent[]>;
  /** Another hub on the same database. */
  secondHub(poolSize?: number): Database;
  stop(): Promise<void>;
}

/** A database of one's own with the tables of billing, and somebody who acts on it. */
export async function openBilling(poolSize = 5): Promise<BillingBench> {
  const test = await createTestDatabase({ poolSize });
  const { database } = test;
  const secretKey = createSecretKey(randomBytes(32));
  const others: Database[] = [];
  let seen = 0;
  let made = 0;
  const rows = async <R extends QueryResultRow>(text: string, values: readonly Value[] = []): Promise<R[]> =>
    (await run<R>(database.work, text, values)).rows;
  const insert = async (table: string, id: string, columns: Columns): Promise<number> => {
    const names = Object.keys(columns);
    const places = names.map((_, at) => `$${at + 1}`);
    const [row] = await rows<{ id: number }>(
      `INSERT INTO ${table} (${names}) VALUES (${places}) RETURNING ${id} AS id`,
      Object.values(columns),
    );
    if (!row) throw new Error(`${table}: nothing was inserted`);
    return row.id;
  };
  const title = (noun: string): string => {
    made += 1;
    return `${noun} ${made}`;
  };
  const bench: BillingBench = {
    database,
    secretKey,
    today: Temporal.PlainDate.from(FIRST_DAY),
    act(more = {}) {
      const now = Temporal.Instant.from(`${bench.today}${NOON}`);
      return {
        caller: CALLER,
        operatorId: OPERATOR,
        protocol: 'rest',
        settings: SETTINGS,
        fence: OPEN_FENCE,
        secretKey,
        now,
        today: bench.today,
        ...more,
      };
    },
    write(body, more) {
      return database.transaction((tx) => body(tx, bench.act(more)));
    },
    async refused(body, more) {
      try {
        await bench.write(body, more);
      } catch (error) {
        if (error instanceof HubError) return { code: error.code, reason: error.reason, russian: error.russian };
        throw error;
      }
      throw new Error('it was not refused');
    },
    contract: (columns = {}) =>
      insert('contract', 'contract_id', { title: title('contract'), date_from: Temporal.PlainDate.from('2020-01-01'), ...columns }),
    paymentType: (columns = {}) => insert('payment_type', 'type_id', { title: title('payment type'), ...columns }),
    chargeType: (columns = {}) => insert('charge_type', 'type_id', { title: title('charge type'), ...columns }),
    reserveType: (columns = {}) => insert('reserve_type', 'type_id', { title: title('reserve type'), ...columns }),
    rows,
    async events() {
      const found = await rows<{ id: number; type: string; subject: string | null; data: unknown }>(
        'SELECT id, type, subject, data FROM event WHERE id > $1 ORDER BY id',
        [seen],
      );
      seen = found.at(-1)?.id ?? seen;
      return found.map(({ type, subject, data }) => ({ type: type.replace('vestnik.billing.', ''), subject, data }));
    },
    secondHub(size = poolSize) {
      const other = openDatabase({ url: test.url, poolSize: size, queuePoolSize: 1, name: 'second' });
      others.push(other);
      return other;
    },
    async stop() {
      await Promise.all(others.map((other) => other.close()));
      await test.drop();
    },
  };
  return bench;
}
