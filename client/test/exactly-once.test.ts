import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EXIT } from '../exit.ts';
import { Unreachable } from '../feed-failure.ts';
import { createClient, createFakeClock, createFakeFeed, createRecordingLog } from './fakes.ts';
import { createMemoryDisk, Killed, type MemoryDisk, systemError } from './memory-disk.ts';
import { makeMessage } from './peer.ts';

/** Number of random runs; the full programme of the spec is 1,000: `CLIENT_RUNS=1000 vitest run client/test/exactly-once`. */
const RUNS = Number(process.env['CLIENT_RUNS'] ?? 100);
const FOLDER = '/xml';

function accountant(disk: MemoryDisk) {
  const taken = new Map<string, number>();
  return {
    taken,
    takeAll() {
      for (const name of disk.files(FOLDER)) {
        if (!name.endsWith('.xml')) continue;
        const content = disk.take(join(FOLDER, name))?.toString() ?? '';
        taken.set(content, (taken.get(content) ?? 0) + 1);
      }
    },
  };
}

/** Runs the client until the mailbox is empty, starting it again whenever it was killed or the wire failed. */
async function runToEnd(
  disk: MemoryDisk,
  feed: ReturnType<typeof createFakeFeed>,
  batch: number,
  onEnd: () => void,
  rewriteJournalAbove?: number,
): Promise<void> {
  const clock = createFakeClock();
  for (let start = 0; start < 60; start++) {
    const client = createClient(FOLDER, disk.fileSystem, feed, {
      clock,
      batch,
      log: createRecordingLog(),
      ...(rewriteJournalAbove === undefined ? {} : { storage: { rewriteJournalAbove } }),
    });
    try {
      const exit = await client.run();
      if (exit === EXIT.done) return;
      // A lost answer or a wrong digest ends -once with 7, a message that stays stuck with 4.
      expect([EXIT.unreachable, EXIT.storage]).toContain(exit);
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
    }
    onEnd();
  }
  throw new Error('not finished after 60 starts');
}

test('killed before every single step, the client has each message once in the folder', async () => {
  const measure = createMemoryDisk(FOLDER);
  await runToEnd(measure, createFakeFeed(Array.from({ length: 6 }, (_, i) => makeMessage(i + 1))), 3, () => undefined);
  const total = measure.steps;
  expect(total).toBeGreaterThan(50);
  for (let step = 0; step < total; step++) {
    const messages = Array.from({ length: 6 }, (_, i) => makeMessage(i + 1));
    const disk = createMemoryDisk(FOLDER);
    const feed = createFakeFeed(messages);
    const { taken, takeAll } = accountant(disk);
    disk.killAfter(step);
    await runToEnd(disk, feed, 3, () => {
      disk.revive();
      // The accounting program empties the folder between the crash and the next start: nothing may come a second time.
      takeAll();
    });
    takeAll();
    expect([...taken.values()], `killed before step ${step}`).toEqual(messages.map(() => 1));
    expect(new Set(taken.keys())).toEqual(new Set(messages.map((message) => message.xml)));
    expect(feed.mailbox.size).toBe(0);
    expect(disk.files(`${FOLDER}/.stat_client/tmp`)).toEqual([]);
  }
});

test('killed before every step, and the power cut before every step of the next start: each message once', async () => {
  const starts = async (first: number, second: number, keepAll: boolean) => {
    const messages = [makeMessage(1), makeMessage(2)];
    const disk = createMemoryDisk(FOLDER);
    const feed = createFakeFeed(messages);
    const { taken, takeAll } = accountant(disk);
    let ends = 0;
    disk.killAfter(first);
    await runToEnd(disk, feed, 2, () => {
      ends++;
      if (ends === 2) disk.cutPower((most) => (keepAll ? most : 0));
      disk.revive();
      if (ends === 1) disk.killAfter(second);
      else takeAll();
    });
    takeAll();
    const what = `killed before step ${first}, cut before step ${second} of the next start, unflushed ${keepAll ? 'kept' : 'lost'}`;
    expect([...taken.values()], what).toEqual([1, 1]);
    expect(feed.mailbox.size, what).toBe(0);
    return ends;
  };
  let first = 0;
  for (; first === 0 || (await starts(first - 1, Number.MAX_SAFE_INTEGER, false)) > 0; first++) {
    let second = 0;
    while ((await starts(first, second, false)) === 2) {
      await starts(first, second, true);
      second++;
    }
  }
  expect(first).toBeGreaterThan(30);
}, 120_000);

test('random kills, power cuts, lost answers, wrong digests, locked files and a busy accounting program: each message once, none lost', async () => {
  const fault = fc.record({
    after: fc.integer({ min: 0, max: 120 }),
    power: fc.boolean(),
    seed: fc.integer({ min: 0, max: 1_000_000 }),
    takes: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        count: fc.integer({ min: 1, max: 25 }),
        batch: fc.integer({ min: 1, max: 10 }),
        faults: fc.array(fault, { maxLength: 8 }),
        lost: fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 4 }),
        spoilt: fc.array(fc.record({ pull: fc.integer({ min: 1, max: 20 }), message: fc.nat(9) }), { maxLength: 4 }),
        refused: fc.array(fc.record({ rename: fc.integer({ min: 1, max: 40 }), times: fc.integer({ min: 1, max: 12 }) }), { maxLength: 3 }),
        small: fc.boolean(),
      }),
      async ({ count, batch, faults, lost, spoilt, refused, small }) => {
        const messages = Array.from({ length: count }, (_, i) => makeMessage(i + 1));
        const disk = createMemoryDisk(FOLDER);
        const feed = createFakeFeed(messages);
        const { taken, takeAll } = accountant(disk);
        const waiting = [...faults];
        const lostPulls = new Set(lost);
        feed.afterwards = () => {
          if (lostPulls.delete(feed.pulls.length)) throw new Unreachable('answer lost');
        };
        feed.change = (answer) => {
          for (const each of spoilt) {
            const message = answer.messages[each.message % Math.max(answer.messages.length, 1)];
            if (each.pull === feed.pulls.length && message !== undefined) message.xml += ' ';
          }
          return answer;
        };
        let renames = 0;
        const refusals = refused.map((each) => ({ ...each }));
        disk.before = (operation, path) => {
          if (operation !== 'rename' || !path.endsWith('.xml')) return;
          renames++;
          const due = refusals.find((each) => each.rename <= renames && each.times > 0);
          if (due !== undefined && due.times-- > 0) throw systemError('EBUSY', path);
        };
        let current = waiting.shift();
        if (current !== undefined) disk.killAfter(current.after);
        // Rewriting the journal at every batch puts its own steps under the same knife.
        const rewriteAbove = small ? 300 : undefined;
        await runToEnd(
          disk,
          feed,
          batch,
          () => {
            if (current?.power) {
              let seed = current.seed;
              disk.cutPower((most) => {
                seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
                return Math.floor((seed / 2_147_483_648) * (most + 1));
              });
            }
            disk.revive();
            if (current?.takes) takeAll();
            current = waiting.shift();
            if (current !== undefined) disk.killAfter(current.after);
          },
          rewriteAbove,
        );
        takeAll();
        expect([...taken.values()]).toEqual(messages.map(() => 1));
        expect(new Set(taken.keys())).toEqual(new Set(messages.map((message) => message.xml)));
        expect(feed.mailbox.size).toBe(0);
      },
    ),
    { numRuns: RUNS },
  );
}, 600_000);
