import { addChannelGroup } from '@vestnik/hub/alerts/add-channel-group.ts';
import { channelKinds } from '@vestnik/hub/alerts/channels/kinds.ts';
import { NO_CONFIRMATION } from '@vestnik/hub/alerts/confirmation.ts';
import { NO_SCHEDULE } from '@vestnik/hub/alerts/schedule.ts';
import { startRun } from '@vestnik/hub/alerts/start-run.ts';
import { run } from '@vestnik/hub/core/database/statement.ts';
import type { Ground } from './ground.ts';

/** What is said to everybody: Cyrillic, so one part is 70 characters at most. */
const TEXT = 'Сбор в штабе в 9:00, {name}';
export const textFor = (n: number): string => `Сбор в штабе в 9:00, Абонент ${String(n).padStart(7, '0')}`;
const LOOK_EVERY = 100;
/** Seconds. */
const PATIENCE = 1_800;

export async function until<T>(look: () => Promise<T | undefined>, what: string, every = LOOK_EVERY): Promise<T> {
  const end = performance.now() + PATIENCE * 1000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new Error(`${what}: not within ${PATIENCE} s`);
    await new Promise((resolve) => setTimeout(resolve, every));
  }
}

/** Adds a channel group without any secret and waits until a hub has opened it. @returns the mask that allows its channel alone */
export async function addGroup(ground: Ground, kind: 3 | 4, name: string, settings: Readonly<Record<string, unknown>>): Promise<string> {
  const { database, act, rows } = ground;
  const id = await database.transaction(async (tx) => {
    const made = await addChannelGroup(tx, act, channelKinds(Buffer.alloc(32, 7)), { kind, name, settings });
    // Sealed for this process, which is not the hub: the default takes its place.
    await run(tx, "UPDATE alerts_channel_group SET secrets = NULL, settings = settings - 'password' WHERE group_id = $1", [made]);
    return made;
  });
  const number = await until(async () => {
    const [found] = await rows<{ number: number }>('SELECT number FROM alerts_channel WHERE group_id = $1 AND state IN (1, 5)', id);
    return found?.number;
  }, `channel group ${name}`);
  return `${'0'.repeat(number - 1)}1`;
}

/** A task for a list. @param type 2 SMS, 3 e-mail */
export async function addTask({ rows }: Ground, type: 2 | 3, list: number, channels: string): Promise<number> {
  const [message] = await rows<{ id: number }>(
    "INSERT INTO alerts_message (type, name, text) VALUES (3, 'bench', $1) RETURNING message_id AS id",
    TEXT,
  );
  const [task] = await rows<{ id: number }>(
    `INSERT INTO alerts_task (type, name, list_id, message_id, priority, channels, schedule, confirmation, settings, key_start, sms_start)
     VALUES ($1, 'bench', $2, $3, 5, $4, $5::jsonb, $6::jsonb, '[]', 'null', 'null') RETURNING task_id AS id`,
    type,
    list,
    message?.id ?? 0,
    channels,
    JSON.stringify(NO_SCHEDULE),
    JSON.stringify(NO_CONFIRMATION),
  );
  return task?.id ?? 0;
}

export interface Started {
  readonly run: number;
  /** Of the transaction, with its commit. */
  readonly seconds: number;
  /** Milliseconds since 1970 at the commit. */
  readonly committedAt: number;
}

/** What STARTTASK does. */
export async function start({ database, act }: Ground, task: number): Promise<Started> {
  const begun = performance.now();
  const { run: made } = await database.transaction((tx) =>
    startRun(tx, act, task, { restart: true, initiator: { login: 'bench', how: 'rest', from: '' } }),
  );
  return { run: made?.id ?? 0, seconds: (performance.now() - begun) / 1000, committedAt: Date.now() };
}

export interface Finished {
  /** From the first attempt that was written down to the last result that was stored, by the database's clock. */
  readonly seconds: number;
  readonly results: Readonly<Record<string, number>>;
}

/** Waits until a run is over. @throws when somebody was not told */
export async function finished({ rows }: Ground, runId: number, count: number): Promise<Finished> {
  await until(
    async () => (await rows<{ status: number }>('SELECT status FROM alerts_run WHERE run_id = $1 AND status = 4', runId))[0],
    `run ${runId}`,
    250,
  );
  const [times] = await rows<{ seconds: number; told: number }>(
    `SELECT extract(epoch FROM max(last_at) - min(first_at))::float8 AS seconds, (count(*) FILTER (WHERE result = 2))::int AS told
     FROM alerts_target WHERE run_id = $1`,
    runId,
  );
  if (times?.told !== count) throw new Error(`${times?.told} of ${count} were told`);
  return { seconds: times.seconds, results: { told: times.told } };
}

/** Targets a second over the first and the last tenth of what was done, by the times of their results. */
export async function tenths({ rows }: Ground, runId: number): Promise<{ first: number; last: number }> {
  const [found] = await rows<{ first: number; last: number }>(
    `WITH t AS (SELECT extract(epoch FROM last_at)::float8 AS at, ntile(10) OVER (ORDER BY last_at, no) AS tenth FROM alerts_target WHERE run_id = $1),
     e AS (SELECT tenth, count(*) AS n, min(at) AS a, max(at) AS b FROM t GROUP BY tenth)
     SELECT (SELECT n / NULLIF(b - a, 0) FROM e WHERE tenth = 1)::float8 AS first, (SELECT n / NULLIF(b - a, 0) FROM e WHERE tenth = 10)::float8 AS last`,
    runId,
  );
  return { first: found?.first ?? Number.NaN, last: found?.last ?? Number.NaN };
}
