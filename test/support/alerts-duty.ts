import { vi } from 'vitest';
import { run } from '../../hub/core/database/statement.ts';
import type { TestDatabase } from './database.ts';
import type { HubProcess } from './hub-process.ts';
import { rest } from './rest.ts';

/** Waits for what is to happen; a test itself has a minute. */
export const PATIENCE = { timeout: 40_000, interval: 20 };

/** An operator on duty: sets channels, people and tasks of the alerts up through REST, and looks into the database for what came of them. */
export interface AlertsDuty {
  /** Calls the alerts of a hub. @param path below /alerts @returns the answer's body @throws Error unless it is a success */
  // biome-ignore lint/suspicious/noExplicitAny: what a test expects of an answer is said by the test
  call(method: string, path: string, body?: object): Promise<any>;
  /** Adds a channel group. @returns its number */
  channel(kind: 'smpp' | 'smtp' | 'gsm', name: string, settings: object): Promise<number>;
  /** Resolves when so many channels work. */
  working(count: number): Promise<void>;
  /** A list of new people with a phone each, `phones(0)`, `phones(1)`, ... @returns the list */
  list(count: number, phoneOf: (at: number) => string): Promise<number>;
  /** A task that sends an SMS to a list. @returns the task */
  task(list: number, more?: Readonly<Record<string, unknown>>): Promise<number>;
  start(task: number): Promise<void>;
  /** Resolves when the only run of the task has ended. */
  ended(task: number): Promise<void>;
  /** How many people of the task's run have which result. */
  results(task: number): Promise<Readonly<Record<number, number>>>;
  /** The same by the counters of the run. */
  counted(task: number): Promise<Readonly<Record<number, number>>>;
  rows<R extends Record<string, unknown>>(sql: string, ...values: (string | number)[]): Promise<R[]>;
}

/** @param hub asked anew for each call, so that another one may take its place */
export function alertsDuty(
  hub: () => Pick<HubProcess, 'http' | 'authorization'>,
  { database }: Pick<TestDatabase, 'database'>,
): AlertsDuty {
  let named = 0;
  const next = (what: string): string => {
    named += 1;
    return `${what} ${named}`;
  };
  const rows: AlertsDuty['rows'] = async (sql, ...values) => (await run<never>(database.work, sql, values)).rows;
  const call: AlertsDuty['call'] = async (method, path, body) => {
    const answer = await rest(hub(), method, `/alerts${path}`, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status}: ${answer.text}`);
    return answer.body;
  };
  const tally = async (task: number, from: string) =>
    Object.fromEntries(
      (
        await rows<{ result: number; n: number }>(
          `SELECT result, sum(n)::int AS n FROM (${from}) q JOIN alerts_run USING (run_id) WHERE task_id = $1 GROUP BY result HAVING sum(n) <> 0`,
          task,
        )
      ).map(({ result, n }) => [result, n]),
    );
  return {
    call,
    channel: async (kind, name, settings) => (await call('POST', '/channel-groups', { kind, name, settings })).id,
    async working(count) {
      await vi.waitUntil(async () => (await rows('SELECT FROM alerts_channel WHERE state IN (1, 5)')).length === count, PATIENCE);
    },
    async list(count, phoneOf) {
      const phones = Array.from({ length: count }, (_, at) => phoneOf(at));
      const [made] = await rows<{ list: number }>(
        `WITH box AS (INSERT INTO alerts_group (name) VALUES ($1) RETURNING group_id),
           list AS (INSERT INTO alerts_list (name) VALUES ($1) RETURNING list_id),
           person AS (INSERT INTO alerts_person (group_id, name) SELECT group_id, phone FROM box, unnest(string_to_array($2, ',')) phone
             RETURNING person_id, name),
           address AS (INSERT INTO alerts_address SELECT person_id, 'phone', 0, true, name, name, 1 FROM person),
           link AS (INSERT INTO alerts_list_person SELECT list_id, person_id FROM list, person)
         SELECT list_id AS list FROM list`,
        next('People'),
        phones.join(','),
      );
      return made?.list ?? 0;
    },
    async task(list, more = {}) {
      const message = await call('POST', '/messages', { type: 'text', name: next('Message'), text: 'Сбор' });
      const settings = [{ key: 'rounds', value: '1' }];
      const task = { type: 'sms', name: next('Task'), list_id: list, message_id: message.id, settings, ...more };
      return (await call('POST', '/tasks', task)).id;
    },
    start: (task) => call('POST', `/tasks/${task}/start`, {}),
    async ended(task) {
      await vi.waitUntil(async () => (await rows('SELECT FROM alerts_run WHERE task_id = $1 AND status = 4', task)).length === 1, PATIENCE);
    },
    results: (task) => tally(task, `SELECT run_id, CASE WHEN state = 'f' THEN result ELSE -1 END AS result, 1 AS n FROM alerts_target`),
    counted: (task) => tally(task, 'SELECT run_id, result, count AS n FROM alerts_run_count'),
    rows,
  };
}
