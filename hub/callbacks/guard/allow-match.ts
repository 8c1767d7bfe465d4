import { type Networks, networksOf } from './ranges.ts';

/** What one line of the allow-list opens (spec 6.5). */
export interface AllowEntry {
  readonly id: number;
  readonly scheme: 'http' | 'https';
  /** A host in lower-case punycode, an address without brackets, or `*.suffix`, which means subdomains of the suffix and not itself. */
  readonly host: string;
  readonly port: number;
  /** Whole segments, without a slash at the end: `/in` covers `/in` and `/in/x`, not `/in2`. Empty: every path. */
  readonly pathPrefix: string;
  /** Private networks in which the host may lie. */
  readonly networks: readonly string[];
  /** Organizations whose endpoints it serves; empty: all. */
  readonly organizations: readonly number[];
  readonly validUntil: Temporal.Instant | null;
}

/** An entry with what the guard needs of it worked out. */
export interface CompiledEntry {
  readonly entry: AllowEntry;
  readonly networks: Networks;
  /** Equal for entries that consent to the same networks: connections are shared within it only. */
  readonly networksKey: string;
  /** Milliseconds since 1970. */
  readonly validUntil: number;
}

/** Entries by `https://host:port`; a wildcard stands under its suffix with a leading dot. */
export type AllowIndex = ReadonlyMap<string, readonly CompiledEntry[]>;

export const compileEntry = (entry: AllowEntry): CompiledEntry => ({
  entry,
  networks: networksOf(entry.networks),
  networksKey: [...entry.networks].sort().join(','),
  validUntil: entry.validUntil?.epochMilliseconds ?? Number.POSITIVE_INFINITY,
});

const keyOf = (scheme: string, host: string, port: number): string => `${scheme}://${host}:${port}`;

export function compileAllowList(entries: readonly AllowEntry[]): AllowIndex {
  return Map.groupBy(entries.map(compileEntry), ({ entry: { scheme, host, port } }) => keyOf(scheme, host.replace(/^\*/, ''), port));
}

/** What of an address the list is asked about. */
export interface Sought {
  readonly secure: boolean;
  readonly host: string;
  readonly literal: boolean;
  readonly port: number;
}

const covers = (prefix: string, path: string): boolean =>
  path.startsWith(prefix) && (path.length === prefix.length || path[prefix.length] === '/');

/**
 * True when an entry for the host opens a path of it.
 * @param path normalised by the parser: no dots as segments, in whatever spelling
 * @param organizationId owner of the endpoint; null: the agency itself
 * @param now milliseconds since 1970
 */
export function opens({ entry, validUntil }: CompiledEntry, path: string, organizationId: number | null, now: number): boolean {
  const { organizations } = entry;
  const serves = organizations.length === 0 || (organizationId !== null && organizations.includes(organizationId));
  return serves && now < validUntil && covers(entry.pathPrefix, path);
}

/** The entries for an origin: those of the host itself, then those of its suffixes, the nearest first. */
export function candidatesFor(index: AllowIndex, { secure, host, literal, port }: Sought): readonly CompiledEntry[] {
  const scheme = secure ? 'https' : 'http';
  const found = [...(index.get(keyOf(scheme, host, port)) ?? [])];
  if (literal) return found;
  for (let dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
    found.push(...(index.get(keyOf(scheme, host.slice(dot), port)) ?? []));
  }
  return found;
}
