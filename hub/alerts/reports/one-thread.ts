import { Worker } from 'node:worker_threads';
import { HubError } from '../../core/errors.ts';

export interface ThreadOptions {
  /** Given to the thread as `workerData`. */
  readonly data: unknown;
  /** Bytes in MiB that its objects may take. */
  readonly memory: number;
  /** Milliseconds for one answer. */
  readonly patience: number;
}

/** A thread that answers every message by one. */
export interface Thread {
  /** One message at a time. @throws HubError TOO_LARGE when memory or time are not enough; what the thread failed with */
  ask<Answer>(message: unknown, transfer?: readonly ArrayBuffer[]): Promise<Answer>;
  stop(): Promise<void>;
}

/** Threads at once; those who come then wait for their turn, and beyond `MOST_WAITING` are sent away. */
const MOST_AT_ONCE = 2;
const MOST_WAITING = 30;
let atOnce = 0;
const waiting: (() => void)[] = [];

/** Waits for a free place among the threads. @throws HubError BUSY when too many wait already */
async function enter(): Promise<void> {
  if (atOnce < MOST_AT_ONCE) {
    atOnce += 1;
    return;
  }
  if (waiting.length >= MOST_WAITING) throw new HubError('BUSY', 'too many workbooks are being made or read', { retryAfter: 10 });
  await new Promise<void>((go) => waiting.push(go));
}

function leave(): void {
  const next = waiting.shift();
  // The place goes over to whoever waits, and stays taken.
  if (next) next();
  else atOnce -= 1;
}

const tooLarge = (message: string, russian: string): HubError => new HubError('TOO_LARGE', message, { reason: 'workbook', russian });

function faultOf(error: unknown): unknown {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  if (code !== 'ERR_WORKER_OUT_OF_MEMORY') return error;
  return tooLarge('the workbook does not fit into the memory that it may take', 'книга не помещается в отведённую память');
}

/**
 * Starts a thread, as soon as one of the few places is free: waiting -> running -> stopped. Work that would block the event loop is done in it, with a
 * bound on its memory and its time.
 * @param file of the thread: it answers every message by exactly one
 * @throws HubError BUSY when too many wait already
 */
export async function startThread(file: URL, { data, memory, patience }: ThreadOptions): Promise<Thread> {
  await enter();
  const worker = new Worker(file, { workerData: data, resourceLimits: { maxOldGenerationSizeMb: memory }, stdout: true, stderr: true });
  // The library prints what it finds odd in a file: nothing for our log.
  worker.stdout.resume();
  worker.stderr.resume();
  let failed: { readonly error: unknown } | undefined;
  let waits: { done(answer: unknown): void; fail(error: unknown): void } | undefined;
  let stopped: Promise<void> | undefined;
  const fail = (error: unknown): void => {
    failed ??= { error };
    waits?.fail(failed.error);
    waits = undefined;
  };
  worker.on('message', (answer: unknown) => {
    const asked = waits;
    waits = undefined;
    asked?.done(answer);
  });
  worker.on('error', (error) => fail(faultOf(error)));
  worker.on('exit', () => fail(new HubError('INTERNAL', 'the thread of a workbook ended')));
  const end = async (): Promise<void> => {
    await worker.terminate();
    leave();
  };
  return {
    ask<Answer>(message: unknown, transfer: readonly ArrayBuffer[] = []) {
      return new Promise<Answer>((done, failure) => {
        if (failed) return failure(failed.error);
        const timer = setTimeout(
          () => fail(tooLarge(`the workbook took more than ${patience / 1_000} s`, `книга обрабатывалась дольше ${patience / 1_000} с`)),
          patience,
        );
        const settle = () => clearTimeout(timer);
        waits = {
          done(answer) {
            settle();
            done(answer as Answer);
          },
          fail(error) {
            settle();
            failure(error);
          },
        };
        worker.postMessage(message, [...transfer]);
      });
    },
    stop: () => (stopped ??= end()),
  };
}
