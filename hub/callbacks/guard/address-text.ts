import type { AddressPolicy } from './address-policy.ts';

/** Longest address as a setting, in characters, and after rendering, in bytes (spec 6.4, stage 1). */
const MOST_CHARACTERS = 2_048;
const MOST_BYTES = 8_000;

/** Before a parser sees it: parsers drop tabs and line breaks, and turn backslashes into slashes, without a word. */
const BEGINNING = /^https?:\/\/[^/\\\s]/i;
const FORBIDDEN = /[\p{Cc}\s\\]/u;

/** Names that mean this machine or this network. */
const LOCAL = /(?:^|\.)(?:localhost|local|internal|home\.arpa)$/;

/** Whether the text is a template's setting or was rendered for an attempt; their limits differ. */
export type AddressForm = 'setting' | 'rendered';

/** The code of the first fault of the text itself (stage 1); undefined when it has none. */
export function textFault(text: string, form: AddressForm): 'too_long' | 'scheme' | 'characters' | undefined {
  // A text of more characters has more bytes, too: a huge one is not measured.
  if (text.length > (form === 'setting' ? MOST_CHARACTERS : MOST_BYTES)) return 'too_long';
  if (form === 'rendered' && Buffer.byteLength(text) > MOST_BYTES) return 'too_long';
  if (!BEGINNING.test(text)) return 'scheme';
  return FORBIDDEN.test(text) || !text.isWellFormed() ? 'characters' : undefined;
}

/** A parsed address. */
export interface ParsedAddress {
  /** With the host's trailing dot dropped. */
  readonly url: URL;
  readonly secure: boolean;
  /** Lower-case punycode, or an address without brackets. */
  readonly host: string;
  /** The host is an address. */
  readonly literal: boolean;
  readonly port: number;
}

export type ParseFault = 'unparsable' | 'user_part' | 'fragment' | 'port' | 'host' | 'host_local' | 'host_single_label';

/** An address in digits: the parser has brought every other spelling of IPv4 to this one. */
const IPV4 = /^\d+\.\d+\.\d+\.\d+$/;

/** Parses a text that has passed stage 1, by the rules of WHATWG, and refuses what an address of a receiver never has (stage 2). */
export function parseAddress(text: string, policy: Pick<AddressPolicy, 'permitsPort'>): ParsedAddress | ParseFault {
  // An empty fragment or user leaves no trace in the parsed form.
  if (text.includes('#')) return 'fragment';
  const authority = text.slice(text.indexOf('//') + 2).split(/[/?]/, 1)[0] ?? '';
  if (authority.includes('@')) return 'user_part';
  const url = URL.parse(text);
  if (!url) return 'unparsable';
  const secure = url.protocol === 'https:';
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
  if (port === 0 || !policy.permitsPort(port)) return 'port';
  if (url.hostname.endsWith('.')) url.hostname = url.hostname.slice(0, -1);
  const host = url.hostname;
  if (host.startsWith('[')) return { url, secure, host: host.slice(1, -1), literal: true, port };
  if (IPV4.test(host)) return { url, secure, host, literal: true, port };
  if (host.length > 253 || host.split('.').some((label) => label === '' || label.length > 63)) return 'host';
  if (LOCAL.test(host)) return 'host_local';
  return host.includes('.') ? { url, secure, host, literal: false, port } : 'host_single_label';
}
