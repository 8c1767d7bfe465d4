import { Resolver } from 'node:dns/promises';
import { WireFault } from './fault.ts';

/** All addresses of a name, IPv4 first. @throws WireFault `dns`. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/** One query and its repeat. Milliseconds. */
const TIMEOUT = 2_000;
const TRIES = 2;
/** The system's name servers are read again after this time. Milliseconds. */
const KEPT = 60_000;
/** A name that answers with more is not served better by trying them all. */
const MOST_ADDRESSES = 32;

const codeOf = (reason: unknown): string => (reason as { readonly code?: string }).code ?? 'unknown';

/**
 * Resolves by asking the name servers of the system, without its threads: a server that does not answer must not hold up files and keys of
 * others. A name that is asked for by many at once is asked once.
 * @param servers `address:port` of name servers. (Default: those of the system)
 */
export function createResolve(servers?: readonly string[]): Resolve {
  const asked = new Map<string, Promise<readonly string[]>>();
  const make = (): Resolver => {
    const made = new Resolver({ timeout: TIMEOUT, tries: TRIES });
    if (servers) made.setServers(servers);
    return made;
  };
  let resolver = make();
  let madeAt = performance.now();

  const ask = async (host: string): Promise<readonly string[]> => {
    if (performance.now() - madeAt > KEPT) {
      resolver = make();
      madeAt = performance.now();
    }
    const [four, six] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
    const found = [...(four.status === 'fulfilled' ? four.value : []), ...(six.status === 'fulfilled' ? six.value : [])];
    if (found.length > 0) return found.slice(0, MOST_ADDRESSES);
    const codes = [four, six].flatMap((answer) => (answer.status === 'rejected' ? [codeOf(answer.reason)] : []));
    throw new WireFault('dns', `${host} has no address (${[...new Set(codes)].join(', ') || 'no records'})`);
  };

  return (host) => {
    const under = asked.get(host);
    if (under) return under;
    const answer = ask(host).finally(() => asked.delete(host));
    asked.set(host, answer);
    return answer;
  };
}
