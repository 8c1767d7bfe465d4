import { networkInterfaces } from 'node:os';
import { classify } from '../guard/ranges.ts';

/** How long an answer of the system is kept. Milliseconds. */
const KEPT = 10_000;

/** The addresses of this machine, as the guard compares them: no receiver may be the hub itself. Asked for anew after 10 s. */
export function createOwnAddresses(): () => ReadonlySet<string> {
  let known: ReadonlySet<string> = new Set();
  let askedAt = Number.NEGATIVE_INFINITY;
  return () => {
    const now = performance.now();
    if (now - askedAt > KEPT) {
      askedAt = now;
      known = new Set(Object.values(networkInterfaces()).flatMap((all = []) => all.map(({ address }) => classify(address).address)));
    }
    return known;
  };
}
