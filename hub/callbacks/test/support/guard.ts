import { type AddressPolicy, createAddressPolicy, type PolicySettings } from '../../guard/address-policy.ts';
import type { AddressForm } from '../../guard/address-text.ts';
import { type AllowEntry, compileAllowList } from '../../guard/allow-match.ts';
import { judgeAddress, type Permitted, type Refused } from '../../guard/judge-address.ts';

/** An entry of the allow-list in short: `https://a.ru:8443/in`, `http://*.a.ru`. */
export function entryOf(address: string, about: Partial<AllowEntry> = {}): AllowEntry {
  const [, scheme = '', host = '', port, pathPrefix = ''] = /^(https?):\/\/(\[[^\]]+\]|[^/:]+)(?::(\d+))?(\/.*)?$/.exec(address) ?? [];
  return {
    id: 1,
    scheme: scheme as AllowEntry['scheme'],
    host: host.replace(/^\[|\]$/g, ''),
    port: port === undefined ? (scheme === 'https' ? 443 : 80) : Number(port),
    pathPrefix,
    networks: [],
    organizations: [],
    validUntil: null,
    ...about,
  };
}

export const policyOf = (settings: Partial<PolicySettings> = {}, own: readonly string[] = []): AddressPolicy =>
  createAddressPolicy({ ports: ['80', '443', '1024-65535'], networks: [], exactAddresses: [], ...settings }, () => new Set(own));

/** Entries that open just what an address names: the table of spec 7.3 has the list opened for its purpose. */
export function openedFor(text: string, about: Partial<AllowEntry> = {}): AllowEntry[] {
  const url = URL.parse(text);
  if (!url) return [];
  const host = url.hostname.replace(/\.$/, '');
  return (['http', 'https'] as const).map((scheme) => {
    const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
    return { ...entryOf(`${scheme}://a.ru`, about), host: host.replace(/^\[|\]$/g, ''), port };
  });
}

export interface JudgeAbout {
  readonly entries?: readonly AllowEntry[];
  readonly policy?: AddressPolicy;
  readonly form?: AddressForm;
  readonly organizationId?: number | null;
  readonly now?: number;
}

export function judge(text: string, about: JudgeAbout = {}): Permitted | Refused {
  const { entries = openedFor(text), policy = policyOf(), form = 'setting', organizationId = null, now = Date.now() } = about;
  return judgeAddress(text, { form, policy, index: compileAllowList(entries), organizationId, now });
}

/** `permitted`, or stage and code of the refusal. */
export function verdictOf(judged: Permitted | Refused): string {
  return judged.permitted ? 'permitted' : `${judged.stage} ${judged.code}`;
}
