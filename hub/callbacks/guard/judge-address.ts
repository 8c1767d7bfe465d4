import { type AddressFault, type AddressPolicy, addressFault } from './address-policy.ts';
import { type AddressForm, type ParseFault, parseAddress, textFault } from './address-text.ts';
import { type AllowEntry, type AllowIndex, type CompiledEntry, candidatesFor, opens } from './allow-match.ts';

/** Where a permitted address leads, in the form that the sender needs. */
export interface Target {
  readonly secure: boolean;
  /** Name in punycode, or address without brackets. */
  readonly host: string;
  readonly literal: boolean;
  readonly port: number;
  /** `https://host:port`, the port left out when it is the scheme's own. */
  readonly origin: string;
  /** Path and query. */
  readonly path: string;
  readonly entry: CompiledEntry;
}

export interface Permitted {
  readonly permitted: true;
  readonly url: URL;
  readonly entry: AllowEntry;
  readonly target: Target;
}

export interface Refused {
  readonly permitted: false;
  readonly stage: 1 | 2 | 3 | 4;
  readonly code: 'too_long' | 'scheme' | 'characters' | ParseFault | 'address_not_allowed' | AddressFault;
  /** Parsed as far as it came to that. */
  readonly url: URL | undefined;
}

export interface JudgeOptions {
  readonly form: AddressForm;
  readonly policy: AddressPolicy;
  readonly index: AllowIndex;
  /** Owner of the endpoint; null: the agency itself. */
  readonly organizationId: number | null;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const refused = (stage: Refused['stage'], code: Refused['code'], url?: URL): Refused => ({ permitted: false, stage, code, url });

/**
 * Stages 1 to 4 of the network guard (spec 6.4): all that can be told without the network. The same at saving, at a test and at every attempt;
 * stages 5 to 7 are the sender's.
 */
export function judgeAddress(text: string, options: JudgeOptions): Permitted | Refused {
  const { policy, index, organizationId, now } = options;
  const wrong = textFault(text, options.form);
  if (wrong) return refused(1, wrong);
  const parsed = parseAddress(text, policy);
  if (typeof parsed === 'string') return refused(2, parsed);
  const { url, secure, host, literal, port } = parsed;
  const entry = candidatesFor(index, parsed).find((candidate) => opens(candidate, url.pathname, organizationId, now));
  if (!entry) return refused(3, 'address_not_allowed', url);
  const found = literal ? addressFault(host, port, policy, entry.networks) : undefined;
  if (found) return refused(4, found.fault, url);
  const { origin, href } = url;
  // Neither a user nor a fragment is in it.
  const target: Target = { secure, host, literal, port, origin, path: href.slice(origin.length), entry };
  return { permitted: true, url, entry: entry.entry, target };
}
