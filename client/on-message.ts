import { spawn } from 'node:child_process';
import type { FeedMessage } from '@vestnik/protocol/feed.ts';
import { type CommandTemplate, fillArguments } from './command-template.ts';
import type { Logger } from './log.ts';
import type { Clock } from './ports.ts';
import { errorCode } from './ports.ts';

/**
 * Runs the `On_message` program after stored files, one after the other, without a shell. Delivery never waits for it.
 *
 *     IDLE --stored--> RUNNING --exit, failure or 60 s--> RUNNING (next in line) | IDLE
 *     any --drain--> all in line run to their end
 *     any --stop--> the running one may end within the time given, the line is dropped and counted in the log
 */
export type MessageRunner = {
  /** @param path of the file that was stored. */
  stored(message: FeedMessage, path: string): void;
  /** Waits until every file has had its run, or until the signal says to stop. */
  drain(signal: AbortSignal): Promise<void>;
  /** @param withinMs how long the running program is waited for; then it is left to itself. */
  stop(withinMs: number): Promise<void>;
};

const TIME_LIMIT = 60_000;
const MOST_WAITING = 10_000;

type Job = { path: string; id: string; number: string; type: string };

export function createMessageRunner(template: CommandTemplate, log: Logger, clock: Clock): MessageRunner {
  let waiting: Job[] = [];
  let running: Promise<void> | undefined;
  let current = '';

  async function work(): Promise<void> {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
      current = job.path;
      const why = await runOnce(template, job, clock);
      if (why !== undefined) log.warn('OT1106', { why, file: job.path });
    }
    running = undefined;
  }

  return {
    stored(message, path) {
      if (waiting.length >= MOST_WAITING) {
        log.warn('OT1106', { why: `not run, ${MOST_WAITING} files are waiting for it`, file: path });
        return;
      }
      waiting.push({ path, id: message.id, number: message.meta.number, type: message.meta.type });
      running ??= work();
    },
    async drain(signal) {
      if (signal.aborted) return;
      await Promise.race([running, new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))]);
    },
    async stop(withinMs) {
      const dropped = waiting;
      waiting = [];
      if (dropped.length > 0) log.warn('OT1106', { why: `not run for ${dropped.length} files at the stop`, file: dropped[0]?.path ?? '' });
      if (running === undefined) return;
      const timeUp = new AbortController();
      const late = clock.sleep(withinMs, timeUp.signal).then(() => !timeUp.signal.aborted);
      if (await Promise.race([running.then(() => false), late])) log.warn('OT1106', { why: 'still running at the stop', file: current });
      timeUp.abort();
    },
  };
}

/** @returns why it failed, or undefined after exit code 0. */
function runOnce(template: CommandTemplate, job: Job, clock: Clock): Promise<string | undefined> {
  return new Promise((resolve) => {
    let late = false;
    let cancel = () => {};
    const finish = (why: string | undefined) => {
      cancel();
      resolve(why);
    };
    try {
      const child = spawn(template.program, fillArguments(template, job.path), {
        shell: false,
        stdio: 'ignore',
        windowsHide: true,
        env: { ...process.env, OT_FILE: job.path, OT_ID: job.id, OT_NUMBER: withoutNul(job.number), OT_TYPE: withoutNul(job.type) },
      });
      cancel = clock.after(TIME_LIMIT, () => {
        late = true;
        child.kill('SIGKILL');
      });
      child.once('error', (error) => finish(`not started (${errorCode(error) ?? error.message})`));
      child.once('exit', (code, signal) => {
        if (late) finish(`ended after ${TIME_LIMIT / 1000} s`);
        else finish(code === 0 ? undefined : `exit code ${code ?? signal}`);
      });
    } catch (error) {
      finish(`not started (${errorCode(error) ?? error})`);
    }
  });
}

/** A NUL would end the value of an environment variable, and Node refuses it. */
function withoutNul(text: string): string {
  return text.replaceAll('\0', '');
}
