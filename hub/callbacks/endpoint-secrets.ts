import type { SecretKey } from '../core/identity/secret-key.ts';
import type { EndpointSettings } from './endpoint.ts';
import { fillSecrets, hideSecrets, MASK, secretNames } from './header-secrets.ts';

/**
 * The secrets of a version (spec 6.12): they are taken out of the settings before anything is stored, shown or compared, and lie sealed
 * beside them, bound to their endpoint and version.
 */
export interface EndpointSecrets {
  /** Values of secret headers in the order of their lines. */
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly clientKey: string | null;
}

const NONE: EndpointSecrets = { headers: [], clientKey: null };
const PURPOSE = 'callbacks.endpoint';
const SIGNING_PURPOSE = 'callbacks.signing';

const contextOf = (endpointId: number, version: number): string => `callback_endpoint/${endpointId}/${version}`;

/** The settings with `***` for every secret, and the secrets. */
export function takeSecrets(settings: EndpointSettings): { readonly shown: EndpointSettings; readonly secrets: EndpointSecrets } {
  const { masked, secrets } = hideSecrets(settings.headers, secretNames(settings.secret_headers));
  const { client_cert } = settings;
  return {
    shown: { ...settings, headers: masked, client_cert: client_cert && { ...client_cert, key: MASK } },
    secrets: { headers: secrets, clientKey: client_cert?.key ?? null },
  };
}

/** The opposite of `takeSecrets`. */
export function returnSecrets(shown: EndpointSettings, secrets: EndpointSecrets): EndpointSettings {
  const { headers } = fillSecrets(shown.headers, secretNames(shown.secret_headers), secrets.headers);
  return { ...shown, headers, client_cert: shown.client_cert && { ...shown.client_cert, key: secrets.clientKey ?? '' } };
}

/** @returns null when there is nothing to seal. */
export function sealSecrets(key: SecretKey, endpointId: number, version: number, secrets: EndpointSecrets): Buffer | null {
  if (secrets.headers.length === 0 && secrets.clientKey === null) return null;
  return key.seal(PURPOSE, JSON.stringify(secrets), contextOf(endpointId, version));
}

/** @throws HubError INTERNAL when they were sealed for another endpoint or version, or with another key. */
export function openSecrets(key: SecretKey, endpointId: number, version: number, sealed: Buffer | null): EndpointSecrets {
  return sealed === null
    ? NONE
    : (JSON.parse(key.open(PURPOSE, sealed, contextOf(endpointId, version)).toString('utf8')) as EndpointSecrets);
}

export const sealSigningSecret = (key: SecretKey, secretId: string, secret: string): Buffer =>
  key.seal(SIGNING_PURPOSE, secret, `callback_signing_secret/${secretId}`);

/** The secret as `whsec_...`. @throws HubError INTERNAL as `openSecrets` does. */
export const openSigningSecret = (key: SecretKey, secretId: string, sealed: Buffer): string =>
  key.open(SIGNING_PURPOSE, sealed, `callback_signing_secret/${secretId}`).toString('utf8');
