import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Intent, type Journal, openJournal } from '../journal.ts';
import { diskFileSystem } from '../ports.ts';
import { temporaryFolder } from './kit.ts';

const DAY = 86_400_000;
let folder: string;
let path: string;
let time = 20_000 * DAY;

beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder, 'journal');
  time = 20_000 * DAY;
});
const opened: Journal[] = [];
afterEach(async () => {
  for (const journal of opened.splice(0)) await journal.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(rewriteAbove?: number) {
  const options = { fileSystem: diskFileSystem, path, folder, now: () => time };
  const found = await openJournal(rewriteAbove === undefined ? options : { ...options, rewriteAbove });
  opened.push(found.journal);
  return found;
}

function intent(sequence: number): Intent {
  const id = randomUUID();
  return { id, sequence, temp: `.stat_client/tmp/${id}.part`, final: `${sequence}.xml`, sha256: 'a'.repeat(64) };
}

async function written(): Promise<Intent[]> {
  const { journal } = await open();
  const intents = [1, 2, 3, 4].map(intent);
  await journal.intend(intents);
  await journal.done(intents.slice(0, 3));
  await journal.acknowledged(intents.slice(0, 1));
  await journal.close();
  return intents;
}

test('reads back what was written: intended, done and not acknowledged, known', async () => {
  const [first, second, third, fourth] = await written();
  const { journal, damaged } = await open();
  expect(damaged).toBe(false);
  expect([...journal.intended.values()]).toEqual([fourth]);
  expect([...journal.unacknowledged.values()]).toEqual([second, third].map((each) => ({ sequence: each!.sequence, id: each!.id })));
  expect([first, second, third].every((each) => journal.known.has(each!.id))).toBe(true);
  expect(journal.known.has(fourth!.id)).toBe(false);
  await journal.drop([fourth!.id]);
  await journal.close();
  expect((await open()).journal.intended.size).toBe(0);
});

test('each line carries the CRC-32 of its record', async () => {
  await written();
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  expect(lines.length).toBe(8);
  for (const line of lines) expect(line).toMatch(/^[0-9a-f]{8} \{"r":"(INTENT|DONE|ACKED)",/);
});

describe('damaged journal', () => {
  test('cut at every byte: never called damaged, and every whole record before the cut is there', async () => {
    await written();
    const whole = readFileSync(path);
    for (let length = 0; length <= whole.length; length++) {
      writeFileSync(path, whole.subarray(0, length));
      const { journal, damaged } = await open();
      expect(damaged, `cut at ${length}`).toBe(false);
      const lines = whole.subarray(0, length).toString().split('\n').slice(0, -1);
      expect(journal.known.size).toBe(lines.filter((line) => line.includes('"DONE"')).length);
      await journal.close();
      expect(readFileSync(path, 'utf8')).toBe(lines.map((line) => `${line}\n`).join(''));
    }
  });

  test('last line wrong in one byte: cut off', async () => {
    await written();
    const content = readFileSync(path);
    content[content.length - 5]! ^= 1;
    writeFileSync(path, content);
    const { journal, damaged } = await open();
    expect(damaged).toBe(false);
    expect(journal.unacknowledged.size).toBe(3);
  });

  test('wrong elsewhere: kept as journal.bad, and only what is surely done is believed', async () => {
    const [first, , third, fourth] = await written();
    const content = readFileSync(path);
    content[20]! ^= 1;
    writeFileSync(path, content);
    const { journal, damaged } = await open();
    expect(damaged).toBe(true);
    expect(readFileSync(`${path}.bad`)).toEqual(content);
    expect(journal.known.has(first!.id)).toBe(true);
    expect(journal.known.has(third!.id)).toBe(true);
    expect(journal.intended.size).toBe(0);
    await journal.intend([fourth!]);
    await journal.close();
    const again = await open();
    expect(again.damaged).toBe(false);
    expect([...again.journal.intended.keys()]).toEqual([fourth!.id]);
    expect(again.journal.known.has(first!.id)).toBe(true);
  });

  test.each([
    ['binary rubbish', Buffer.from([0, 1, 2, 255, 10, 0, 10, 13])],
    ['a line of 1 MiB', Buffer.alloc(1024 * 1024, 65)],
    ['nothing', Buffer.alloc(0)],
  ])('%s instead of a journal: begun anew', async (_what, content) => {
    writeFileSync(path, content);
    const { journal } = await open();
    const one = intent(1);
    await journal.intend([one]);
    await journal.close();
    expect([...(await open()).journal.intended.values()]).toEqual([one]);
  });

  test('a forged record with a right CRC cannot point outside Storage', async () => {
    const { crc32 } = await import('node:zlib');
    const forged = ['../../etc/passwd', '/etc/passwd', '.stat_client/tmp/../../x.part'].map((temp) => {
      const json = JSON.stringify({ r: 'INTENT', ...intent(1), temp });
      return `${crc32(json).toString(16).padStart(8, '0')} ${json}\n`;
    });
    writeFileSync(path, forged.join(''));
    expect((await open()).journal.intended.size).toBe(0);
  });
});

describe('rewriting', () => {
  test('over its size the journal is rewritten and remembers ids for 35 days', async () => {
    const { journal } = await open(2_000);
    const old = Array.from({ length: 20 }, (_, i) => intent(i + 1));
    await journal.intend(old);
    await journal.done(old);
    await journal.acknowledged(old);
    time += 20 * DAY;
    const middle = Array.from({ length: 20 }, (_, i) => intent(i + 21));
    await journal.intend(middle);
    await journal.done(middle);
    time += 16 * DAY;
    const pending = intent(100);
    await journal.intend([pending]);
    await journal.close();

    const again = (await open()).journal;
    expect(old.some((each) => again.known.has(each.id))).toBe(false);
    expect(middle.every((each) => again.known.has(each.id))).toBe(true);
    expect([...again.unacknowledged.keys()]).toEqual(middle.map((each) => each.id));
    expect([...again.intended.keys()]).toEqual([pending.id]);
  });

  test('a journal that stays large after rewriting is not rewritten at every batch', async () => {
    const { journal } = await open(1_000);
    const many = Array.from({ length: 200 }, (_, i) => intent(i + 1));
    await journal.intend(many);
    await journal.done(many);
    let rewrites = 0;
    const { rename } = diskFileSystem;
    const counting = {
      ...diskFileSystem,
      rename(from: string, to: string) {
        rewrites++;
        return rename(from, to);
      },
    };
    await journal.close();
    const counted = (await openJournal({ fileSystem: counting, path, folder, now: () => time, rewriteAbove: 1_000 })).journal;
    for (let i = 0; i < 20; i++) {
      const one = intent(1_000 + i);
      await counted.intend([one]);
      await counted.done([one]);
    }
    expect(rewrites).toBe(1);
    await counted.close();
  });
});
