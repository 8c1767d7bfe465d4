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
  /** Normalised by the parser: no dots as segments, in whatever spelling. */
  readonly path: string;
  /** Owner of the endpoint; null: the agency itself. */
  readonly organizationId: number | null;
}

const covers = (prefix: string, path: string): boolean =>
  path.startsWith(prefix) && (path.length === prefix.length || path[prefix.length] === '/');

/** True when the entry opens the address at that moment, its host apart. */
function opens({ entry, validUntil }: CompiledEntry, { path, organizationId }: Sought, now: number): boolean {
  const { organizations } = entry;
  const serves = organizations.length === 0 || (organizationId !== null && organizations.includes(organizationId));
  return serves && now < validUntil && covers(entry.pathPrefix, path);
}

/** The first entry that opens the address: of the host itself, then of the nearest suffix. @param now milliseconds since 1970. */
export function findEntry(index: AllowIndex, sought: Sought, now: number): CompiledEntry | undefined {
  const scheme = sought.secure ? 'https' : 'http';
  const among = (host: string): CompiledEntry | undefined =>
    index.get(keyOf(scheme, host, sought.port))?.find((candidate) => opens(candidate, sought, now));
  const exact = among(sought.host);
  if (exact || sought.literal) return exact;
  for (let dot = sought.host.indexOf('.'); dot >= 0; dot = sought.host.indexOf('.', dot + 1)) {
    const found = among(sought.host.slice(dot));
    if (found) return found;
  }
  return undefined;
}
