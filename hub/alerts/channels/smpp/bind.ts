import type { ChannelState } from '../driver.ts';
import { type Keeper, keepLink, type Pauses } from './keep-link.ts';
import type { Link, LinkListener, LinkOptions } from './link.ts';
import { COMMAND, type OutgoingMessage } from './pdu.ts';
import type { Rate } from './rate.ts';

/** What became of a part: the answer, `lost` when the link ended before one came, `unsent` when nothing has left. */
export type PartAnswer = { readonly status: number; readonly id: string; readonly sentAt: number } | 'lost' | 'unsent';

/** A unit to be sent: one part of a message, or a whole one. */
export interface Part {
  readonly message: OutgoingMessage;
  /** Called once. */
  readonly settle: (answer: PartAnswer) => void;
  /** waiting in a queue -> sent; waiting -> withdrawn by whoever made it, who then settles it himself. */
  state: 'waiting' | 'sent' | 'withdrawn';
}

export interface BindOptions extends Omit<LinkOptions, 'command'> {
  readonly name: string;
  /** One connection for sending and one for receiving, in place of one for both. */
  readonly separate: boolean;
  readonly window: number;
  readonly pauses: Pauses;
}

export interface BindHost {
  readonly rate: Rate;
  /** The number of the next unit that leaves the group. */
  nextSerial(): number;
  /** The rate allows no more for so many milliseconds. */
  wait(milliseconds: number): void;
  /** A unit of the group is no longer under way. */
  answered(): void;
  readonly deliver: LinkListener['deliver'];
  changed(): void;
}

export interface Bind {
  start(): void;
  stop(deadline: number): Promise<void>;
  usable(): boolean;
  /** Units that wait or are under way. */
  load(): number;
  /** Serial of the oldest unit under way. */
  oldest(): number | undefined;
  enqueue(part: Part): void;
  /** Sends what window and rate allow. */
  pump(): void;
  /** Everything that has not left is `unsent`. */
  flush(): void;
  count(good: boolean): void;
  state(): ChannelState;
}

const LONGEST_INFO = 200;

/**
 * One bind, a channel of the group: a link for both ways, or one for each, and the queue in front of it.
 *
 * off -> fault: no link that sends -> free: bound, nothing under way -> sending -> free ...; fault whenever the link that sends has ended; off for good
 * when stopped. A receiver that is away does not stop the sending: receipts wait for it at the centre.
 */
export function createBind({ name, separate, window, pauses, ...link }: BindOptions, host: BindHost): Bind {
  let running = false;
  let since = Date.now();
  let known: ChannelState['state'] = 'off';
  let ok = 0;
  let failed = 0;
  let queue: Part[] = [];

  const listener = { deliver: host.deliver, changed: looked };
  const sender: Keeper = keepLink(
    name,
    { ...link, command: separate ? COMMAND.bindTransmitter : COMMAND.bindTransceiver },
    pauses,
    listener,
  );
  const receiver = separate ? keepLink(`${name} receiver`, { ...link, command: COMMAND.bindReceiver }, pauses, listener) : undefined;

  function stateNow(): ChannelState['state'] {
    if (!running) return 'off';
    const open = sender.link();
    if (!open) return 'fault';
    return open.outstanding > 0 ? 'sending' : 'free';
  }
  /** Notices a new state, and lets go of what cannot leave any more. */
  function looked(): void {
    const now = stateNow();
    if (now !== known) {
      known = now;
      since = Date.now();
    }
    if (now === 'fault') flush();
    host.changed();
  }
  function flush(): void {
    const waiting = queue;
    queue = [];
    for (const part of waiting) if (part.state === 'waiting') part.settle('unsent');
  }

  function send(part: Part, open: Link, now: number): void {
    part.state = 'sent';
    open.submit(part.message, host.nextSerial(), (answer) => {
      part.settle(answer ? { ...answer, sentAt: now } : 'lost');
      if (open.outstanding === 0) looked();
      host.answered();
    });
    if (open.outstanding === 1) looked();
  }

  return {
    start() {
      running = true;
      sender.start();
      receiver?.start();
      looked();
    },
    async stop(deadline) {
      flush();
      await Promise.all([sender.stop(deadline), receiver?.stop(deadline)]);
      running = false;
      looked();
    },
    usable: () => running && sender.link() !== undefined,
    load: () => queue.length + (sender.link()?.outstanding ?? 0),
    oldest: () => sender.link()?.oldest(),
    enqueue(part) {
      queue.push(part);
    },
    pump() {
      const open = sender.link();
      if (!open || queue.length === 0) return;
      const now = performance.now();
      for (let part = queue[0]; part && open.bound && open.outstanding < window; part = queue[0]) {
        if (part.state === 'waiting') {
          const pause = host.rate.take(now);
          if (pause > 0) return host.wait(pause);
        }
        queue.shift();
        if (part.state === 'waiting') send(part, open, now);
      }
    },
    flush,
    count(good) {
      if (good) ok++;
      else failed++;
    },
    state() {
      const fault = sender.fault();
      const away = receiver?.fault() ? `;receiver=${receiver.fault()}` : '';
      const info = fault === '' ? `inflight=${sender.link()?.outstanding ?? 0};window=${window}${away}` : fault;
      return { state: known, since, signal: null, info: running ? info.slice(0, LONGEST_INFO) : 'off', ok, failed };
    },
  };
}
