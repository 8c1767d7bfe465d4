import { decodePart } from '../wire/action/pairs.ts';
import { HIDDEN, isAboutPasswords, isSecret } from './secret-names.ts';

/**
 * Hides the values of secrets in a query or a form; everything else stays as it came.
 * @example maskPairs('user=desk&pswd=x&cid=1') // user=desk&pswd=***&cid=1
 */
export function maskPairs(text: string): string {
  const pairs = text.split('&').map((pair) => {
    const equals = pair.indexOf('=');
    const name = decodePart(equals < 0 ? pair : pair.slice(0, equals));
    return { pair, equals, name };
  });
  // UpdateContractPassword takes its password as `value`.
  const about = pairs.some(({ name, pair, equals }) => name === 'action' && isAboutPasswords(decodePart(pair.slice(equals + 1))));
  return pairs
    .map(({ pair, equals, name }) =>
      equals >= 0 && equals + 1 < pair.length && isSecret(name.trim(), about) ? `${pair.slice(0, equals + 1)}${HIDDEN}` : pair,
    )
    .join('&');
}

/** The same for an address: what stands behind its `?`. */
export function maskUrl(url: string): string {
  const query = url.indexOf('?');
  return query < 0 ? url : `${url.slice(0, query + 1)}${maskPairs(url.slice(query + 1))}`;
}
