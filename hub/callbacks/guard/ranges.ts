import ipaddr from 'ipaddr.js';

/**
 * The one table of address ranges and their tiers (spec 6.4). `public` addresses need the allow-list alone, `private` ones two consents more,
 * `never` ones a line of their own in the hub's configuration file.
 */
export type Tier = 'public' | 'private' | 'never';

type Ip = ipaddr.IPv4 | ipaddr.IPv6;
type Network = readonly [address: Ip, bits: number];

/** An address as it is judged: one inside IPv6 (mapped, NAT64) is judged as the IPv4 that it stands for. */
export interface Classified {
  readonly tier: Tier;
  /** The judged address in its shortest form, by which addresses are compared. */
  readonly address: string;
  /** Name of the range, for the audit: `loopback`, `uniqueLocal`, `unicast`. */
  readonly range: string;
}

const PRIVATE = new Set(['private', 'carrierGradeNat', 'uniqueLocal']);

/** Addresses inside otherwise harmless ranges behind which clouds answer for the machine itself. They win over every range below. */
const CLOUD: readonly Network[] = ['168.63.129.16/32', '100.100.100.200/32', '192.0.0.192/32', 'fd00:ec2::/32'].map((text) =>
  ipaddr.parseCIDR(text),
);
/** Outside of it nothing is allocated to the public; ipaddr.js calls the gaps `unicast`. */
const GLOBAL = ipaddr.parseCIDR('2000::/3');
const NAT64 = ipaddr.parseCIDR('64:ff9b::/96');

const inside = (ip: Ip, [network, bits]: Network): boolean => ip.kind() === network.kind() && ip.match(network as ipaddr.IPv4, bits);

/** What reaches an IPv4 host under an IPv6 name becomes that IPv4; 6to4, Teredo and IPv4-compatible addresses stay what they are: refused. */
function unwrap(ip: Ip): Ip {
  if (ip instanceof ipaddr.IPv4) return ip;
  if (ip.isIPv4MappedAddress()) return ip.toIPv4Address();
  return inside(ip, NAT64) ? ipaddr.fromByteArray(ip.toByteArray().slice(12)) : ip;
}

/** `::192.0.2.1` is IPv4-compatible; ipaddr.js would read it as IPv4-mapped. */
const COMPATIBLE = /^::(?=\d+\.)/;

/** The address of a text such as `192.0.2.1` or `2001:db8::1`; undefined for anything else, also for a zone and for octal or short forms. */
function parseIp(text: string): Ip | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  const plain = text.replace(COMPATIBLE, '0:0:0:0:0:0:');
  return plain.includes(':') && !plain.includes('%') && ipaddr.IPv6.isValid(plain) ? ipaddr.IPv6.parse(plain) : undefined;
}

/** Judges an address without brackets. What is no address is of the tier `never`. */
export function classify(text: string): Classified {
  const parsed = parseIp(text);
  if (!parsed) return { tier: 'never', address: text, range: 'no address' };
  const ip = unwrap(parsed);
  const address = ip.toString();
  const range = ip.range();
  if (CLOUD.some((network) => inside(ip, network))) return { tier: 'never', address, range: 'cloud' };
  if (PRIVATE.has(range)) return { tier: 'private', address, range };
  const open = range === 'unicast' && (ip instanceof ipaddr.IPv4 || inside(ip, GLOBAL));
  return { tier: open ? 'public' : 'never', address, range: open || range !== 'unicast' ? range : 'unallocated' };
}

/** A set of networks in CIDR notation, ready to be asked. */
export interface Networks {
  has(address: string): boolean;
}

/** @throws Error of ipaddr.js when a text is no network: they are checked where they come in. */
export function networksOf(texts: readonly string[]): Networks {
  const networks = texts.map((text): Network => ipaddr.parseCIDR(text));
  return {
    has(address) {
      const ip = networks.length > 0 ? parseIp(address) : undefined;
      return ip !== undefined && networks.some((network) => inside(ip, network));
    },
  };
}

/**
 * A network as people type it, in the form in which it is kept: `10.20.0.0/16`, host bits cleared.
 * @returns undefined when it is no network, or reaches beyond the tier `private`: only such networks can be opened.
 */
export function privateNetwork(text: string): string | undefined {
  const [address = '', bits = '', ...rest] = text.trim().split('/');
  const ip = parseIp(address);
  if (!ip || rest.length > 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > (ip.kind() === 'ipv4' ? 32 : 128)) return undefined;
  const network = (ip.kind() === 'ipv4' ? ipaddr.IPv4 : ipaddr.IPv6).networkAddressFromCIDR(`${ip.toString()}/${bits}`);
  const enclosing = PRIVATE_NETWORKS.find((candidate) => inside(network, candidate));
  return enclosing && Number(bits) >= enclosing[1] ? `${network.toString()}/${Number(bits)}` : undefined;
}

const PRIVATE_NETWORKS: readonly Network[] = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'].map((text) =>
  ipaddr.parseCIDR(text),
);
