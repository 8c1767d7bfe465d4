import { afterEach } from 'vitest';
import { type Receiver, startReceiver } from './receiver.ts';
import { type BenchOptions, openSenderBench, type SenderBench } from './sender-bench.ts';

export interface Lifetime {
  /** Ends with the test. */
  receiver(...args: Parameters<typeof startReceiver>): Promise<Receiver>;
  bench(options: BenchOptions): SenderBench;
  /** A bench that may reach 127.0.0.1 on the receiver's port, and names that resolve to it. */
  benchFor(receiver: Receiver, about?: Partial<BenchOptions>): SenderBench;
  atEnd(end: () => Promise<unknown> | unknown): void;
}

/** Things of one test, ended after it in reverse order. Call it once a file. */
export function lifetime(): Lifetime {
  const ends: (() => Promise<unknown> | unknown)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });
  const bench: Lifetime['bench'] = (options) => {
    const made = openSenderBench(options);
    ends.push(() => made.sender.stop());
    return made;
  };
  return {
    async receiver(...args) {
      const made = await startReceiver(...args);
      ends.push(() => made.stop());
      return made;
    },
    bench,
    benchFor: ({ port }, about = {}) =>
      bench({
        exact: [`127.0.0.1:${port}`, `[::1]:${port}`],
        entries: (['http', 'https'] as const).flatMap((scheme) =>
          ['127.0.0.1', '*.example.com', '*.xn--p1ai'].map((host) => ({
            id: 1,
            scheme,
            host,
            port,
            pathPrefix: '',
            networks: [],
            organizations: [],
            validUntil: null,
          })),
        ),
        ...about,
      }),
    atEnd: (end) => void ends.push(end),
  };
}
