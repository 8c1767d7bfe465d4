import type { Dispatcher } from 'undici';
import { type AnswerBody, createAnswerBody, type StoredBody } from './answer-body.ts';
import type { ConnectMarks } from './connect.ts';
import { type FailureCode, faultOf, WireFault } from './fault.ts';

/** Milliseconds from the beginning of the attempt until a step was over; null: it was not needed (a kept connection) or not reached. */
export interface Timing {
  readonly lookup: number | null;
  readonly connect: number | null;
  readonly tls: number | null;
  readonly firstByte: number | null;
  readonly end: number;
}

export interface Answered {
  readonly kind: 'answer';
  readonly status: number;
  /** In the order and letter case in which they came; bytes beyond ASCII as latin1. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** At most 64 KiB, decoded. */
  readonly body: Buffer;
  /** The body had more, or could not be decoded to its end. */
  readonly cut: boolean;
  readonly timing: Timing;
  /** Address of the other side; of the proxy, where there is one. */
  readonly peer: string;
}

export interface Failed {
  readonly kind: 'failed';
  readonly code: FailureCode;
  /** It failed before a byte of the request was sent. */
  readonly connect: boolean;
  readonly message: string;
  readonly timing: Timing;
  readonly peer?: string;
  /** For the audit and the operator's log only: which address the guard refused. */
  readonly secret?: string;
}

/** The connection that an attempt uses, or waits for. */
export interface Slot {
  attempt: Attempt | undefined;
  peer: string;
}

/**
 * Tells the outcome after undici has taken the connection back, which it does by a setImmediate of its own that is planned right after its
 * last call: whoever sends again at once gets this very connection, and no more are opened than attempts run at the same time.
 */
const tellSoon = (tell: () => void): void => queueMicrotask(() => setImmediate(tell));

const passed = (mark: number, begin: number): number | null => (mark === 0 ? null : mark - begin);

/**
 * One HTTP exchange, as undici tells of it.
 *
 * States: waiting (for a client of the pool) -> connecting -> sent -> answering -> over. The deadline, the caller's signal and the sender's stop
 * lead from each of them to over; after that nothing counts any more. A class, as there are thousands a second.
 */
export class Attempt implements Dispatcher.DispatchHandler {
  readonly result: Promise<Answered | Failed>;
  readonly connectTimeout: number;
  readonly begin = performance.now();
  readonly marks: ConnectMarks = { lookup: 0, connect: 0, tls: 0 };
  /** Ends connecting, while the connection is being opened. */
  cancelConnect: ((reason: Error) => void) | undefined;
  slot: Slot | undefined;
  isOver = false;
  private readonly tell: (result: Answered | Failed) => void;
  private readonly finished: () => void;
  private readonly deadline: NodeJS.Timeout;
  private controller: Dispatcher.DispatchController | undefined;
  /** The request goes out: from here on the receiver may have seen it. */
  private started = false;
  private firstByte = 0;
  private status = 0;
  private headers: readonly (readonly [string, string])[] = [];
  private body: AnswerBody | undefined;

  /** @param finished called when the attempt is over, before its result is told. */
  constructor(connectTimeout: number, timeout: number, finished: () => void) {
    const { promise, resolve } = Promise.withResolvers<Answered | Failed>();
    this.result = promise;
    this.tell = resolve;
    this.finished = finished;
    this.connectTimeout = Math.min(connectTimeout, timeout);
    this.deadline = setTimeout(Attempt.late, timeout, this, timeout);
  }

  private static late(attempt: Attempt, timeout: number): void {
    attempt.cancel(new WireFault('timeout', `${attempt.stage()} took longer than ${timeout} ms`));
  }

  /** Where it stands, in words. */
  private stage(): string {
    if (this.firstByte > 0) return 'reading the answer';
    return this.started ? 'waiting for the answer' : 'connecting';
  }

  /** Ends it from outside. */
  cancel(reason: WireFault): void {
    if (this.isOver) return;
    const { cancelConnect } = this;
    this.fail(reason);
    cancelConnect?.(reason);
    this.controller?.abort(reason);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    this.started = true;
    if (this.isOver) controller.abort(new WireFault('aborted', 'the attempt was over before its connection'));
  }

  onResponseStarted(): void {
    if (this.firstByte === 0) this.firstByte = performance.now();
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    // An interim answer: another follows.
    if (status < 200 || this.isOver) return;
    this.status = status;
    const raw = controller.rawHeaders as readonly Buffer[];
    const headers: [string, string][] = [];
    let coding: string | undefined;
    for (let at = 0; at + 1 < raw.length; at += 2) {
      const name = (raw[at] as Buffer).toString('latin1');
      const value = (raw[at + 1] as Buffer).toString('latin1');
      if (name.length === 16 && name.toLowerCase() === 'content-encoding') coding = coding === undefined ? value : `${coding}, ${value}`;
      headers.push([name, value]);
    }
    this.headers = headers;
    this.body = createAnswerBody(coding, {
      done: (stored) => this.answer(stored),
      pause: () => controller.pause(),
      resume: () => controller.resume(),
    });
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.isOver) this.body?.take(chunk);
  }

  onResponseEnd(): void {
    this.controller = undefined;
    if (!this.isOver) this.body?.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    this.fail(error);
  }

  /** The answer is whole, or read as far as it ever is; then the connection is closed. */
  private answer({ body, cut }: StoredBody): void {
    if (this.isOver) return;
    const { status, headers, controller } = this;
    const peer = this.slot?.peer ?? '';
    this.end({ kind: 'answer', status, headers, body, cut, timing: this.timing(), peer });
    controller?.abort(new WireFault('aborted', 'the answer is longer than is read'));
  }

  private fail(error: Error): void {
    if (this.isOver) return;
    const connect = !this.started;
    const { failure, message, secret } = faultOf(error, connect);
    const peer = connect ? undefined : this.slot?.peer;
    const timing = this.timing();
    this.end({ kind: 'failed', code: failure, connect, message, timing, ...(peer && { peer }), ...(secret !== undefined && { secret }) });
  }

  private timing(): Timing {
    const { begin, marks } = this;
    return {
      lookup: passed(marks.lookup, begin),
      connect: passed(marks.connect, begin),
      tls: passed(marks.tls, begin),
      firstByte: passed(this.firstByte, begin),
      end: performance.now() - begin,
    };
  }

  private end(result: Answered | Failed): void {
    this.isOver = true;
    clearTimeout(this.deadline);
    this.body?.drop();
    this.cancelConnect = undefined;
    if (this.slot?.attempt === this) this.slot.attempt = undefined;
    this.finished();
    tellSoon(() => this.tell(result));
  }
}
