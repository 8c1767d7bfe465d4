import { createHmac, randomBytes } from 'node:crypto';

/** Signatures by Standard Webhooks (spec 6.11). Pure: keys come in, headers go out. */

const PREFIX = 'whsec_';
const LEAST_BYTES = 24;
const MOST_BYTES = 64;

/** A new secret: `whsec_` and 32 random bytes in base64. */
export const newSigningSecret = (): string => PREFIX + randomBytes(32).toString('base64');

/** The key bytes of a secret; undefined when it is not `whsec_` and 24 to 64 bytes in base64, as it is spelled canonically. */
export function signingKey(secret: string): Buffer | undefined {
  if (!secret.startsWith(PREFIX)) return undefined;
  const text = secret.slice(PREFIX.length);
  const key = Buffer.from(text, 'base64');
  if (key.toString('base64') !== text || key.length < LEAST_BYTES || key.length > MOST_BYTES) return undefined;
  return key;
}

/**
 * The three headers of a signed message.
 * @param message.id the same for every attempt and every resend of one event, by which a receiver drops duplicates.
 * @param message.seconds the time of the attempt, in seconds since 1970.
 * @param message.body the final bytes; empty for GET, whose query is not covered.
 * @param keys those in force, the newest first; one signature each.
 */
export function signatureHeaders(
  message: { readonly id: string; readonly seconds: number; readonly body: Uint8Array | undefined },
  keys: readonly Buffer[],
): (readonly [string, string])[] {
  const signatures = keys.map((key) => {
    const hmac = createHmac('sha256', key).update(`${message.id}.${message.seconds}.`, 'utf8');
    if (message.body) hmac.update(message.body);
    return `v1,${hmac.digest('base64')}`;
  });
  return [
    ['webhook-id', message.id],
    ['webhook-timestamp', String(message.seconds)],
    ['webhook-signature', signatures.join(' ')],
  ];
}
