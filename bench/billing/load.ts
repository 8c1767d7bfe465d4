import { Pool } from 'undici';

/** What one call is. */
export interface Request {
  readonly path: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

export interface Load {
  /** Calls a second. */
  readonly rate: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

const percentile = (sorted: readonly number[], part: number): number => sorted[Math.floor(sorted.length * part)] ?? Number.NaN;

/** What is called, and what must come back. */
export interface Way {
  readonly name: string;
  readonly address: string;
  /** The call of a number. @param connection which of the kept connections makes it, from 0 on */
  request(n: number, connection: number): Request;
  /** Throws when an answer is not what it should be; every hundredth is shown to it. */
  check(text: string): void;
  /** Is given every answer, where the next call of the connection depends on it. */
  take?(connection: number, text: string, headers: Readonly<Record<string, string | string[] | undefined>>): void;
}

/** Calls from so many kept connections at once, each after the answer of the one before. Stops after `seconds`. */
export async function load({ address, request, check, take }: Way, connections: number, seconds: number): Promise<Load> {
  const pool = new Pool(address, { connections, pipelining: 1 });
  const times: number[] = [];
  const begun = performance.now();
  const end = begun + seconds * 1000;
  let made = 0;
  await Promise.all(
    Array.from({ length: connections }, async (_, connection) => {
      for (let now = performance.now(); now < end; ) {
        made += 1;
        const looked = made % 100 === 1;
        const { path, method, headers, body } = request(made, connection);
        const answer = await pool.request({ path, method, headers, body });
        if (answer.statusCode !== 200) throw new Error(`${method} ${path}: ${answer.statusCode} ${await answer.body.text()}`);
        if (looked || take) {
          const text = await answer.body.text();
          if (looked) check(text);
          take?.(connection, text, answer.headers);
        } else await answer.body.dump();
        const after = performance.now();
        times.push(after - now);
        now = after;
      }
    }),
  );
  const rate = times.length / ((performance.now() - begun) / 1000);
  await pool.close();
  times.sort((a, b) => a - b);
  return { rate, p50: percentile(times, 0.5), p99: percentile(times, 0.99) };
}
