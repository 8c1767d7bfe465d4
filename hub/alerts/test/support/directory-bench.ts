import { randomBytes } from 'node:crypto';
import type { QueryResultRow } from 'pg';
import { createTestDatabase } from '../../../../test/support/database.ts';
import { loadConfiguration } from '../../../config.ts';
import type { Database } from '../../../core/database/database.ts';
import { run, type Transaction, type Value } from '../../../core/database/statement.ts';
import { HubError } from '../../../core/errors.ts';
import type { Caller } from '../../../core/identity/caller.ts';
import { createSecretKey, type SecretKey } from '../../../core/identity/secret-key.ts';
import type { Act } from '../../act.ts';
import { addGroup } from '../../add-group.ts';
import { addList } from '../../add-list.ts';
import { addPerson } from '../../add-person.ts';
import type { NewPersonInput } from '../../person.ts';

/** The operator of the tests, with every right. */
export const ALICE: Caller = { login: 'alice', rights: ['*'], face: 'rest', address: '192.0.2.7', requestId: 'r-1' };

export interface SeenEvent {
  readonly type: string;
  readonly subject: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever was published
  readonly data: any;
}

export interface Refused {
  readonly code: string;
  readonly reason: string | undefined;
  readonly russian: string | undefined;
  readonly message: string;
  readonly details: HubError['details'];
}

export interface DirectoryBench {
  readonly database: Database;
  readonly secretKey: SecretKey;
  readonly url: string;
  /** Alice, now, under the default settings. */
  act(more?: Partial<Act>): Act;
  /** Runs a use case in a transaction of its own. */
  write<T>(body: (tx: Transaction, act: Act) => Promise<T>, more?: Partial<Act>): Promise<T>;
  /** The refusal of a use case that must fail. */
  refused(body: (tx: Transaction, act: Act) => Promise<unknown>, more?: Partial<Act>): Promise<Refused>;
  /** Each answers the id of what it has made. */
  group(name?: string): Promise<number>;
  list(name?: string): Promise<number>;
  person(input?: Partial<NewPersonInput>): Promise<number>;
  rows<R extends QueryResultRow>(text: string, values?: readonly Value[]): Promise<R[]>;
  /** Events published since the last call, their types without `vestnik.alerts.`. */
  events(): Promise<SeenEvent[]>;
  drop(): Promise<void>;
}

export async function openDirectoryBench(sizes: { poolSize?: number } = {}): Promise<DirectoryBench> {
  const test = await createTestDatabase(sizes);
  const { database, url } = test;
  const secretKey = createSecretKey(randomBytes(32));
  const settings = loadConfiguration({ environment: {}, cwd: '/' }).alerts;
  const act = (more: Partial<Act> = {}): Act => ({ caller: ALICE, settings, secretKey, now: Temporal.Now.instant(), ...more });
  let seen = '0';
  let named = 0;
  const next = (word: string): string => {
    named += 1;
    return `${word} ${named}`;
  };
  const rows: DirectoryBench['rows'] = async (text, values = []) => (await run<never>(database.work, text, values)).rows;
  const bench: DirectoryBench = {
    database,
    secretKey,
    url,
    act,
    write: (body, more) => database.transaction((tx) => body(tx, act(more))),
    async refused(body, more) {
      const error = await bench.write(body, more).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      if (!(error instanceof HubError)) throw error ?? new Error('it was not refused');
      const { code, reason, russian, message, details } = error;
      return { code, reason, russian, message, details };
    },
    group: async (name = next('Группа')) => (await bench.write((tx, by) => addGroup(tx, by, { name }))).id,
    list: async (name = next('Список')) => (await bench.write((tx, by) => addList(tx, by, { name }))).id,
    async person(input = {}) {
      const group_id = input.group_id ?? (await bench.group());
      return (await bench.write((tx, by) => addPerson(tx, by, { name: next('Абонент'), ...input, group_id }))).id;
    },
    rows,
    async events() {
      const fresh = await rows<{ id: string; type: string; subject: string | null; data: unknown }>(
        "SELECT e.id::text, type, subject, data FROM event e WHERE e.id > $1::bigint AND type LIKE 'vestnik.alerts.%' ORDER BY e.id",
        [seen],
      );
      seen = fresh.at(-1)?.id ?? seen;
      return fresh.map(({ type, subject, data }) => ({ type: type.replace('vestnik.alerts.', ''), subject, data }));
    },
    drop: () => test.drop(),
  };
  return bench;
}
