import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../../../core/database/test/support/until.ts';
import type { AttemptOutcome, Bounce, ChannelNews, Driver, Incoming, Order, Receipt } from '../driver.ts';
import { createLongMessages } from '../long-messages.ts';

/** The far side of a driver, in the hand of the tests. */
export interface Peer {
  /** A driver that talks to this peer, not started. Its timeouts are short: what is silent is found within `patience`. */
  driver(news: ChannelNews): Driver;
  readonly addresses: {
    /** Taken. */
    readonly good: string;
    /** Other addresses that are taken; attempts at once go to them. At least 8. */
    readonly others: readonly string[];
    /** Refused for good. */
    readonly permanent: string;
    /** Refused for now. */
    readonly temporary: string;
  };
  /** A text that the peer gives back as it was sent. */
  readonly text: string;
  /** Longest time in milliseconds until a driver notices that the peer is silent, and until it is at work again after that. */
  readonly patience: number;
  /** From now on the peer takes what comes and answers nothing. Silence that is noticed only once a message has been handed over begins there. */
  silence(): Promise<void> | void;
  /** The peer answers again; whoever connects anew, or asks again, is served. */
  voice(): Promise<void> | void;
  /** The peer goes away, and cuts what is open. */
  down(): Promise<void>;
  /** It is back, under the same name. */
  up(): Promise<void>;
  /** What has been taken, oldest first. */
  arrived(): readonly { readonly address: string; readonly text: string }[];
  /** How many connections, or open devices, it sees now. */
  open(): number;
  /** Ends all. */
  close(): Promise<void>;
}

/** What a driver told by itself; `hold` lets promises wait, as a slow database would. */
export interface HeardNews extends ChannelNews {
  readonly receipts: Receipt[];
  readonly messages: Incoming[];
  readonly bounces: Bounce[];
  changes: number;
}

/** News that are written down. */
export function hearNews(): HeardNews {
  const receipts: Receipt[] = [];
  const messages: Incoming[] = [];
  const bounces: Bounce[] = [];
  const long = createLongMessages();
  return {
    receipts,
    messages,
    bounces,
    changes: 0,
    async receipt(receipt) {
      receipts.push(receipt);
    },
    async incoming({ part, ...message }) {
      const { from, to, text } = message;
      if (!part) messages.push(message);
      else
        for (const joined of long.add({ from, to, text, concatenation: part }, 0))
          messages.push({ from, to, text: joined.text, id: undefined });
    },
    async bounced(bounce) {
      bounces.push(bounce);
    },
    changed() {
      this.changes++;
    },
  };
}

let attempts = 0;

/** An order of which only address and text matter. */
export function makeOrder(address: string, text: string, more: Partial<Order> = {}): Order {
  const attempt = ++attempts;
  return {
    attempt,
    reference: `1.${attempt}`,
    address,
    text,
    subject: undefined,
    from: undefined,
    confirmUrl: undefined,
    attachments: [],
    channels: undefined,
    ...more,
  };
}

/** Sockets, timers, pipes and the like that keep a process alive. */
const resources = (): number => process.getActiveResourcesInfo().filter((kind) => !/Immediate|FSReq|GetAddrInfo/.test(kind)).length;

const went = ({ result }: AttemptOutcome): boolean => result === 'done' || result === 'submitted';

/**
 * What every driver must pass (specification of alerts, chapter 5): success, permanent and temporary failure, silence of the peer, its restart, abort,
 * no leak.
 * @param name of the driver
 * @param makePeer a fresh peer, up and answering; called for every case
 * @example conformance('smpp', () => makeSmscPeer());
 */
export function conformance(name: string, makePeer: () => Promise<Peer>): void {
  describe(`a driver as the engine needs it: ${name}`, { timeout: 60_000 }, () => {
    let peer: Peer;
    let news: HeardNews;
    let driver: Driver;
    const never = new AbortController().signal;
    const attempt = (address: string, text = peer.text, signal = never): Promise<AttemptOutcome> =>
      driver.attempt(makeOrder(address, text), signal);
    /** Until the driver is ready for attempts. */
    const ready = (): Promise<void> => until(() => expect(driver.capacity()).toBeGreaterThan(0), { timeout: peer.patience + 5_000 });
    /** Until an attempt goes well again: ways out that keep no connection learn of a peer by trying. */
    const worksAgain = (): Promise<void> =>
      until(async () => expect(went(await attempt(peer.addresses.good))).toBe(true), { timeout: peer.patience + 10_000, interval: 200 });

    beforeEach(async () => {
      peer = await makePeer();
      news = hearNews();
      driver = peer.driver(news);
    });
    afterEach(async () => {
      await driver.stop(0);
      await peer.close();
    });

    test('before it is started and after it has stopped nothing is possible', async () => {
      expect(driver.capacity()).toBe(0);
      const { length } = driver.states();
      expect(length).toBeGreaterThan(0);
      await driver.start();
      await ready();
      expect(driver.states().some(({ state }) => state === 'free')).toBe(true);
      await driver.stop(2_000);
      expect(driver.capacity()).toBe(0);
      expect(driver.states().map(({ state }) => state)).toEqual(Array(length).fill('off'));
      expect(await attempt(peer.addresses.good)).toMatchObject({ result: expect.stringMatching(/^(channel|canceled)$/), messageIds: [] });
      expect(peer.arrived()).toEqual([]);
    });

    test('success: the text arrives as it was sent', async () => {
      await driver.start();
      await ready();
      const outcome = await attempt(peer.addresses.good);
      expect(went(outcome), JSON.stringify(outcome)).toBe(true);
      if (outcome.result === 'submitted') expect(outcome.messageIds.length).toBeGreaterThan(0);
      expect(outcome.channel).toBeTypeOf('number');
      await until(() => expect(peer.arrived()).toEqual([{ address: peer.addresses.good, text: peer.text }]));
      expect(driver.states()[outcome.channel ?? -1]).toMatchObject({ ok: 1, failed: 0 });
      expect(news.changes).toBeGreaterThan(0);
    });

    test('refusals for good and for now are told apart, and the channel goes on', async () => {
      await driver.start();
      await ready();
      const permanent = await attempt(peer.addresses.permanent);
      expect(permanent).toMatchObject({ result: 'permanent', messageIds: [] });
      expect(permanent.code).not.toBe('');
      expect(permanent.detail).not.toBe('');
      expect(await attempt(peer.addresses.temporary)).toMatchObject({ result: 'temporary', messageIds: [] });
      expect(went(await attempt(peer.addresses.good))).toBe(true);
      const sums = driver.states().map(({ ok, failed }) => [ok, failed]);
      expect(sums.reduce(([ok = 0, failed = 0], [more = 0, worse = 0]) => [ok + more, failed + worse], [0, 0])).toEqual([1, 2]);
    });

    test('as many attempts at once as it says, each with its own answer', async () => {
      await driver.start();
      await ready();
      const { others, permanent } = peer.addresses;
      const addresses = [...others.slice(0, 8), permanent];
      const outcomes = await Promise.all(addresses.map((address, index) => attempt(address, `${peer.text} ${index}`)));
      expect(outcomes.slice(0, -1).every(went), JSON.stringify(outcomes)).toBe(true);
      expect(outcomes.at(-1)?.result).toBe('permanent');
      await until(() =>
        expect(new Set(peer.arrived().map(({ address, text }) => `${address} ${text}`))).toEqual(
          new Set(others.slice(0, 8).map((address, index) => `${address} ${peer.text} ${index}`)),
        ),
      );
    });

    test('a silent peer: what was handed over is unknown, and the driver works again when the peer speaks', async () => {
      await driver.start();
      await ready();
      await peer.silence();
      const outcome = await attempt(peer.addresses.good);
      expect(outcome, JSON.stringify(outcome)).toMatchObject({ result: 'unknown' });
      await peer.voice();
      await ready();
      await worksAgain();
    });

    test('a peer that is away is a fault of the channel, and is found again when it is back', async () => {
      await driver.start();
      await ready();
      await peer.down();
      await until(async () => expect(await attempt(peer.addresses.good)).toMatchObject({ result: 'channel' }), {
        timeout: peer.patience + 5_000,
      });
      expect(peer.arrived()).toEqual([]);
      await peer.up();
      await worksAgain();
      expect(driver.states().some(({ state }) => state === 'free')).toBe(true);
    });

    test('a peer that is away at the start does not hold up the start', async () => {
      await peer.down();
      await driver.start();
      expect((await attempt(peer.addresses.good)).result).toBe('channel');
      await peer.up();
      await worksAgain();
    });

    test('aborted before anything left: canceled, and nothing leaves later', async () => {
      await driver.start();
      await ready();
      const outcome = await attempt(peer.addresses.good, peer.text, AbortSignal.abort());
      expect(outcome).toMatchObject({ result: 'canceled', messageIds: [] });
      expect(went(await attempt(peer.addresses.others[0] ?? '', peer.text))).toBe(true);
      expect(peer.arrived().map(({ address }) => address)).toEqual([peer.addresses.others[0]]);
    });

    test('aborted while the peer is silent: ends soon', async () => {
      await driver.start();
      await ready();
      await peer.silence();
      const controller = new AbortController();
      const pending = attempt(peer.addresses.good, peer.text, controller.signal);
      await sleep(50);
      const begin = performance.now();
      controller.abort();
      expect((await pending).result).toMatch(/^(unknown|canceled|channel)$/);
      expect(performance.now() - begin).toBeLessThan(5_000);
    });

    test('stopped while the peer is silent: ends by the deadline, every attempt with it', async () => {
      await driver.start();
      await ready();
      await peer.silence();
      const pending = attempt(peer.addresses.good);
      await sleep(50);
      const begin = performance.now();
      await driver.stop(300);
      expect(performance.now() - begin).toBeLessThan(3_000);
      expect((await pending).result).toMatch(/^(unknown|canceled|channel)$/);
    });

    test('no address and no text makes it throw', async () => {
      await driver.start();
      await ready();
      for (const address of ['', '+', 'x'.repeat(5_000), '\0\r\n', '"@', '+7916\u0000123', '+٧٩١٦']) {
        expect((await attempt(address, 'text')).result, JSON.stringify(address)).toMatch(/^(permanent|temporary|channel)$/);
      }
      for (const text of ['', '\0', '\ud83d', '\u001a\u001b\r\n.\r\n', 'Ж'.repeat(4_000)]) {
        expect((await attempt(peer.addresses.good, text)).result, JSON.stringify(text.slice(0, 20))).toMatch(
          /^(done|submitted|permanent|temporary)$/,
        );
      }
      await worksAgain();
    });

    test('nothing is left open: ten times started and stopped', async () => {
      await driver.start();
      await ready();
      await attempt(peer.addresses.good);
      await driver.stop(2_000);
      await until(() => expect(peer.open()).toBe(0));
      const before = resources();
      for (let round = 0; round < 10; round++) {
        driver = peer.driver(hearNews());
        await driver.start();
        await ready();
        expect(went(await attempt(peer.addresses.good))).toBe(true);
        await driver.stop(2_000);
        await until(() => expect(peer.open()).toBe(0));
      }
      await until(() => expect(resources()).toBeLessThanOrEqual(before));
    });
  });
}
