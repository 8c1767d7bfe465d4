import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { alertsSection } from '../../../config/alerts.ts';
import { type Queryable, run } from '../../../core/database/statement.ts';
import { HubError } from '../../../core/errors.ts';
import { createEventStore, type EventStore } from '../../../core/events/subscribe.ts';
import { SYSTEM } from '../../../core/identity/caller.ts';
import type { Authentication } from '../../../core/identity/principal.ts';
import { createSecretKey, type SecretKey } from '../../../core/identity/secret-key.ts';
import type { Act } from '../../act.ts';
import { addChannelGroup } from '../../add-channel-group.ts';
import type { ChannelKindEntry } from '../../channels/channel-kind.ts';
import type { AttemptOutcome, ChannelNews, Driver, Order } from '../../channels/driver.ts';
import { type Confirmation, NO_CONFIRMATION } from '../../confirmation.ts';
import { type AlertEngine, startAlertEngine } from '../../engine/alert-engine.ts';
import { NO_SCHEDULE, type Schedule } from '../../schedule.ts';
import type { AlertsSettings } from '../../settings.ts';
import { startRun } from '../../start-run.ts';
import { stopRun, type TaskStanding } from '../../stop-run.ts';

/** A far side that does what a test says: by the address, what comes of an attempt. */
export interface FarSide {
  /** Every order that came, in the order in which they came. */
  readonly orders: Order[];
  answer: (order: Order, signal: AbortSignal) => AttemptOutcome | Promise<AttemptOutcome>;
  capacity: number;
  /** Places of channels that are in fault. */
  readonly faulty: Set<number>;
  /** Of the driver that was started last. */
  news: ChannelNews;
  /** Drivers that run now. */
  running: number;
}

export const outcome = (result: AttemptOutcome['result'], more: Partial<AttemptOutcome> = {}): AttemptOutcome => ({
  result,
  code: result,
  detail: `${result}, says the far side`,
  channel: 0,
  messageIds: [],
  notBefore: undefined,
  ...more,
});

export interface AlertsBench {
  readonly db: TestDatabase;
  readonly events: EventStore;
  /** Types of the events that engines of hubs have heard; a tail of a test may hear sooner than they. */
  readonly heard: readonly string[];
  readonly act: Act;
  /** Of the hubs; may be changed while they run. */
  readonly settings: { licence: AlertsSettings['licence'] };
  /** Gives the address of a page in place of the usual one. */
  confirmUrlOf: (() => string) | undefined;
  readonly sms: FarSide;
  readonly mail: FarSide;
  hub(): Promise<AlertEngine>;
  /** Adds people to a new list. @returns the list */
  list(people: readonly { name: string; phones?: readonly string[]; emails?: readonly string[]; priority?: number }[]): Promise<number>;
  task(list: number, options?: TaskOptions): Promise<number>;
  start(task: number, restart?: boolean): Promise<TaskStanding>;
  stopTask(task: number): Promise<TaskStanding>;
  /** Targets of the task's last run, by their numbers. */
  targets(task: number): Promise<TargetView[]>;
  rows<R extends Record<string, unknown>>(text: string, ...values: (string | number)[]): Promise<R[]>;
  end(): Promise<void>;
}

export interface TaskOptions {
  readonly type?: 2 | 3;
  readonly text?: string;
  readonly priority?: number;
  readonly settings?: Readonly<Record<string, string | number>>;
  readonly confirmation?: Partial<Confirmation>;
  readonly schedule?: Partial<Schedule>;
  readonly channels?: string;
}

export interface TargetView extends Record<string, unknown> {
  readonly no: number;
  readonly name: string;
  readonly state: string;
  readonly result: number;
  readonly attempts: number;
  readonly address: string;
}

const nobody = () => Promise.reject(new HubError('UNAUTHORIZED'));
/** For routes of which a test asks no password. */
export const NO_PASSWORDS: Authentication = { authenticateBasic: nobody, authenticateToken: nobody, authenticateSession: nobody };

/** Waits for what is to happen; a test itself has a minute. */
export const PATIENCE = { timeout: 25_000, interval: 25 };

function farSide(): FarSide {
  return {
    orders: [],
    answer: () => outcome('done'),
    capacity: 10,
    faulty: new Set(),
    news: undefined as unknown as ChannelNews,
    running: 0,
  };
}

/** A kind of channel whose far side a test steers. */
export function kindOf(number: number, far: FarSide): ChannelKindEntry {
  const settings = z.strictObject({ lines: z.int().min(1).default(1), secret: z.string().optional() });
  return {
    number,
    settings,
    secrets: ['secret'],
    channelsOf: (given, group) => Array.from({ length: settings.parse(given).lines }, (_, at) => `${group} ${at + 1}`),
    spellings: (id) => [id],
    create(given, news): Driver {
      far.news = news;
      const since = Date.now();
      const states = Array.from(
        { length: settings.parse(given).lines },
        () => ({ state: 'free', since, signal: null, info: '', ok: 0, failed: 0 }) as const,
      );
      return {
        async start() {
          far.running += 1;
        },
        async stop() {
          far.running -= 1;
        },
        states: () => states.map((one, place) => (far.faulty.has(place) ? { ...one, state: 'fault' as const } : one)),
        capacity: () => far.capacity,
        async attempt(order, signal) {
          far.orders.push(order);
          return far.answer(order, signal);
        },
      };
    },
  };
}

export async function alertsBench(): Promise<AlertsBench> {
  const db = await createTestDatabase({ poolSize: 10, queuePoolSize: 10 });
  const { database } = db;
  const events = createEventStore({ database, keepDays: 7 });
  await events.start();
  const secretKey: SecretKey = createSecretKey(Buffer.alloc(32, 7));
  const sms = farSide();
  const mail = farSide();
  const kinds = new Map([kindOf(3, sms), kindOf(4, mail)].map((kind) => [kind.number, kind]));
  const settings = alertsSection.parse({});
  const engines: AlertEngine[] = [];
  const act: Act = {
    caller: SYSTEM,
    settings,
    secretKey,
    get now() {
      return Temporal.Now.instant();
    },
  };
  const rows = async <R extends Record<string, unknown>>(text: string, ...values: (string | number)[]): Promise<R[]> =>
    (await run<R>(database.work as Queryable, text, values)).rows;
  for (const [number, name] of [
    [3, 'SMS'],
    [4, 'Mail'],
  ] as const)
    await database.transaction((tx) => addChannelGroup(tx, act, kinds, { kind: number, name, settings: {} }));
  // What a hub would have seen by now.
  await rows('UPDATE alerts_channel SET state = 1');
  const [group] = await rows<{ group_id: number }>(`INSERT INTO alerts_group (name) VALUES ('People') RETURNING group_id`);

  const heard: string[] = [];
  const eventsOfHubs: EventStore = {
    ...events,
    tail: (options, listener) =>
      events.tail(options, (event) => {
        listener(event);
        heard.push(event.type);
      }),
  };
  const live = { licence: settings.licence };
  const bench: AlertsBench = {
    db,
    events,
    heard,
    act,
    settings: live,
    confirmUrlOf: undefined,
    sms,
    mail,
    async hub() {
      const engine = await startAlertEngine({
        database,
        events: eventsOfHubs,
        secretKey,
        hubId: randomUUID(),
        kinds,
        settings: () => ({ ...settings, ...live, leaseSeconds: 5, personGap: 1 }),
        confirmUrlOf: (run, no) => bench.confirmUrlOf?.() ?? `https://alerts.example.org/${run.runId}.${no}`,
      });
      engines.push(engine);
      return engine;
    },
    async list(people) {
      const [list] = await rows<{ list_id: number }>('INSERT INTO alerts_list (name) VALUES ($1) RETURNING list_id', randomUUID());
      const id = list?.list_id ?? 0;
      for (const { name, phones = [], emails = [], priority = 100 } of people) {
        const [person] = await rows<{ person_id: number }>(
          'INSERT INTO alerts_person (group_id, name, priority) VALUES ($1, $2, $3) RETURNING person_id',
          group?.group_id ?? 0,
          name,
          priority,
        );
        for (const [place, phone] of phones.entries())
          await rows(`INSERT INTO alerts_address VALUES ($1, 'phone', $2, true, $3, $3, 1)`, person?.person_id ?? 0, place, phone);
        for (const [place, email] of emails.entries())
          await rows(`INSERT INTO alerts_address VALUES ($1, 'email', $2, true, $3, $3, NULL)`, person?.person_id ?? 0, place, email);
        await rows('INSERT INTO alerts_list_person VALUES ($1, $2)', id, person?.person_id ?? 0);
      }
      return id;
    },
    async task(list, options = {}) {
      const {
        type = 2,
        text = 'Сбор, {name}',
        priority = 5,
        settings: given = {},
        confirmation = {},
        schedule = {},
        channels = '',
      } = options;
      const [message] = await rows<{ message_id: number }>(
        `INSERT INTO alerts_message (type, name, text) VALUES (3, 'Message', $1) RETURNING message_id`,
        text,
      );
      const kept = Object.entries(given).map(([key, value]) => ({ key, value: String(value) }));
      const [task] = await rows<{ task_id: number }>(
        `INSERT INTO alerts_task (type, name, list_id, message_id, priority, channels, schedule, confirmation, settings, key_start, sms_start)
         VALUES ($1, 'Task', $2, $3, $4, $5, $6::jsonb, $7::jsonb, $8::jsonb, 'null', 'null') RETURNING task_id`,
        type,
        list,
        message?.message_id ?? 0,
        priority,
        channels,
        JSON.stringify({ ...NO_SCHEDULE, ...schedule }),
        JSON.stringify({ ...NO_CONFIRMATION, ...confirmation }),
        JSON.stringify(kept),
      );
      return task?.task_id ?? 0;
    },
    start: (task, restart = true) =>
      database.transaction((tx) => startRun(tx, act, task, { restart, initiator: { login: 'anna', how: 'rest', from: '' } })),
    stopTask: (task) => database.transaction((tx) => stopRun(tx, act, task)),
    targets: (task) =>
      rows<TargetView>(
        `SELECT t.no, t.name, t.state::text, t.result, t.attempts, t.address FROM alerts_target t
         JOIN alerts_run r USING (run_id) WHERE r.task_id = $1 AND r.number = (SELECT max(number) FROM alerts_run WHERE task_id = $1) ORDER BY t.no`,
        task,
      ),
    rows,
    async end() {
      await Promise.all(engines.map((engine) => engine.stop()));
      await events.stop();
      await db.drop();
    },
  };
  return bench;
}
