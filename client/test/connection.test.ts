import { describe, expect, test } from 'vitest';
import type { ConnectionOptions } from '../connection.ts';
import { EXIT } from '../exit.ts';
import { Busy, CertificateRefused, ProtocolDefect, SessionTaken, Unreachable } from '../feed-failure.ts';
import { createClient, createFakeClock, createFakeFeed, createRecordingLog, type FakeFeed } from './fakes.ts';
import { createMemoryDisk } from './memory-disk.ts';
import { makeMessage } from './peer.ts';

/** The state machine of spec online-ticket 7.3 and the reactions of 6.4, with a clock that waits for nobody. */
const FOLDER = '/xml';

function setUp(count = 0, addresses = 1) {
  const messages = Array.from({ length: count }, (_, i) => makeMessage(i + 1));
  const disk = createMemoryDisk(FOLDER);
  const clock = createFakeClock();
  const log = createRecordingLog();
  const feeds = Array.from({ length: addresses }, (_, i) => ({
    address: `hub${i + 1}:8443`,
    feed: createFakeFeed(i === 0 ? messages : []),
  }));
  const files = () => disk.files(FOLDER).filter((name) => name.endsWith('.xml'));
  const start = (change: Partial<ConnectionOptions> = {}) =>
    createClient(FOLDER, disk.fileSystem, feeds[0]!.feed, { clock, log, feeds, ...change });
  return { messages, disk, clock, log, feeds, feed: feeds[0]!.feed, files, start };
}

/** Makes the first pulls of a feed fail with the given errors, one each. */
function failWith(feed: FakeFeed, errors: (Error | undefined)[]): void {
  const waiting = [...errors];
  feed.before = () => {
    const error = waiting.shift();
    if (error !== undefined) throw error;
  };
}

describe('backoff', () => {
  test('1 s doubling to 60 s, times 0.5 to 1 at random, begun anew by a successful pull', async () => {
    const world = setUp();
    failWith(world.feed, [...Array.from({ length: 9 }, () => new Unreachable('refused')), undefined, new Unreachable('cut')]);
    const client = world.start({ once: false, random: () => 0 });
    world.feed.idle = async () => {
      if (world.feed.pulls.length > 12) client.stop();
    };
    expect(await client.run()).toBe(EXIT.done);
    expect(world.clock.slept).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000, 500]);
    expect(world.log.lines.filter((line) => line.startsWith('OT1101'))[0]).toBe('OT1101 connection lost: refused; next attempt in 0.5 s');
    expect(world.log.count('OT1002')).toBe(2);
  });

  test('a message whose digest stays wrong is asked for less and less often; others that come meanwhile are not held up', async () => {
    const world = setUp(1);
    let sequence = 1;
    world.feed.change = (answer) => {
      if (answer.messages[0]?.sequence === 1) answer.messages[0].xml += ' ';
      return answer;
    };
    const client = world.start({ once: false, random: () => 1 });
    world.feed.before = () => {
      if (world.feed.pulls.length === 5) world.feed.mailbox.set(++sequence, makeMessage(sequence));
      if (world.feed.pulls.length === 8) client.stop();
    };
    await client.run();
    expect(world.clock.slept.slice(0, 7)).toEqual([1_000, 2_000, 4_000, 8_000, 1_000, 2_000, 4_000]);
    expect(world.files()).toEqual([makeMessage(2).name]);
    expect(world.feed.mailbox.has(1)).toBe(true);
  });

  test('the random factor reaches 1', async () => {
    const world = setUp();
    failWith(world.feed, [new Unreachable('refused'), new Unreachable('refused')]);
    const client = world.start({ once: false, random: () => 0.999999 });
    world.feed.idle = async () => client.stop();
    await client.run();
    expect(world.clock.slept.map(Math.round)).toEqual([1_000, 2_000]);
  });

  test('each failure leads to the next address of Connect, and round again', async () => {
    const world = setUp(3, 3);
    const order: string[] = [];
    world.feeds.forEach(({ feed, address }, index) => {
      feed.before = () => {
        order.push(address);
        if (order.length < 6 || index !== 0) throw new Unreachable('refused');
      };
    });
    const client = world.start({ once: false });
    world.feed.idle = async () => client.stop();
    await client.run();
    expect(order.slice(0, 7)).toEqual(['hub1:8443', 'hub2:8443', 'hub3:8443', 'hub1:8443', 'hub2:8443', 'hub3:8443', 'hub1:8443']);
    expect(world.files().length).toBe(3);
    expect(world.log.lines).toContain('OT1002 connected to hub1:8443');
  });
});

describe('reactions of 6.4', () => {
  async function reaction(error: Error, random = 0.5): Promise<{ first: number; world: ReturnType<typeof setUp>; states: Set<string> }> {
    const world = setUp(2);
    failWith(world.feed, [error]);
    const client = world.start({ once: false, random: () => random });
    const states = new Set<string>();
    const { sleep } = world.clock;
    world.clock.sleep = async (milliseconds, signal) => {
      if (milliseconds > 25) states.add(client.state());
      await sleep(milliseconds, signal);
    };
    world.feed.idle = async () => client.stop();
    expect(await client.run()).toBe(EXIT.done);
    expect(world.files().length).toBe(2);
    return { first: world.clock.slept[0]!, world, states };
  }

  test('certificate refused: OT2008 and ten minutes', async () => {
    const { first, world } = await reaction(new CertificateRefused('CERT_REVOKED'));
    expect(first).toBe(600_000);
    expect(world.log.lines).toContain('OT2008 the server refused the certificate: CERT_REVOKED');
  });

  test('session taken: stand by for 60 s at a time, told once', async () => {
    const { first, world, states } = await reaction(new SessionTaken('409'));
    expect(first).toBe(60_000);
    expect(states).toEqual(new Set(['STANDBY']));
    expect(world.log.count('OT1102')).toBe(1);
    const long = setUp();
    failWith(long.feed, [new SessionTaken('409'), new SessionTaken('409'), new SessionTaken('409')]);
    const client = long.start({ once: false });
    long.feed.idle = async () => client.stop();
    await client.run();
    expect(long.clock.slept).toEqual([60_000, 60_000, 60_000]);
    expect(long.log.count('OT1102')).toBe(1);
  });

  test('429 obeys Retry-After', async () => {
    const { first, states } = await reaction(new Busy('TOO_MANY_REQUESTS', '429', 7_000));
    expect(first).toBe(7_000);
    expect(states).toEqual(new Set(['WAITING']));
  });

  test('429 with Retry-After 0 is no invitation to a tight loop', async () => {
    expect((await reaction(new Busy('TOO_MANY_REQUESTS', '429', 0))).first).toBe(250);
  });

  test('503 STORE_UNAVAILABLE backs off, at least as long as the hub asks', async () => {
    expect((await reaction(new Busy('STORE_UNAVAILABLE', '503', undefined))).first).toBe(750);
    expect((await reaction(new Busy('STORE_UNAVAILABLE', '503', 5_000))).first).toBe(5_000);
  });

  test('503 SHUTTING_DOWN waits 0 to 10 s at random', async () => {
    expect((await reaction(new Busy('SHUTTING_DOWN', '503', undefined), 0)).first).toBe(0);
    expect((await reaction(new Busy('SHUTTING_DOWN', '503', undefined), 0.73)).first).toBeCloseTo(7_300);
  });

  test('a defect of the protocol is logged and backs off', async () => {
    const { first, world } = await reaction(new ProtocolDefect('the server answers 400'));
    expect(first).toBe(750);
    expect(world.log.count('OT1101')).toBe(1);
  });

  test('ACK_MISMATCH: acknowledgements dropped, pulled from 0, duplicates caught by id', async () => {
    const world = setUp(4);
    // The hub was restored from a backup: sequence 4 belongs to another message there.
    let restored = false;
    const replacement = makeMessage(4, { xml: '<TICKETS/>' });
    world.feed.afterwards = (_request, answer) => {
      if (!restored && answer.messages.length === 4) {
        restored = true;
        world.feed.mailbox.set(4, replacement);
      }
    };
    const client = world.start({ once: true });
    expect(await client.run()).toBe(EXIT.done);
    expect(world.log.count('OT1108')).toBe(1);
    expect(world.log.count('OT1005')).toBe(3);
    expect(world.files().length).toBe(5);
    expect(world.feed.mailbox.size).toBe(0);
    const afterMismatch = world.feed.pulls.findIndex(
      (pull) => pull.ackThrough?.sequence === 4 || pull.ack?.some((each) => each.sequence === 4),
    );
    expect(world.feed.pulls[afterMismatch + 1]).not.toHaveProperty('after');
  });
});

describe('-once', () => {
  test('unreachable at every address: exit 7 after one attempt each', async () => {
    const world = setUp(0, 3);
    for (const { feed } of world.feeds)
      feed.before = () => {
        throw new Unreachable('refused');
      };
    expect(await world.start().run()).toBe(EXIT.unreachable);
    expect(world.feeds.map(({ feed }) => feed.pulls.length)).toEqual([1, 1, 1]);
  });

  test('certificate refused: exit 6; session taken: exit 6', async () => {
    for (const error of [new CertificateRefused('CERT_UNKNOWN'), new SessionTaken('409')]) {
      const world = setUp();
      failWith(world.feed, [error]);
      expect(await world.start().run()).toBe(EXIT.refused);
    }
  });

  test('delivery held: told, exit 0', async () => {
    const world = setUp(3);
    world.feed.held = true;
    expect(await world.start().run()).toBe(EXIT.done);
    expect(world.log.count('OT1105')).toBe(1);
    expect(world.files()).toEqual([]);
  });

  test('never waits for messages', async () => {
    const world = setUp(250);
    expect(await world.start().run()).toBe(EXIT.done);
    expect(world.feed.pulls.every((pull) => pull.waitSeconds === 0)).toBe(true);
    expect(world.files().length).toBe(250);
  });
});

describe('pulling', () => {
  test('while a batch is stored the next is pulled with `after`, and acknowledgements follow', async () => {
    const world = setUp(250);
    const client = world.start({ once: false, batch: 50 });
    world.feed.idle = async () => client.stop();
    await client.run();
    const pulls = world.feed.pulls;
    expect(pulls.slice(0, 6).map((pull) => pull.after ?? 0)).toEqual([0, 50, 100, 150, 200, 0]);
    expect(pulls.slice(0, 5).map((pull) => pull.ackThrough?.sequence)).toEqual([undefined, undefined, 50, 100, 150]);
    expect(pulls[5]).toMatchObject({ ackThrough: { sequence: 250 }, waitSeconds: 25 });
    expect(world.files().length).toBe(250);
  });

  test('pulls begin 25 ms apart, so that single messages one after the other stay below 50 requests a second', async () => {
    const world = setUp();
    const begun = world.clock.time;
    let sequence = 0;
    const client = world.start({ once: false });
    world.feed.idle = async () => {
      if (sequence === 100) client.stop();
      else world.feed.mailbox.set(++sequence, makeMessage(sequence));
    };
    await client.run();
    expect(world.files().length).toBe(100);
    expect(world.clock.time - begun).toBeGreaterThanOrEqual(100 * 25);
    expect(world.clock.spaced.length).toBe(world.feed.pulls.filter((pull) => pull.max !== 0).length - 1);
  });

  test('what an earlier run left unconfirmed is acknowledged one by one, never through', async () => {
    const world = setUp(6);
    let lose = true;
    world.feed.before = (request) => {
      if (lose && (request.ack || request.ackThrough)) throw new Unreachable('cut');
    };
    expect(await world.start().run()).toBe(EXIT.unreachable);
    lose = false;
    expect(world.files().length).toBe(6);
    world.feed.pulls.length = 0;
    expect(await world.start().run()).toBe(EXIT.done);
    expect(world.feed.pulls[0]?.ack?.map((each) => each.sequence)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(world.files().length).toBe(6);
  });

  test('the same message twice, in one answer and again later: one file, OT1005', async () => {
    const world = setUp(2);
    world.feed.change = (answer) => {
      if (answer.messages.length === 2) answer.messages.push({ ...answer.messages[0]!, sequence: 9 });
      return answer;
    };
    await world.start().run();
    expect(world.files().length).toBe(2);
    const again = { ...world.messages[0]!, sequence: 7 };
    world.feed.change = (answer) => answer;
    world.feed.mailbox.set(7, again);
    expect(await world.start().run()).toBe(EXIT.done);
    expect(world.files().length).toBe(2);
    expect(world.log.lines).toContain(`OT1005 duplicate ${again.id} skipped`);
    expect(world.feed.mailbox.size).toBe(0);
  });

  test('tombstones are told once and confirmed; holds and their end are told', async () => {
    const world = setUp();
    let turn = 0;
    world.feed.change = (answer) => {
      turn++;
      answer.held = turn === 2 || turn === 3;
      if (turn <= 2) answer.expired = [{ from: 900, to: 950, count: 51 }];
      return answer;
    };
    const client = world.start({ once: false });
    world.feed.idle = async () => {
      if (turn === 5) client.stop();
    };
    await client.run();
    expect(world.log.lines.filter((line) => /^OT1104|^OT1105|^OT1010/.test(line))).toEqual([
      'OT1104 51 messages expired on the server undelivered',
      'OT1105 delivery is held by the operator',
      'OT1010 delivery goes on after the hold',
    ]);
    expect(world.feed.pulls[1]?.ackExpired).toBe(950);
  });

  test('a report goes with the first pull and then once a minute', async () => {
    const world = setUp();
    const client = world.start({ once: false });
    world.feed.idle = async () => {
      world.clock.time += 25_000;
      if (world.feed.pulls.length === 8) client.stop();
    };
    await client.run();
    expect(world.feed.pulls.map((pull) => pull.report !== undefined)).toEqual([true, false, false, true, false, false, true, false]);
    expect(world.feed.pulls[0]?.report).toEqual({ version: '0.1.0', storage: 'ok', freeBytes: 1e12, stuck: [] });
  });
});

describe('stop', () => {
  test('the begun batch is finished and acknowledged with max 0', async () => {
    const world = setUp(30);
    const client = world.start({ once: false, batch: 30 });
    world.disk.before = (operation) => {
      if (operation === 'rename') client.stop();
    };
    expect(await client.run()).toBe(EXIT.done);
    expect(world.files().length).toBe(30);
    expect(world.feed.pulls.at(-1)).toMatchObject({ max: 0, waitSeconds: 0 });
    expect(world.feed.mailbox.size).toBe(0);
    expect(client.state()).toBe('STOPPING');
  });

  test('in the middle of a backoff it ends at once', async () => {
    const world = setUp();
    failWith(world.feed, [new Unreachable('refused')]);
    const client = world.start({ once: false });
    world.clock.sleep = async (_milliseconds, signal) => {
      client.stop();
      expect(signal?.aborted).toBe(true);
    };
    expect(await client.run()).toBe(EXIT.done);
    expect(world.feed.pulls.length).toBe(1);
  });

  test('a storage that hangs does not hold it longer than 10 s', async () => {
    const world = setUp(1);
    const timers: { milliseconds: number; call: () => void }[] = [];
    world.clock.after = (milliseconds, call) => {
      timers.push({ milliseconds, call });
      return () => undefined;
    };
    const client = world.start({ once: false });
    world.disk.fileSystem.rename = () => {
      client.stop();
      setImmediate(() => timers.at(-1)?.call());
      return new Promise(() => undefined);
    };
    expect(await client.run()).toBe(EXIT.done);
    expect(timers.map((timer) => timer.milliseconds)).toEqual([10_000]);
  });
});

test('states: STARTING, CONNECTING, PULLING, STORING and back', async () => {
  const world = setUp(3);
  const client = world.start({ once: false });
  const states: string[] = [client.state()];
  const see = () => {
    if (states.at(-1) !== client.state()) states.push(client.state());
  };
  world.disk.before = see;
  const { pull } = world.feed;
  world.feed.pull = async (request, signal) => {
    see();
    return pull(request, signal);
  };
  world.feed.idle = async () => client.stop();
  await client.run();
  see();
  expect(states).toEqual(['STARTING', 'CONNECTING', 'PULLING', 'STORING', 'PULLING', 'STOPPING']);
});

test('clocks that jump, back or forward, change neither order nor deduplication', async () => {
  const world = setUp(40);
  let turn = 0;
  world.feed.before = () => {
    world.clock.time += [86_400_000 * 400, -86_400_000 * 500, 0][turn++ % 3]!;
  };
  expect(await world.start({ batch: 7 }).run()).toBe(EXIT.done);
  expect(world.files()).toEqual(world.messages.map((message) => message.name).sort());
  expect(world.feed.acknowledged.map((each) => each.sequence)).toEqual(world.messages.map((message) => message.sequence));
});
