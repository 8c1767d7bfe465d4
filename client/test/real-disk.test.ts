import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { requires } from '../../test/support/requires.ts';
import type { Connection } from '../connection.ts';
import { EXIT } from '../exit.ts';
import { diskFileSystem } from '../ports.ts';
import { createClient, createFakeClock, createFakeFeed, createRecordingLog } from './fakes.ts';
import { filesIn, temporaryFolder } from './kit.ts';
import { makeMessage } from './peer.ts';

/** Faults of Storage on a real disk: what the system really answers. The pauses of 30 s take no time. */
let folder: string;

beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function setUp(storage: string, count: number, minFreeBytes = 0) {
  const messages = Array.from({ length: count }, (_, i) => makeMessage(i + 1));
  const feed = createFakeFeed(messages);
  const log = createRecordingLog();
  const clock = createFakeClock();
  const client: Connection = createClient(storage, diskFileSystem, feed, { clock, log, once: false, batch: 20, minFreeBytes });
  feed.idle = async () => {
    if (feed.mailbox.size === 0) client.stop();
  };
  const complete = () => {
    const files = filesIn(storage);
    expect(new Set(files.keys())).toEqual(new Set(messages.map((message) => message.name)));
    for (const message of messages) expect(files.get(message.name)).toBe(message.xml);
    expect(feed.mailbox.size).toBe(0);
    expect(readdirSync(join(storage, '.stat_client', 'tmp'))).toEqual([]);
  };
  return { messages, feed, log, client, complete };
}

test('the folder moved away and put back: BLOCKED meanwhile, nothing lost', async () => {
  const storage = join(folder, 'xml');
  mkdirSync(storage);
  const { feed, log, client, complete } = setUp(storage, 100);
  let reports = 0;
  feed.before = (request) => {
    if (feed.pulls.length === 3) renameSync(storage, `${storage}-away`);
    if (request.report?.storage === 'missing' && ++reports === 2) renameSync(`${storage}-away`, storage);
  };
  expect(await client.run()).toBe(EXIT.done);
  expect(reports).toBe(2);
  expect(log.count('OT2002')).toBe(1);
  complete();
});

test('.stat_client deleted while it runs: made anew', async () => {
  const { feed, client, complete } = setUp(folder, 60);
  feed.before = () => {
    if (feed.pulls.length === 3) rmSync(join(folder, '.stat_client'), { recursive: true });
  };
  expect(await client.run()).toBe(EXIT.done);
  complete();
});

requires('mount').describe('a small tmpfs', () => {
  test('disk full: BLOCKED, then resumed when there is room', async () => {
    const storage = join(folder, 'small');
    mkdirSync(storage);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', storage]);
    try {
      const { feed, log, client, messages } = setUp(storage, 150);
      const taken = new Map<string, string>();
      feed.before = (request) => {
        if (request.report?.storage !== 'full') return;
        // The accounting program makes room.
        for (const [name, xml] of filesIn(storage)) {
          taken.set(name, (taken.get(name) ?? '') + xml);
          rmSync(join(storage, name));
        }
      };
      expect(await client.run()).toBe(EXIT.done);
      for (const [name, xml] of filesIn(storage)) taken.set(name, (taken.get(name) ?? '') + xml);
      expect(log.count('OT2001')).toBeGreaterThan(0);
      expect(new Map(taken)).toEqual(new Map(messages.map((message) => [message.name, message.xml])));
      expect(feed.mailbox.size).toBe(0);
    } finally {
      execFileSync('umount', [storage]);
    }
  });

  test('mounted read-only while it runs: reported as denied, resumed by itself', async () => {
    const storage = join(folder, 'small');
    mkdirSync(storage);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', storage]);
    try {
      const { feed, log, client, complete } = setUp(storage, 100);
      let reports = 0;
      let readOnly = false;
      feed.before = (request) => {
        if (feed.pulls.length === 3) {
          // The journal is open for writing, so the remount has to be forced through a bind mount of it.
          execFileSync('mount', ['--bind', storage, storage]);
          execFileSync('mount', ['-o', 'remount,bind,ro', storage]);
          readOnly = true;
        }
        if (request.report?.storage === 'denied' && ++reports === 2) {
          execFileSync('umount', [storage]);
          readOnly = false;
        }
      };
      expect(await client.run()).toBe(EXIT.done);
      expect(readOnly).toBe(false);
      expect(reports).toBe(2);
      expect(log.count('OT2003')).toBe(1);
      complete();
    } finally {
      execFileSync('umount', [storage]);
    }
  });

  test('.stat_client on another file system: EXDEV is got round', async () => {
    mkdirSync(join(folder, '.stat_client'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', join(folder, '.stat_client')]);
    try {
      const { log, client, complete } = setUp(folder, 40);
      expect(await client.run()).toBe(EXIT.done);
      expect(log.count('OT1009')).toBe(1);
      complete();
      expect(statSync(join(folder, '.stat_client', 'tmp')).dev).not.toBe(statSync(folder).dev);
      expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
    } finally {
      execFileSync('umount', [join(folder, '.stat_client')]);
    }
  });
});

test('a folder full of other files, some in the way', async () => {
  const { messages, client, feed } = setUp(folder, 3);
  writeFileSync(join(folder, messages[0]!.name), 'in the way');
  mkdirSync(join(folder, messages[1]!.name));
  expect(await client.run()).toBe(EXIT.done);
  const names = readdirSync(folder).filter((name) => name.endsWith('~2.xml'));
  expect(names.length).toBe(2);
  expect(feed.mailbox.size).toBe(0);
});
