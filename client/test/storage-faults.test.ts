import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EXIT } from '../exit.ts';
import { Unreachable } from '../feed-failure.ts';
import { openStorage } from '../storage.ts';
import { createClient, createFakeClock, createFakeFeed, createRecordingLog, storageOptions } from './fakes.ts';
import { createMemoryDisk, systemError } from './memory-disk.ts';
import { makeMessage } from './peer.ts';

/** The rows of the second table of spec online-ticket 7.5, on a disk in memory whose operations fail as told. */
const FOLDER = '/xml';
const messagesUpTo = (count: number) => Array.from({ length: count }, (_, i) => makeMessage(i + 1));

function setUp(count: number) {
  const messages = messagesUpTo(count);
  const disk = createMemoryDisk(FOLDER);
  const feed = createFakeFeed(messages);
  const log = createRecordingLog();
  const clock = createFakeClock();
  const files = () => disk.files(FOLDER).filter((name) => name.endsWith('.xml'));
  const complete = () => {
    expect(files()).toEqual(messages.map((message) => message.name).sort());
    for (const message of messages) expect(disk.get(join(FOLDER, message.name))?.toString()).toBe(message.xml);
    expect(feed.mailbox.size).toBe(0);
  };
  return { messages, disk, feed, log, clock, files, complete };
}

/** Runs a client that does not end by itself until its mailbox is empty. */
async function runUntilEmpty(world: ReturnType<typeof setUp>, change: Parameters<typeof createClient>[3] = {}) {
  const client = createClient(FOLDER, world.disk.fileSystem, world.feed, { clock: world.clock, log: world.log, once: false, ...change });
  world.feed.idle = async () => {
    if (world.feed.mailbox.size === 0) client.stop();
    else await world.clock.sleep(25_000);
  };
  const states = new Set<string>();
  const { disk } = world;
  const before = disk.before;
  disk.before = (operation, path) => {
    states.add(client.state());
    before(operation, path);
  };
  const exit = await client.run();
  expect(exit).toBe(EXIT.done);
  return { states, client };
}

describe('disk full', () => {
  test.each(['ENOSPC', 'EDQUOT'])(
    '%s while temporary files are written: BLOCKED, reported, temps deleted, resumed by itself',
    async (code) => {
      const world = setUp(30);
      const { disk, feed, log } = world;
      let writes = 0;
      let full = true;
      disk.before = (operation, path) => {
        if (operation === 'writeDurable' && path.includes('.part') && ++writes > 15 && full) throw systemError(code, path);
      };
      let reports = 0;
      let tempsWhileBlocked: string[] | undefined;
      feed.before = (request) => {
        if (request.max === 0 && request.report?.storage === 'full') {
          tempsWhileBlocked ??= disk.files(`${FOLDER}/.stat_client/tmp`);
          // Ten messages were acknowledged as stored before the disk filled up; the others were not.
          expect(feed.acknowledged.length + (request.ack?.length ?? 0)).toBe(10);
          if (++reports === 3) full = false;
        }
      };
      const { states } = await runUntilEmpty(world, { batch: 10 });
      world.complete();
      expect(reports).toBe(3);
      expect(tempsWhileBlocked).toEqual([]);
      expect(states).toContain('BLOCKED');
      expect(log.count('OT2001')).toBe(1);
      expect(log.count('OT1008')).toBe(1);
      expect(world.clock.slept.filter((pause) => pause === 30_000).length).toBe(3);
    },
  );

  test('the journal cannot be written: nothing half-written is believed later', async () => {
    const world = setUp(10);
    let appends = 0;
    world.disk.before = (operation, path) => {
      if (operation === 'append' && path.endsWith('journal') && ++appends === 2) throw systemError('ENOSPC', path);
    };
    await runUntilEmpty(world);
    world.complete();
    expect(world.log.count('OT2001')).toBe(1);
    expect(world.log.count('OT2007')).toBe(0);
  });

  test('no room for the DONE record: the message counts as stored all the same', async () => {
    const world = setUp(3);
    let renamed = 0;
    let full = true;
    world.disk.before = (operation, path) => {
      if (operation === 'rename' && path.endsWith('.xml')) renamed++;
      if (operation === 'append' && path.endsWith('journal') && renamed === 3 && full) throw systemError('ENOSPC', path);
    };
    world.feed.before = (request) => {
      if (request.report?.storage === 'full') {
        expect(request.ack?.length).toBe(3);
        full = false;
      }
    };
    await runUntilEmpty(world);
    world.complete();
    expect(full).toBe(false);
  });

  test('free space under Min_free is seen before pulling', async () => {
    const world = setUp(3);
    world.disk.freeBytes = 49 * 1024 * 1024;
    world.feed.before = (request) => {
      if (world.feed.pulls.length < 3) expect(request).toMatchObject({ max: 0, report: { storage: 'full', freeBytes: 49 * 1024 * 1024 } });
      else world.disk.freeBytes = 51 * 1024 * 1024;
    };
    await runUntilEmpty(world);
    world.complete();
    expect(world.log.count('OT2001')).toBe(1);
  });

  test('after a full disk one message is tried first', async () => {
    const world = setUp(20);
    let full = true;
    world.disk.before = (operation, path) => {
      if (operation === 'writeDurable' && path.includes('.part') && full) throw systemError('ENOSPC', path);
    };
    const asked: number[] = [];
    world.feed.before = (request) => {
      if (request.report?.storage === 'full') full = false;
      else if (request.max !== undefined && request.max > 0) asked.push(request.max);
    };
    await runUntilEmpty(world);
    world.complete();
    expect(asked.slice(0, 2)).toEqual([100, 1]);
    expect(asked).toContain(100);
  });
});

describe('folder missing', () => {
  test('at start: exit 4, and the client does not create it', async () => {
    const world = setUp(1);
    world.disk.removeTree(FOLDER);
    const client = createClient(FOLDER, world.disk.fileSystem, world.feed, { log: world.log });
    expect(await client.run()).toBe(EXIT.storage);
    expect(world.log.count('OT2002')).toBe(1);
    expect(await world.disk.fileSystem.status(FOLDER)).toBeUndefined();
    expect(world.feed.pulls).toEqual([]);
  });

  test('while running: BLOCKED, never created, and everything goes on when it is back', async () => {
    const world = setUp(20);
    const { disk, feed } = world;
    let removed = false;
    disk.before = (operation, path) => {
      if (operation === 'writeDurable' && path.includes('.part') && !removed && feed.acknowledged.length >= 5) {
        removed = true;
        for (const name of world.files()) disk.take(join(FOLDER, name));
        disk.removeTree(FOLDER);
      }
    };
    let reports = 0;
    feed.before = (request) => {
      if (request.report?.storage !== 'missing') return;
      reports++;
      expect(disk.files(FOLDER)).toEqual([]);
      if (reports === 2) disk.makeTree(FOLDER);
    };
    const { states } = await runUntilEmpty(world, { batch: 5 });
    expect(removed).toBe(true);
    expect(reports).toBe(2);
    expect(states).toContain('BLOCKED');
    expect(world.log.count('OT2002')).toBe(1);
    // Five or more were acknowledged before the folder went; all others are in the new one.
    const inFolder = new Set(world.files());
    const later = world.messages.filter((message) => inFolder.has(message.name));
    expect(later.length).toBe(inFolder.size);
    expect(inFolder.size).toBeGreaterThanOrEqual(10);
    expect(feed.mailbox.size).toBe(0);
  });

  test.each(['ESTALE', 'EIO', 'ETIMEDOUT'])('%s of a network folder: as missing, and recovery runs before the next pull', async (code) => {
    const world = setUp(12);
    const { disk, feed } = world;
    let lost = false;
    let renames = 0;
    disk.before = (operation, path) => {
      if (operation === 'rename' && path.endsWith('.xml') && ++renames === 4) lost = true;
      if (lost) throw systemError(code, path);
    };
    feed.before = (request) => {
      if (request.report?.storage === 'missing' && feed.pulls.length > 3) lost = false;
    };
    await runUntilEmpty(world);
    world.complete();
    expect(world.log.count('OT2002')).toBe(1);
    expect(world.log.lines.some((line) => line.startsWith('OT1006 recovery: 12 files completed'))).toBe(true);
  });
});

describe('folder read-only', () => {
  test.each(['EROFS', 'EACCES', 'EPERM'])('%s on every write: reported as denied, resumed by itself', async (code) => {
    const world = setUp(6);
    const writing = new Set(['writeDurable', 'append', 'rename', 'checkWritable', 'openGrowing', 'makeFolder']);
    let denied = false;
    world.disk.before = (operation, path) => {
      if (denied && writing.has(operation)) throw systemError(code, path);
    };
    let reports = 0;
    world.feed.before = (request) => {
      if (world.feed.pulls.length === 1) denied = true;
      if (request.report?.storage === 'denied' && ++reports === 2) denied = false;
    };
    await runUntilEmpty(world, { batch: 2 });
    world.complete();
    expect(reports).toBe(2);
    expect(world.log.lines.filter((line) => line.startsWith('OT2003')).length).toBe(1);
  });

  test('at start: exit 4', async () => {
    const world = setUp(1);
    world.disk.before = (operation, path) => {
      if (operation === 'checkWritable') throw systemError('EACCES', path);
    };
    expect(await createClient(FOLDER, world.disk.fileSystem, world.feed, { log: world.log }).run()).toBe(EXIT.storage);
  });

  test('only the folder itself refuses names: no message is taken for a locked file', async () => {
    const world = setUp(4);
    let denied = true;
    world.disk.before = (operation, path) => {
      if (denied && ((operation === 'rename' && path.endsWith('.xml')) || (operation === 'checkWritable' && world.feed.pulls.length > 0))) {
        throw systemError('EACCES', path);
      }
    };
    world.feed.before = (request) => {
      if (request.report?.storage === 'denied') denied = false;
      expect(request.report?.stuck ?? []).toEqual([]);
    };
    await runUntilEmpty(world);
    world.complete();
    expect(denied).toBe(false);
  });
});

describe('rename refused', () => {
  test.each(['EPERM', 'EACCES', 'EBUSY'])('%s for a moment: repeated from 50 ms doubling, then stored', async (code) => {
    const world = setUp(5);
    let refusals = 4;
    world.disk.before = (operation, path) => {
      if (operation === 'rename' && path.endsWith(world.messages[1]!.name) && refusals-- > 0) throw systemError(code, path);
    };
    await runUntilEmpty(world);
    world.complete();
    expect(world.clock.slept.slice(0, 4)).toEqual([50, 100, 200, 400]);
    expect(world.log.count('OT2003')).toBe(0);
  });

  test('for longer: the message is stuck after 10 s, reported, the others are acknowledged singly, and it is tried each minute', async () => {
    const world = setUp(5);
    const stuckMessage = world.messages[1]!;
    let locked = true;
    world.disk.before = (operation, path) => {
      if (operation === 'rename' && path.endsWith(stuckMessage.name) && locked) throw systemError('EBUSY', path);
    };
    const begun = world.clock.time;
    let stuckSeen = 0;
    world.feed.before = (request) => {
      const stuck = request.report?.stuck ?? [];
      if (stuck.length > 0) {
        stuckSeen++;
        expect(stuck).toEqual([{ sequence: 2, id: stuckMessage.id, code: 'EBUSY' }]);
        expect(request.report?.storage).toBe('ok');
      }
      if (stuckSeen > 0 && locked) {
        expect(request.ackThrough).toBeUndefined();
        expect(request.ack?.some((each) => each.id === stuckMessage.id) ?? false).toBe(false);
        if (world.clock.time - begun > 100_000) locked = false;
      }
    };
    await runUntilEmpty(world);
    world.complete();
    expect(stuckSeen).toBeGreaterThan(0);
    expect(world.log.count('OT2003')).toBe(1);
    expect(world.feed.acknowledged.slice(0, 4).map((each) => each.sequence)).toEqual([1, 3, 4, 5]);
    // Stuck messages are passed with `after`; they are not pulled again and again.
    expect(world.feed.pulls.filter((pull) => pull.max !== 0 && pull.after === undefined).length).toBeLessThan(4);
  });

  test('over 20 stuck messages: BLOCKED until they are fewer', async () => {
    const world = setUp(30);
    let locked = true;
    world.disk.before = (operation, path) => {
      if (operation === 'rename' && path.endsWith('.xml') && locked) throw systemError('EBUSY', path);
    };
    let reports = 0;
    world.feed.before = (request) => {
      if (request.max === 0 && request.report?.storage === 'denied') {
        expect(request.report.stuck.length).toBe(30);
        if (++reports === 2) locked = false;
      }
    };
    const { states } = await runUntilEmpty(world);
    world.complete();
    expect(reports).toBe(2);
    expect(states).toContain('BLOCKED');
  });

  test('killed while a message is stuck: it is not taken for renamed', async () => {
    const world = setUp(2);
    world.disk.before = (operation, path) => {
      if (operation === 'rename' && path.endsWith(world.messages[0]!.name)) throw systemError('EBUSY', path);
    };
    const first = createClient(FOLDER, world.disk.fileSystem, world.feed, { log: world.log, clock: world.clock });
    expect(await first.run()).toBe(EXIT.storage);
    expect(world.files()).toEqual([world.messages[1]!.name]);
    world.disk.before = () => undefined;
    expect(await createClient(FOLDER, world.disk.fileSystem, world.feed, { log: world.log }).run()).toBe(EXIT.done);
    world.complete();
  });
});

describe('temporary file gone before its rename (quarantine)', () => {
  test('written again from memory', async () => {
    const world = setUp(3);
    let vanish = 2;
    world.disk.before = (operation, path) => {
      if (operation === 'rename' && path.endsWith(world.messages[0]!.name) && vanish-- > 0) {
        world.disk.take(join(FOLDER, '.stat_client/tmp', `${world.messages[0]!.id}.part`));
      }
    };
    await runUntilEmpty(world);
    world.complete();
  });

  test('three times in vain: stuck, and not acknowledged', async () => {
    const world = setUp(3);
    let vanishing = true;
    let vanished = 0;
    world.disk.before = (operation, path) => {
      if (operation === 'rename' && path.endsWith(world.messages[0]!.name) && vanishing) {
        vanished++;
        world.disk.take(join(FOLDER, '.stat_client/tmp', `${world.messages[0]!.id}.part`));
      }
    };
    let stuck = false;
    world.feed.before = (request) => {
      if (request.report?.stuck.length) {
        stuck = true;
        expect(request.report.stuck[0]?.code).toBe('ENOENT');
        expect(vanished).toBe(4);
        vanishing = false;
      }
    };
    await runUntilEmpty(world);
    world.complete();
    expect(stuck).toBe(true);
  });
});

describe('.stat_client on another file system', () => {
  function separateDevices(world: ReturnType<typeof setUp>) {
    const { disk } = world;
    const { rename } = disk.fileSystem;
    disk.fileSystem.rename = async (from, to) => {
      if (from.includes('/.stat_client/tmp/') && !to.includes('.stat_client')) throw systemError('EXDEV', from);
      return rename(from, to);
    };
  }

  test('EXDEV at the first rename: temporary files lie in Storage itself from then on, after a restart too', async () => {
    const world = setUp(8);
    separateDevices(world);
    await runUntilEmpty(world, { batch: 4 });
    world.complete();
    expect(world.log.count('OT1009')).toBe(1);
    expect(world.disk.files(FOLDER).filter((name) => name.endsWith('.part'))).toEqual([]);
    expect(world.disk.files(`${FOLDER}/.stat_client/tmp`)).toEqual([]);

    world.disk.put(join(FOLDER, `.${world.messages[0]!.id}.part`), 'left behind');
    const storage = await openStorage(storageOptions(FOLDER, world.disk.fileSystem, world.clock, world.log));
    expect(world.disk.files(FOLDER).filter((name) => name.endsWith('.part'))).toEqual([]);
    const next = makeMessage(9);
    await storage.store([next]);
    expect(world.disk.get(join(FOLDER, next.name))?.toString()).toBe(next.xml);
  });

  test('seen from the device numbers at start', async () => {
    const world = setUp(2);
    separateDevices(world);
    const { status } = world.disk.fileSystem;
    world.disk.fileSystem.status = async (path) => {
      const found = await status(path);
      return found && path.includes('.stat_client') ? { ...found, device: 2 } : found;
    };
    await runUntilEmpty(world);
    world.complete();
    expect(world.log.lines[0]).toMatch(/^OT1009/);
  });
});

describe('digest of received XML wrong', () => {
  test('not stored, not acknowledged, OT2006, pulled again on a new connection', async () => {
    const world = setUp(4);
    let spoil = 1;
    world.feed.change = (answer) => {
      if (answer.messages.length > 0 && spoil-- > 0) answer.messages[1]!.xml += ' ';
      return answer;
    };
    let disconnected = 0;
    world.feed.disconnect = async () => {
      disconnected++;
    };
    world.feed.before = (request) => {
      const confirms = (request.ackThrough?.sequence ?? 0) >= 2 || request.ack?.some((each) => each.sequence === 2) === true;
      expect(confirms).toBe(confirms && world.files().includes(world.messages[1]!.name));
    };
    await runUntilEmpty(world);
    world.complete();
    expect(world.log.lines.filter((line) => line.startsWith('OT2006'))).toEqual([
      `OT2006 digest of message ${world.messages[1]!.id} is wrong`,
    ]);
    expect(disconnected).toBeGreaterThan(0);
  });
});

test('a wrong digest in a batch behind which more waits is never confirmed by the message after it', async () => {
  const world = setUp(12);
  let spoil = 3;
  world.feed.change = (answer) => {
    if (answer.messages.length > 1 && spoil-- > 0) answer.messages[0]!.xml += ' ';
    return answer;
  };
  await runUntilEmpty(world, { batch: 4 });
  world.complete();
  expect(world.log.count('OT2006')).toBeGreaterThanOrEqual(2);
});

test('a name taken by other content gets ~2, then ~3; the existing files are not touched', async () => {
  const world = setUp(1);
  const name = world.messages[0]!.name;
  const stem = name.slice(0, -4);
  world.disk.put(join(FOLDER, name), 'the accountant’s own file');
  world.disk.put(join(FOLDER, `${stem}~2.xml`), 'another');
  await runUntilEmpty(world);
  expect(world.disk.get(join(FOLDER, name))?.toString()).toBe('the accountant’s own file');
  expect(world.disk.get(join(FOLDER, `${stem}~2.xml`))?.toString()).toBe('another');
  expect(world.disk.get(join(FOLDER, `${stem}~3.xml`))?.toString()).toBe(world.messages[0]!.xml);
});

test('whoever keeps taking every name is not raced for ever: the message is stuck', async () => {
  const world = setUp(1);
  const { renameNew } = world.disk.fileSystem;
  let taking = true;
  world.disk.fileSystem.renameNew = async (from, to) => {
    if (taking) world.disk.put(to, 'taken');
    return renameNew(from, to);
  };
  world.feed.before = (request) => {
    if (request.report?.stuck.length) {
      expect(request.report.stuck[0]?.code).toBe('EEXIST');
      taking = false;
    }
  };
  await runUntilEmpty(world);
  expect(taking).toBe(false);
  expect(world.files().length).toBe(7);
  expect(world.files().some((name) => world.disk.get(join(FOLDER, name))?.toString() === world.messages[0]!.xml)).toBe(true);
});

test('the journal lost, the files still there: nothing is written twice', async () => {
  const world = setUp(5);
  let lose = true;
  world.feed.before = (request) => {
    if (lose && (request.ack || request.ackThrough)) throw new Unreachable('cut');
  };
  const first = createClient(FOLDER, world.disk.fileSystem, world.feed, { log: world.log });
  expect(await first.run()).toBe(EXIT.unreachable);
  lose = false;
  world.disk.removeTree(`${FOLDER}/.stat_client`);
  await runUntilEmpty(world);
  world.complete();
  expect(world.log.count('OT1003')).toBe(5);
  expect(world.log.count('OT1005')).toBe(5);
});

test('a name that is taken between the look and the rename is not overwritten', async () => {
  const world = setUp(1);
  const name = world.messages[0]!.name;
  let intended = false;
  world.disk.before = (operation, path) => {
    if (operation === 'sync' && path.endsWith('journal') && !intended && world.disk.files(`${FOLDER}/.stat_client/tmp`).length > 0) {
      intended = true;
      world.disk.put(join(FOLDER, name), 'put there by somebody');
    }
  };
  await runUntilEmpty(world);
  expect(intended).toBe(true);
  expect(world.disk.get(join(FOLDER, name))?.toString()).toBe('put there by somebody');
  expect(world.disk.get(join(FOLDER, `${name.slice(0, -4)}~2.xml`))?.toString()).toBe(world.messages[0]!.xml);
});
