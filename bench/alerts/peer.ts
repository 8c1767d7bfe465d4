import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileOf } from './ground.ts';

/** A process beside the hub that answers what its parent asks by IPC, one question at a time. */
export interface Peer<Question, Answer> {
  readonly port: number;
  ask(question: Question): Promise<Answer>;
  stop(): Promise<void>;
}

/** Starts a file of this folder. Its first message is its port; 0 when it has none. */
export async function startPeer<Question extends object | string, Answer>(
  file: string,
  ...given: readonly string[]
): Promise<Peer<Question, Answer>> {
  const child: ChildProcess = fork(fileOf(file), [...given]);
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  const gone = once(child, 'exit').then(([code]) => {
    throw new Error(`${file} has ended: ${code}`);
  });
  gone.catch(() => undefined);
  return {
    port,
    async ask(question) {
      const answer = once(child, 'message');
      child.send(question);
      const [found] = (await Promise.race([answer, gone])) as [Answer];
      return found;
    },
    async stop() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}
