import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';

/** Where a request came from and under which address its sender reached the hub; what proxies add is believed of trusted ones only. */
export interface Whereabouts {
  /** Remote address; IPv4 is not dressed up as IPv6. */
  readonly address: string;
  /** `https://billing.example.org`; undefined when the sender named no usable host. */
  readonly origin: string | undefined;
}

const HOST = /^(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/;
const bare = (address: string): string => address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/, '');

/** The values of a header that proxies append to, the nearest last. */
const listed = (header: string | string[] | undefined): string[] =>
  String(header ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** @param trusted addresses and networks of proxies, as `http.trustProxy` has them. */
export function whereaboutsBy(trusted: false | readonly string[]): (request: IncomingMessage) => Whereabouts {
  const networks = (trusted || []).map((text) => {
    if (text.includes('/')) return ipaddr.parseCIDR(text);
    const address = ipaddr.parse(text);
    return [address, address.kind() === 'ipv4' ? 32 : 128] as [ipaddr.IPv4 | ipaddr.IPv6, number];
  });
  const isTrusted = (text: string): boolean => {
    if (networks.length === 0 || !ipaddr.isValid(text)) return false;
    const address = ipaddr.process(text);
    return networks.some(([network, bits]) => network.kind() === address.kind() && address.match(network as ipaddr.IPv4, bits));
  };
  return (request) => {
    const { headers, socket } = request;
    const secure = 'encrypted' in socket;
    let address = bare(socket.remoteAddress ?? '');
    let host = headers.host;
    let scheme = secure ? 'https' : 'http';
    if (isTrusted(address)) {
      const forwarded = listed(headers['x-forwarded-for']).filter((text) => ipaddr.isValid(text));
      host = listed(headers['x-forwarded-host']).at(-1) ?? host;
      if (listed(headers['x-forwarded-proto']).at(-1) === 'https') scheme = 'https';
      for (let next = forwarded.pop(); next !== undefined && isTrusted(address); next = forwarded.pop()) address = bare(next);
    }
    return { address, origin: host !== undefined && HOST.test(host) ? `${scheme}://${host}` : undefined };
  };
}
