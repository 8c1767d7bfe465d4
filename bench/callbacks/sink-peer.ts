import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** The receiver of the bench. */
export interface SinkPeer {
  readonly port: number;
  /** Requests answered so far. */
  count(): Promise<number>;
  /** Ages of events at their receipt since the last call, milliseconds. */
  ages(): Promise<number[]>;
  /** Resolves when so many more requests than `from` were answered; with the seconds it took. */
  until(from: number, more: number, deadline: number): Promise<number>;
  stop(): Promise<void>;
}

const LOOK_EVERY = 20;

export async function startSink(): Promise<SinkPeer> {
  const child: ChildProcess = fork(fileURLToPath(new URL('./sink.ts', import.meta.url)));
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  const ask = async <T>(question: string): Promise<T> => {
    const answer = once(child, 'message');
    child.send(question);
    return (await answer)[0] as T;
  };
  const sink: SinkPeer = {
    port,
    count: async () => (await ask<{ count: number }>('count')).count,
    ages: async () => (await ask<{ ages: number[] }>('ages')).ages,
    async until(from, more, deadline) {
      const begun = performance.now();
      for (;;) {
        const seconds = (performance.now() - begun) / 1000;
        const now = (await sink.count()) - from;
        if (now >= more) return seconds;
        if (seconds > deadline) throw new Error(`${now} of ${more} requests came within ${deadline} s`);
        await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
      }
    },
    async stop() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
  return sink;
}
