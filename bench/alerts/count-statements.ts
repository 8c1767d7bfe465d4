import { createServer } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';
import pg from 'pg';

/**
 * Loaded before a hub's own code (`--import`): counts the statements that the process sends to its database. Whoever connects to the socket named in
 * BENCH_STATEMENTS gets them by name as JSON. At the socket of that name and `.memory`: bytes in use after a collection of what is not, buffers outside of the heap among them.
 */
const path = process.env['BENCH_STATEMENTS'];
if (path !== undefined && isMainThread && process.argv[1]?.endsWith('hub-process.ts')) {
  const counts = new Map<string, { count: number; seconds: number }>();
  const ask = pg.Client.prototype.query as (...given: unknown[]) => unknown;
  const counted = function (this: pg.Client, ...given: unknown[]): unknown {
    const [query] = given as [string | { name?: string; text?: string }];
    const text = typeof query === 'string' ? query : (query.name ?? query.text ?? '');
    const entry = counts.get(text.slice(0, 60)) ?? { count: 0, seconds: 0 };
    counts.set(text.slice(0, 60), entry);
    entry.count += 1;
    const begun = performance.now();
    const answer = ask.apply(this, given);
    if (answer instanceof Promise) {
      const ended = (): void => {
        entry.seconds += (performance.now() - begun) / 1000;
      };
      answer.then(ended, ended);
    }
    return answer;
  };
  pg.Client.prototype.query = counted as never;
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const memory = (): number => {
    collect();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const answerAt = (socketPath: string, answer: () => unknown): void => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end(JSON.stringify(answer()));
    });
    server.listen(socketPath);
    server.unref();
  };
  answerAt(path, () => Object.fromEntries(counts));
  answerAt(`${path}.memory`, memory);
}
