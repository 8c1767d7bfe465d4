import { expect, test, vi } from 'vitest';
import { deleteFile } from '../delete-file.ts';
import { createAttachments } from '../engine/attachments.ts';
import { expire } from '../expire-runs.ts';
import { saveFile } from '../save-file.ts';
import { PATIENCE } from './support/alerts-bench.ts';
import { steerRuns } from './support/steered-runs.ts';
import { wav } from './support/wav.ts';

// The sound of a message that goes with its mails (specification of alerts 3.10 `attach`, 4.2.6, 5.1).

const { bench } = steerRuns();

const ALARM = wav();
const OTHER = wav({ data: 4_000 });
const save = (name: string, content: Buffer) => bench.db.database.transaction((tx) => saveFile(tx, bench.act, { name, content }));
/** A task by mail whose message has a file. */
async function mailTask(file: string | undefined, attach: 0 | 1, people = 1): Promise<number> {
  const list = await bench.list(Array.from({ length: people }, (_, at) => ({ name: `P${at}`, emails: [`p${at}@example.org`] })));
  const task = await bench.task(list, { type: 3, settings: { attach, rounds: 1 } });
  if (file !== undefined)
    await bench.rows(
      'UPDATE alerts_message SET file = $2 WHERE message_id = (SELECT message_id FROM alerts_task WHERE task_id = $1)',
      task,
      file,
    );
  return task;
}
const told = (task: number) =>
  vi.waitFor(
    async () => expect((await bench.targets(task)).every(({ state, result }) => state === 'f' && result === 2)).toBe(true),
    PATIENCE,
  );
const attached = () =>
  bench.mail.orders.map(({ attachments }) => attachments.map(({ name, type, content }) => [name, type, Buffer.from(content)]));

test('goes with every mail when the task says so, under a name that programs play', async () => {
  await save('Тревога 1', ALARM);
  const task = await mailTask('Тревога 1', 1, 3);
  await bench.start(task);
  await told(task);
  expect(attached()).toEqual(Array(3).fill([['Тревога 1.wav', 'audio/wav', ALARM]]));
});

test.each([
  ['the task does not say so', 'alarm.wav', 0],
  ['the message has none', undefined, 1],
] as const)('is not there when %s', async (_, file, attach) => {
  await save('alarm.wav', ALARM);
  const task = await mailTask(file, attach);
  await bench.start(task);
  await told(task);
  expect(attached()).toEqual([[]]);
});

test('is the one of the start of the run, whatever becomes of the file; and goes when no run needs it', async () => {
  await save('frozen.wav', OTHER);
  const task = await mailTask('frozen.wav', 1);
  bench.mail.capacity = 0;
  await bench.start(task);
  await save('frozen.wav', ALARM);
  const kept = () => bench.rows('SELECT FROM alerts_content WHERE size = $1', OTHER.length);
  await expire(bench.db.database, { reportDays: 30, logDays: 30 }, Temporal.Now.instant());
  expect(await kept()).toHaveLength(1);
  bench.mail.capacity = 10;
  bench.mail.news.changed();
  await told(task);
  expect(attached()).toEqual([[['frozen.wav', 'audio/wav', OTHER]]]);
  await vi.waitFor(
    async () => expect(await bench.rows('SELECT FROM alerts_run WHERE task_id = $1 AND status = 4', task)).toHaveLength(1),
    PATIENCE,
  );
  expect(await expire(bench.db.database, { reportDays: 30, logDays: 30 }, Temporal.Now.instant())).toMatchObject({ contents: 1 });
  expect(await kept()).toHaveLength(0);
});

test('a file that a run sends may be deleted when its message is gone; the run goes on sending it', async () => {
  await save('deleted.wav', OTHER);
  const task = await mailTask('deleted.wav', 1);
  bench.mail.capacity = 0;
  await bench.start(task);
  await bench.rows('UPDATE alerts_message SET file = NULL WHERE file = $1', 'deleted.wav');
  await bench.db.database.transaction((tx) => deleteFile(tx, bench.act, 'deleted.wav'));
  bench.mail.capacity = 10;
  bench.mail.news.changed();
  await told(task);
  expect(attached()).toEqual([[['deleted.wav', 'audio/wav', OTHER]]]);
});

test('is read once for many mails, again after a failure, and a mail whose sound is gone goes without it', async () => {
  await save('once.wav', ALARM);
  const [{ sha256 = '' } = {}] = await bench.rows<{ sha256: string }>(
    `SELECT encode(sha256, 'hex') AS sha256 FROM alerts_file WHERE name = 'once.wav'`,
  );
  let asked = 0;
  let away = true;
  const db = {
    query: (...given: Parameters<typeof bench.db.database.work.query>) => {
      asked += 1;
      return away ? Promise.reject(new Error('away')) : bench.db.database.work.query(...given);
    },
  } as typeof bench.db.database.work;
  const attachmentsOf = createAttachments(db);
  const run = { attachment: { name: 'once.wav', sha256 } };
  await expect(attachmentsOf(run)).rejects.toThrow('away');
  away = false;
  const all = await Promise.all(Array.from({ length: 50 }, () => attachmentsOf(run)));
  expect(all.every(([one]) => one && Buffer.from(one.content).equals(ALARM))).toBe(true);
  expect(asked).toBe(2);
  expect(await attachmentsOf({ attachment: { name: 'gone.wav', sha256: '00'.repeat(32) } })).toEqual([]);
});
