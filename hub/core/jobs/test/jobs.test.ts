import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { run } from '../../database/statement.ts';
import { type Note, noteChannel } from '../../telemetry/channels.ts';
import { type Job, type Jobs, type JobsOptions, startJobs } from '../jobs.ts';
import { tryLockJob } from '../sql/lock.ts';

const LOCKS = 7_400_001;
const HOUR = 3_600_000;
const said: Note[] = [];
const hear = (note: unknown): void => {
  if ((note as Note).from === 'test.jobs') said.push(note as Note);
};
const started: Jobs[] = [];

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  noteChannel.subscribe(hear);
});
afterAll(async () => {
  noteChannel.unsubscribe(hear);
  await db.drop();
});
beforeEach(() => {
  said.length = 0;
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((jobs) => jobs.stop()));
});

const start = (job: Partial<Job> & Pick<Job, 'run'>, options: Partial<JobsOptions> = {}): Jobs => {
  const jobs = startJobs(db.database, {
    from: 'test.jobs',
    locks: LOCKS,
    jobs: [{ name: 'count', lock: 1, every: HOUR, firstAfter: 0, ...job }],
    ...options,
  });
  started.push(jobs);
  return jobs;
};

/** A run that waits until it is let go. */
function held() {
  const gate = Promise.withResolvers<undefined>();
  const state = { begun: 0, ended: 0 };
  const run = async (): Promise<undefined> => {
    state.begun += 1;
    await gate.promise;
    state.ended += 1;
    return undefined;
  };
  return { run, state, letGo: () => gate.resolve(undefined) };
}

test('what was done is told, and the job comes again after its time; nothing to do is told to nobody', async () => {
  let runs = 0;
  start({
    every: 5,
    run: async () => {
      runs += 1;
      return runs === 2 ? { rows: 7 } : undefined;
    },
  });
  await expect.poll(() => runs).toBeGreaterThan(3);
  expect(said).toEqual([{ level: 'info', from: 'test.jobs', text: 'count done', about: { rows: 7 } }]);
});

test('of two hubs one runs it, the other passes over its turn', async () => {
  const { run: work, state, letGo } = held();
  start({ run: work });
  start({ run: work });
  await expect.poll(() => said.map(({ text }) => text)).toEqual(['count is under way on another hub']);
  expect(state.begun).toBe(1);
  letGo();
});

test('jobs of other numbers, and of other modules, do not wait for one another', async () => {
  const { run: work, state, letGo } = held();
  start({ run: work });
  start({ run: work, lock: 2 });
  start({ run: work }, { locks: LOCKS + 1 });
  await expect.poll(() => state.begun).toBe(3);
  letGo();
});

test('without a lock every hub runs it', async () => {
  const { run: work, state, letGo } = held();
  start({ run: work, lock: undefined });
  start({ run: work, lock: undefined });
  await expect.poll(() => state.begun).toBe(2);
  letGo();
});

test('the lock outlasts the limit on idle transactions, and the next transaction has that limit again', async () => {
  const limit = (tx: Parameters<typeof run>[0]) =>
    run<{ idle: string }>(tx, "SELECT current_setting('idle_in_transaction_session_timeout') AS idle").then(({ rows }) => rows[0]?.idle);
  const before = await db.database.transaction(limit);
  await db.database.transaction(async (tx) => {
    await run(tx, "SET LOCAL idle_in_transaction_session_timeout = '50ms'");
    await tryLockJob(tx, LOCKS, 99);
    // Work of another connection that takes longer than the limit.
    await run(db.database.work, 'SELECT pg_sleep(0.3)');
    expect(await limit(tx)).toBe('1h');
  });
  expect(await db.database.transaction(limit)).toBe(before);
});

test('the time is that of the database, unless a clock is given', async () => {
  const times: Temporal.Instant[] = [];
  const work: Job['run'] = async (now) => {
    times.push(now);
    return undefined;
  };
  const [row] = (await run<{ now: Temporal.Instant }>(db.database.work, 'SELECT now() AS now')).rows;
  start({ run: work });
  await expect.poll(() => times.length).toBe(1);
  const given = Temporal.Instant.from('2031-01-01T00:00:00Z');
  start({ run: work, lock: 2 }, { clock: () => given });
  await expect.poll(() => times.length).toBe(2);
  expect(Temporal.Instant.compare(times[0] ?? given, row?.now ?? given)).toBe(1);
  expect(times[0]?.since(row?.now ?? given).total('seconds')).toBeLessThan(60);
  expect(times[1]).toBe(given);
});

test('stop waits for the run under way, which hears of it, and nothing runs after it', async () => {
  const { run: work, state, letGo } = held();
  let isStopped = () => false;
  const jobs = start({
    every: 1,
    run: async (_now, asked) => {
      isStopped = asked;
      return work();
    },
  });
  await expect.poll(() => state.begun).toBe(1);
  expect(isStopped()).toBe(false);
  const stop = jobs.stop().then(() => state.ended);
  expect([isStopped(), state.ended]).toEqual([true, 0]);
  letGo();
  expect(await stop).toBe(1);
  expect(state.begun).toBe(1);
});

test('stop before the first run leaves none', async () => {
  const { run: work, state } = held();
  await start({ run: work, firstAfter: 5 }).stop();
  const later = held();
  later.letGo();
  start({ run: later.run, firstAfter: 10 });
  await expect.poll(() => later.state.ended).toBe(1);
  expect(state.begun).toBe(0);
});

test('a failure is tried again after `retryAfter`, a success after `every`', async () => {
  let runs = 0;
  start({
    retryAfter: 1,
    run: async () => {
      runs += 1;
      if (runs < 3) throw new Error('no luck');
      return { runs };
    },
  });
  await expect.poll(() => said.at(-1)?.text).toBe('count done');
  expect(said[0]).toMatchObject({ level: 'error', text: 'count failed; it is tried again', about: { afterMs: 1 } });
  expect(runs).toBe(3);
});

test.each([
  ['any other failure as an error', new Error('no luck'), 'error'],
  ['the database away as a warning', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }), 'warn'],
])('%s; the same one within a minute only as debug, another one or later again', async (_, failure, level) => {
  const now = vi.spyOn(performance, 'now');
  try {
    let time = 1_000;
    now.mockImplementation(() => time);
    const steps: [Error, number][] = [
      [failure, 0],
      [failure, 59_999],
      [new Error('something else'), 1],
      [failure, 1],
      [failure, 60_000],
    ];
    let runs = 0;
    start({
      every: 1,
      lock: undefined,
      run: async () => {
        const [error, later] = steps[runs] ?? [undefined, 0];
        runs += 1;
        time += later;
        if (error) throw error;
        return undefined;
      },
    });
    await expect.poll(() => runs).toBeGreaterThan(steps.length);
    expect(said.map((note) => note.level)).toEqual([level, 'debug', 'error', level, level]);
    expect(said.map((note) => note.error)).toEqual([failure, undefined, steps[2]?.[0], failure, failure]);
  } finally {
    now.mockRestore();
  }
});
