import { notesOf } from '../../../core/telemetry/channels.ts';
import { type Link, type LinkEnd, type LinkListener, type LinkOptions, openLink } from './link.ts';
import { refusalOfBind, statusText } from './statuses.ts';

const notes = notesOf('alerts.smpp');

/** How long is waited before a link is opened anew, in milliseconds. */
export interface Pauses {
  /** After the first failure; each further one doubles it. */
  readonly first: number;
  readonly longest: number;
  /** After a refusal that will come again: wrong login, wrong password. */
  readonly refused: number;
}
export const PAUSES: Pauses = { first: 1_000, longest: 60_000, refused: 300_000 };

/** A link that has lived for so long starts the pauses from the first again. */
const STEADY = 10_000;
/** Hubs that were cut off together must not come back together. */
const JITTER = 0.2;

/**
 * @param failures in a row, at least 1
 * @param random 0 to 1
 */
export const pauseAfter = (failures: number, random: number, { first, longest }: Pauses): number =>
  Math.min(longest, first * 2 ** Math.min(failures - 1, 30)) * (1 - JITTER + 2 * JITTER * random);

export interface Keeper {
  start(): void;
  /** The link, while it is bound. */
  link(): Link | undefined;
  /** Why there is none; '' while there is one. */
  fault(): string;
  /** Says goodbye and opens no other link; resolves when it is closed, at the latest after `deadline` milliseconds. */
  stop(deadline: number): Promise<void>;
}

/**
 * Keeps one link to the centre open.
 *
 * idle -> trying: a link is being opened and bound -> bound -> pausing: it has ended, the next try is set -> trying ...
 * From every state to stopped, for good.
 *
 * @param name of the bind, for the log
 * @param listener of the messages of the centre, and of every change
 */
export function keepLink(
  name: string,
  options: LinkOptions,
  pauses: Pauses,
  { deliver, changed }: Pick<LinkListener, 'deliver'> & { changed(): void },
): Keeper {
  let link: Link | undefined;
  let timer: NodeJS.Timeout | undefined;
  let failures = 0;
  let boundAt = 0;
  let fault = 'not connected yet';
  let stopped = false;
  let whenClosed: (() => void) | undefined;

  function open(): void {
    link = openLink(options, { deliver, closed, bound });
  }
  function bound(): void {
    fault = '';
    boundAt = performance.now();
    notes.info('bound to the message centre', { bind: name });
    changed();
  }
  function closed(end: LinkEnd): void {
    const wasBound = fault === '';
    if (wasBound && performance.now() - boundAt >= STEADY) failures = 0;
    failures++;
    link = undefined;
    if (stopped) {
      whenClosed?.();
      return;
    }
    const pause = pauseFor(end);
    if (wasBound) notes.warn('the link to the message centre has ended', { bind: name, reason: end.reason, nextTry: pause });
    timer = setTimeout(open, pause);
    changed();
  }
  function pauseFor({ reason, bindStatus }: LinkEnd): number {
    const refusal = bindStatus === undefined ? undefined : refusalOfBind(bindStatus);
    if (bindStatus === undefined || refusal === undefined) {
      fault = reason;
      return pauseAfter(failures, Math.random(), pauses);
    }
    fault = `${refusal}: ${statusText(bindStatus)}`;
    notes.error('the message centre refuses the bind: check systemId, password and systemType', { bind: name, status: fault });
    return pauses.refused;
  }

  return {
    start: open,
    link: () => (link?.bound ? link : undefined),
    fault: () => fault,
    async stop(deadline) {
      stopped = true;
      clearTimeout(timer);
      fault = 'stopped';
      const last = link;
      if (!last) return;
      await new Promise<void>((resolve) => {
        const late = setTimeout(() => last.destroy('stopped'), deadline);
        whenClosed = () => {
          clearTimeout(late);
          resolve();
        };
        last.unbind();
      });
    },
  };
}
