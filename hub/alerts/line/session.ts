import { randomUUID } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { LineReader, TOO_LONG } from '@vestnik/protocol/line/line-reader.ts';
import { LineWriter } from '@vestnik/protocol/line/line-writer.ts';
import { measure, notesOf } from '../../core/telemetry/channels.ts';
import { createBlocks } from './blocks.ts';
import type { SessionPort, SignedIn } from './call.ts';
import { RIGHT } from './codec/command.ts';
import { pingLine } from './codec/lines/session-lines.ts';
import type { LineContext, LineLimits } from './context.ts';
import { createDispatch, Unanswerable } from './dispatch.ts';
import { LINE_PUSHES_DROPPED } from './metrics.ts';
import { createOutbox, type PushAbout } from './outbox.ts';
import { createOwnTasks } from './own-tasks.ts';
import { createPings } from './pings.ts';
import { readRequest } from './request.ts';

/**
 * One client of the line protocol (specification of alerts, chapter 2).
 *
 * waiting for LOGIN (30 s, short lines) -LOGIN-> signed in (no limit of time) -a LOGIN that fails, the operator is disabled or gone-> waiting for LOGIN
 * In both it is at rest -a line-> serving it; further lines wait in their order, and nothing more is read while 64 of them or 1 MiB wait -answered and taken
 * by the peer-> at rest. Pushes leave at rest and between two requests, so they stand between complete answers.
 * ending (QUIT, or the peer has said all it had to: what waits is still answered) -> closed. Closed at once: a peer that takes nothing for 60 s, a long line before
 * LOGIN, a request that cannot be answered truthfully, a lost connection; what was not complete was not done.
 */
export interface LineSession {
  readonly id: string;
  readonly operator: SignedIn | undefined;
  /** Mask of MONITORING. */
  readonly mask: number;
  /** Only lines of the log behind this id are its. */
  readonly logAfter: number;
  /** Sends a whole line or block between answers. */
  push(bytes: Uint8Array, about?: PushAbout): void;
  /** The event of one of its own requests has come. */
  told(requestId: string): void;
  /** The operator's rights are to be read again before the next command and the next push. */
  lookAgain(): void;
  /** Ends what has lasted too long. Called about once a second. @param now milliseconds, of performance.now() */
  tick(now: number): void;
  /** Answers what is being served, then closes. */
  end(): void;
  destroy(): void;
}

export interface LineSessionOptions {
  readonly socket: TLSSocket;
  readonly context: LineContext;
  readonly limits: LineLimits;
  /** What the operator may do now; undefined when there is no such operator any more. */
  readonly rightsOf: (login: string) => Promise<SignedIn | undefined>;
  readonly closed: () => void;
}

const notes = notesOf('alerts.line');
/** Answers of many small requests leave together, at most so many bytes. */
const GATHERED = 64 * 1024;
/** How long a client that was told the end may take to close, too. Milliseconds. */
const LINGER = 5_000;

export function openLineSession({ socket, context, limits, rightsOf, closed }: LineSessionOptions): LineSession {
  const id = randomUUID();
  const address = socket.remoteAddress ?? '';
  const reader = new LineReader();
  const out = new LineWriter();
  const outbox = createOutbox(socket, limits.pushBytes, (lines) => {
    measure(LINE_PUSHES_DROPPED, lines);
    notes.warn('a receiver is too slow for what it monitors; lines are dropped', { login: operator?.login, address });
  });
  const pings = createPings(limits.ping);
  const ownTasks = createOwnTasks<{ readonly bytes: Uint8Array; readonly key: number | undefined }>(({ bytes, key }) => {
    if (operator) outbox.push(bytes, key);
  });
  let operator: SignedIn | undefined;
  let stale = false;
  let mask = 0;
  let logAfter = 0;
  let busy = false;
  let ending = false;
  let inputEnded = false;
  let gone = false;
  let paused = false;
  let signOutAt = performance.now();
  /** When we said that this is all. */
  let endedAt: number | undefined;

  const port: SessionPort = {
    id,
    address,
    get operator() {
      return operator;
    },
    signIn(someone) {
      operator = someone;
      // They may have changed since the password was looked at, and nobody was told of this session then.
      stale = true;
    },
    signOut() {
      // Whoever only fails again and again has no more time for it.
      if (operator) signOutAt = performance.now();
      operator = undefined;
      mask = 0;
      outbox.forget('all');
    },
    changesTask: (task, requestId) => ownTasks.begin(task, requestId),
    monitor(wanted, logFrom) {
      mask = wanted;
      logAfter = logFrom;
      pings.knows();
    },
    pinged(token) {
      pings.knows();
      return pings.answers(token);
    },
    quit() {
      ending = true;
    },
    flush() {
      if (gone) throw new Unanswerable('the client has gone');
      return outbox.write(out.take());
    },
    send(bytes) {
      if (gone) throw new Unanswerable('the client has gone');
      outbox.write(out.take());
      return outbox.write(bytes);
    },
  };
  const dispatch = createDispatch(context, port, out, () => outbox.written);
  const blocks = createBlocks({
    dispatch,
    silence: () => context.settings.current().line.blockSilence,
    upload: limits.upload,
    reopen: limits.reopen,
    silent: () => {
      if (busy) blocks.heard();
      else work(() => blocks.complete('silence'));
    },
  });

  const destroy = (): void => {
    blocks.drop();
    socket.destroy();
  };
  const failed = (error: unknown): void => {
    if (!(error instanceof Unanswerable)) notes.error('a line session failed', { login: operator?.login, address }, error);
    destroy();
  };

  const refresh = async (login: string): Promise<void> => {
    stale = false;
    const present = await rightsOf(login);
    if (operator?.login !== login) return;
    if (!present) port.signOut();
    else {
      // What waits was chosen by rights that are gone.
      if ((operator.bits & ~present.bits) !== 0) outbox.forget((present.bits & RIGHT.view) === 0 ? 'all' : 'unkeyed');
      operator = present;
    }
  };

  /** One line; a promise when it is not answered at once. */
  const serve = (line: Uint8Array | typeof TOO_LONG): Promise<void> | undefined => {
    if (line === TOO_LONG && !operator) {
      destroy();
      return undefined;
    }
    if (stale && operator) return refresh(operator.login).then(() => serve(line));
    const request = readRequest(line);
    const done = blocks.take(request);
    if (done !== 'foreign') return done;
    if (!blocks.open) return dispatch.serve(request);
    const completed = blocks.complete('foreign line');
    return completed ? completed.then(() => serve(line)) : serve(line);
  };

  /** Does something, then whatever waits behind it. */
  const work = (first: () => Promise<void> | undefined): void => {
    try {
      const pending = first() ?? serveWaiting();
      if (pending === undefined) {
        settle();
        return;
      }
      busy = true;
      outbox.write(out.take());
      pending.then(() => {
        busy = false;
        work(() => undefined);
      }, failed);
    } catch (error) {
      failed(error);
    }
  };

  /** Serves lines until one takes time or none is left. */
  const serveWaiting = (): Promise<void> | undefined => {
    while (!ending && !socket.destroyed) {
      // Who always has another request waiting is told what is new between two answers.
      if (outbox.pushes && operator && !stale) {
        outbox.write(out.take());
        outbox.rest();
      }
      const crowded = out.length >= GATHERED ? port.flush() : outbox.full();
      if (crowded) return crowded;
      const line = reader.next(operator ? limits.line : limits.shortLine);
      if (line === undefined) return undefined;
      const pending = serve(line);
      if (pending) return pending;
    }
    return undefined;
  };

  /** Nothing is being served: answers and pushes leave, and more is read. */
  const settle = (): void => {
    if (gone) return;
    outbox.write(out.take());
    if (stale && operator && !ending) {
      const { login } = operator;
      work(() => refresh(login));
      return;
    }
    if (operator) outbox.rest();
    if (ending || inputEnded) {
      blocks.drop();
      socket.end();
      endedAt ??= performance.now();
      return;
    }
    if (paused) {
      paused = false;
      socket.resume();
    }
  };

  socket.setKeepAlive(true, 60_000);
  socket.setNoDelay(true);
  socket.on('data', (chunk: Buffer) => {
    if (ending) return;
    pings.heard();
    blocks.heard();
    reader.push(chunk);
    if (!busy) work(() => undefined);
    else if (reader.waitingLines >= limits.waitingLines || reader.waitingBytes >= limits.waitingBytes) {
      paused = true;
      socket.pause();
    }
  });
  socket.on('drain', () => {
    if (!busy && operator) outbox.rest();
  });
  socket.on('end', () => {
    inputEnded = true;
    if (!busy) settle();
  });
  socket.on('error', (error) => notes.debug('a connection broke', { address, why: error.message }));
  socket.on('close', () => {
    gone = true;
    operator = undefined;
    blocks.drop();
    outbox.stop();
    closed();
  });

  return {
    id,
    get operator() {
      return operator;
    },
    get mask() {
      return mask;
    },
    get logAfter() {
      return logAfter;
    },
    told: (requestId) => ownTasks.told(requestId),
    push(bytes, about = {}) {
      if (about.task !== undefined && ownTasks.holds(about.task, { bytes, key: about.key })) return;
      outbox.push(bytes, about.key);
      if (!busy && operator) outbox.rest();
    },
    lookAgain() {
      stale = true;
      if (!busy) settle();
    },
    tick(now) {
      if (gone) return;
      ownTasks.expire();
      if (!busy && operator) outbox.rest();
      if (endedAt !== undefined) {
        if (now - endedAt > LINGER) destroy();
      } else if (!operator && !busy && now - signOutAt > limits.login) {
        notes.debug('a connection did not log in in time', { address });
        destroy();
      } else if (outbox.stuckSince !== undefined && now - outbox.stuckSince > limits.slowReader) {
        notes.warn('a client takes nothing any more; its connection is closed', { login: operator?.login, address });
        destroy();
      } else if (operator && !busy && pings.due(now, outbox.wroteAt)) {
        pingLine(out);
        outbox.write(out.take());
      }
    },
    end() {
      ending = true;
      if (!busy) settle();
    },
    destroy,
  };
}
