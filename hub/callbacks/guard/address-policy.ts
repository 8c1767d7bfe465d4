import { type Classified, classify, type Networks, networksOf } from './ranges.ts';

/** What this hub's configuration opens, beyond public addresses (spec 6.4). */
export interface AddressPolicy {
  /** True for a port that receivers may listen on. */
  permitsPort(port: number): boolean;
  /** Private networks that entries of the allow-list may name. */
  readonly networks: Networks;
  /** `127.0.0.1:8081`, `[::1]:8081`: called although the range never is. */
  readonly exact: ReadonlySet<string>;
  /** The hub's own addresses, in the form of `classify`: of the tier `never`, whatever their range. */
  own(): ReadonlySet<string>;
}

/** The settings a policy is made of; those of the configuration's section `callbacks`. */
export interface PolicySettings {
  /** `443`, `1024-65535` */
  readonly ports: readonly string[];
  /** CIDR */
  readonly networks: readonly string[];
  /** `127.0.0.1:8081`, `[::1]:8081` */
  readonly exactAddresses: readonly string[];
}

/** `[::1]:8081`: what an address and a port are together. */
const placeOf = (address: string, port: number): string => (address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`);

function exactPlace(text: string): string {
  const colon = text.lastIndexOf(':');
  return placeOf(classify(text.slice(0, colon).replace(/^\[|\]$/g, '')).address, Number(text.slice(colon + 1)));
}

/** @param own asked at each check; it is the caller who keeps the answer for a while. */
export function createAddressPolicy(settings: PolicySettings, own: () => ReadonlySet<string>): AddressPolicy {
  const ports = settings.ports.map((range) => {
    const [first = '', last = first] = range.split('-');
    return [Number(first), Number(last)] as const;
  });
  return {
    permitsPort: (port) => ports.some(([first, last]) => first <= port && port <= last),
    networks: networksOf(settings.networks),
    exact: new Set(settings.exactAddresses.map(exactPlace)),
    own,
  };
}

/** Why an address may not be called; undefined: it may. */
export type AddressFault = 'address_never' | 'address_private';

/**
 * Whether a literal, resolved or connected address may be called (stages 4, 5, 6).
 * @param consented the networks of the allow-list entry: a private address needs theirs and the configuration's consent.
 */
export function addressFault(
  address: string,
  port: number,
  policy: AddressPolicy,
  consented: Networks,
): { readonly fault: AddressFault; readonly found: Classified } | undefined {
  const found = classify(address);
  if (policy.exact.has(placeOf(found.address, port))) return undefined;
  if (found.tier === 'never' || policy.own().has(found.address)) return { fault: 'address_never', found };
  if (found.tier === 'public') return undefined;
  return policy.networks.has(found.address) && consented.has(found.address) ? undefined : { fault: 'address_private', found };
}
