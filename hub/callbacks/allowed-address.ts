import { domainToUnicode } from 'node:url';
import * as z from 'zod';
import { HubError } from '../core/errors.ts';
import { type AddressPolicy, addressFault } from './guard/address-policy.ts';
import { parseAddress, textFault } from './guard/address-text.ts';
import { networksOf, privateNetwork } from './guard/ranges.ts';

/**
 * A line of the allow-list, from the request on (spec 6.5).
 *
 * States and transitions, with who takes them:
 *   (new)      -request-> requested   the client
 *   requested  -forward-> forwarded   the agent
 *   forwarded  -approve-> approved    support, not the requester; with a proof of ownership the agent, from `requested`, too
 *   requested, forwarded -reject-> rejected
 *   approved   -revoke->  revoked     support
 *   approved   -expire->  expired     the hub, when `valid_until` has passed
 * `rejected`, `revoked` and `expired` are ends: who wants the address again asks again.
 */
export const ALLOW_STATES = ['requested', 'forwarded', 'approved', 'rejected', 'revoked', 'expired'] as const;
export type AllowState = (typeof ALLOW_STATES)[number];
export type AllowAct = 'forward' | 'approve' | 'reject' | 'revoke';

/** Channel of NOTIFY: approved entries changed. No payload. The triggers of 0001-allow-list.sql send it. */
export const ALLOW_LIST = 'vestnik_callbacks_allow';

/** How long a proof of ownership counts. */
const PROOF_HOURS = 24;

interface Transition {
  readonly from: readonly AllowState[];
  readonly to: AllowState;
  readonly otherwise: string;
  readonly russian: string;
}

const ALLOW_TRANSITIONS: Readonly<Record<AllowAct, Transition>> = {
  forward: {
    from: ['requested'],
    to: 'forwarded',
    otherwise: 'only a new request can be forwarded',
    russian: 'передать дальше можно только новый запрос',
  },
  approve: {
    from: ['forwarded'],
    to: 'approved',
    otherwise: 'a request is approved after the agent has forwarded it, or has the ownership of the address proven',
    russian: 'запрос утверждается после передачи агентом или после подтверждения владения адресом',
  },
  reject: {
    from: ['requested', 'forwarded'],
    to: 'rejected',
    otherwise: 'only an open request can be rejected',
    russian: 'отклонить можно только открытый запрос',
  },
  revoke: {
    from: ['approved'],
    to: 'revoked',
    otherwise: 'only an approved entry can be revoked',
    russian: 'отозвать можно только утверждённый адрес',
  },
};

/** The state after an act. @throws HubError CONFLICT `bad_state`. */
export function stateAfter({ allowId, state }: { allowId: number; state: AllowState }, act: AllowAct, proven: boolean): AllowState {
  const { from, to, otherwise, russian } = ALLOW_TRANSITIONS[act];
  if (from.includes(state) || (act === 'approve' && proven && state === 'requested')) return to;
  throw new HubError('CONFLICT', `allow-list entry ${allowId} is ${state}: ${otherwise}`, {
    reason: 'bad_state',
    russian: `Запись белого списка ${allowId}: ${russian}`,
  });
}

/** True while a proof counts. */
export const isProven = (provenAt: Temporal.Instant | null, now: Temporal.Instant): boolean =>
  provenAt !== null && Temporal.Instant.compare(provenAt.add({ hours: PROOF_HOURS }), now) > 0;

/** What of an address an entry opens. */
export interface AllowAddress {
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly port: number;
  readonly pathPrefix: string;
}

/** `https://a.ru:8443/in`, as people read it. */
export function addressOf({ scheme, host, port, pathPrefix }: AllowAddress): string {
  const usual = port === (scheme === 'https' ? 443 : 80);
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}${usual ? '' : `:${port}`}${pathPrefix}`;
}

/** The address with its host in letters: `https://пример.рф/in`. */
export const readableAddress = (address: AllowAddress): string =>
  addressOf({ ...address, host: domainToUnicode(address.host) || address.host });

const wrongAddress = (message: string, russian: string): HubError =>
  new HubError('VALIDATION', `address: ${message}`, {
    reason: 'address',
    russian: `Адрес: ${russian}`,
    details: [{ code: 'BAD_VALUE', path: '/address', message }],
  });

/** Whole segments before the first that holds a variable of a template. */
function prefixOf(path: string): string {
  const segments = path.split('/').slice(1);
  const variable = segments.findIndex((segment) => /@(?:[A-Za-z_]|\{|%7B)/i.test(segment));
  const kept = variable < 0 ? segments : segments.slice(0, variable);
  return kept.length === 0 || (kept.length === 1 && kept[0] === '') ? '' : `/${kept.join('/')}`.replace(/\/+$/, '');
}

/**
 * Reads an address as it is typed: `https://a.ru/in`, `https://*.a.ru`, or the template of an endpoint, whose query and segments with
 * variables are left away.
 * @throws HubError VALIDATION `address` with what is wrong; CONFLICT `address_refused` for one that can never be opened by the list.
 */
export function readAddress(text: string, networks: readonly string[], policy: AddressPolicy): AllowAddress {
  const [plain = ''] = text.trim().split(/[?#]/, 1);
  if (textFault(plain, 'setting')) {
    throw wrongAddress('it must look like https://host/path', 'нужен вид https://узел/путь, без пробелов и обратных косых черт');
  }
  const parsed = parseAddress(plain, policy);
  if (typeof parsed === 'string') {
    if (parsed === 'port')
      throw wrongAddress('this port is not one of callbacks.ports', 'этот порт не разрешён настройкой callbacks.ports');
    if (parsed === 'user_part') throw wrongAddress('it must not name a user', 'без имени пользователя и пароля');
    throw wrongAddress(
      'its host must be a public name with a dot, or an address',
      'узел должен быть публичным именем с точкой или IP-адресом',
    );
  }
  const { url, secure, host, literal, port } = parsed;
  const suffix = host.startsWith('*.') ? host.slice(2) : host;
  if (suffix.includes('*') || (suffix !== host && suffix.split('.').length < 2)) {
    throw wrongAddress(
      '* may stand only before a suffix of two or more labels: *.a.ru',
      '* допустима только перед суффиксом из двух и более частей: *.a.ru',
    );
  }
  const fault = literal ? addressFault(host, port, policy, networksOf(networks)) : undefined;
  if (fault?.fault === 'address_private') {
    throw wrongAddress(
      'it lies in a private network, which the entry and the setting callbacks.networks must both name',
      'частная сеть: её должны назвать и запись (networks), и настройка callbacks.networks',
    );
  }
  if (fault) {
    throw new HubError(
      'CONFLICT',
      `the address ${addressOf({ scheme: secure ? 'https' : 'http', host, port, pathPrefix: '' })} cannot be a receiver of callbacks`,
      {
        reason: 'address_refused',
        russian: 'Этот адрес не может быть получателем Callback.',
      },
    );
  }
  return { scheme: secure ? 'https' : 'http', host, port, pathPrefix: prefixOf(url.pathname) };
}

/** One line of text that a person typed. */
const line = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(500, 'must have at most 500 characters')
  .regex(/^\P{Cc}*$/u, 'must not contain line breaks or other control characters');

export const stepReason = line.meta({ description: 'Why; kept in the audit' });

const network = z
  .string()
  .max(50)
  .transform((text, context) => {
    const read = privateNetwork(text);
    if (read !== undefined) return read;
    context.addIssue({ code: 'custom', message: 'must be a private network such as 10.20.0.0/16 or fd12::/48' });
    return z.NEVER;
  });

const inFuture = (text: string): boolean => {
  try {
    return Temporal.Instant.compare(Temporal.Instant.from(text), Temporal.Now.instant()) > 0;
  } catch {
    return false;
  }
};

/** What a request, or an entry of support, is made of. */
export const newAllowSchema = z.strictObject({
  address: z
    .string()
    .min(1)
    .max(2_048)
    .meta({ description: 'Address, or the URL of an endpoint', example: 'https://sap.client.example/in' }),
  networks: z.array(network).max(20).default([]).meta({ description: 'Private networks in which the host may lie, as CIDR' }),
  organizations: z
    .array(z.int().min(1))
    .max(1_000)
    .default([])
    .transform((ids) => [...new Set(ids)].sort((one, other) => one - other))
    .meta({ description: 'Whose endpoints may use it; empty: all' }),
  valid_until: z
    .string()
    .max(40)
    .refine(inFuture, 'must be an instant in the future such as 2027-11-22T14:05:00+03:00')
    .nullable()
    .default(null)
    .meta({ description: 'RFC 3339; null: until it is revoked' }),
  reason: line.meta({ description: 'What it is for; those who decide read it' }),
});
export type NewAllow = z.output<typeof newAllowSchema>;
