import { HubError } from '../../core/errors.ts';
import type { Refused } from './judge-address.ts';

/** A refusal in words for those who set endpoints up. */
export interface RefusalText {
  readonly message: string;
  readonly russian: string;
}

/** Longest address that a message repeats, in characters. */
const SHOWN = 300;

/** An address in a message: without its query, which may hold what nobody should see, and made harmless when it could not be parsed. */
function shown(text: string, url: URL | undefined): string {
  const plain = url
    ? `${url.protocol}//${url.host}${url.pathname}`
    : (text.split(/[?#]/, 1)[0] ?? '').replace(/[\p{Cc}\p{Cf}]/gu, '\ufffd');
  return plain.length > SHOWN ? `${plain.slice(0, SHOWN)}…` : plain;
}

/** The error of the source's allow-list, word for word as the specification has it (6.5). The key is `address_not_allowed`. */
const notAllowed = (address: string): RefusalText => ({
  message: `The address ${address} is not on the allow-list. Give the link to your agent: once support has added the address, sending becomes possible.`,
  russian: `Адрес ${address} не входит в белый список. Передайте ссылку агенту: после добавления адреса службой поддержки отправка станет возможна.`,
});

/** One text for all other causes: which of them it was is for the audit, so that nobody explores the network by test sendings (6.6). */
const notPermitted = (address: string): RefusalText => ({
  message: `The address ${address} cannot be a receiver of callbacks.`,
  russian: `Адрес ${address} не может быть получателем Callback.`,
});

/** @param text the address as it was judged. */
export const refusalText = (text: string, { code, url }: Refused): RefusalText =>
  (code === 'address_not_allowed' ? notAllowed : notPermitted)(shown(text, url));

/** The text for refusals that only a lookup or a connection showed: the same as for an address that needed none. */
export const refusedLaterText = (text: string): RefusalText => notPermitted(shown(text, URL.parse(text) ?? undefined));

/** What is wrong with the text of an address, for whoever types it in; without effect on what is permitted. */
const HINTS: Readonly<Partial<Record<Refused['code'], string>>> = {
  too_long: 'it is too long: 2048 characters at most',
  scheme: 'it must begin with http:// or https:// and a host',
  characters: 'it must not contain spaces, backslashes or control characters',
  unparsable: 'it is not a URL',
  user_part: 'it must not contain a user name: put it into a header Authorization',
  fragment: 'it must not contain #',
  port: 'its port is not one of the ports of this hub (setting callbacks.ports)',
  host: 'its host is not a name',
  host_local: 'its host is a name of this machine or network',
  host_single_label: 'its host must have a dot',
};

/**
 * A refusal as the error that ends an act, such as enabling an endpoint. Its reason is `address_not_allowed` for stage 3 and
 * `address_refused` for the others; the exact cause of stages 1 and 2, which is the text's alone, is told.
 */
export function refusalError(text: string, refused: Refused): HubError {
  const { message, russian } = refusalText(text, refused);
  if (refused.stage === 3) return new HubError('CONFLICT', message, { reason: 'address_not_allowed', russian });
  if (refused.stage === 4) return new HubError('CONFLICT', message, { reason: 'address_refused', russian });
  const hint = HINTS[refused.code] ?? 'it is not the address of a receiver';
  const details = [{ code: refused.code.toUpperCase(), path: '/url', message: hint }];
  return new HubError('BAD_REQUEST', `url: ${hint}`, { reason: 'url', details });
}
