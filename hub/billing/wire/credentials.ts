/** Login and password as they came. */
export interface Credentials {
  readonly login: string;
  readonly password: string;
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });
const CYRILLIC = new TextDecoder('windows-1251');

/** Bytes that old programs sent: UTF-8, and windows-1251 where they are none (spec billing 4, 5.4). */
export function decodeLeniently(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    return CYRILLIC.decode(bytes);
  }
}

/** The credentials of an Authorization header; undefined when it is not well-formed HTTP Basic. */
export function basicCredentials(header: string | undefined): Credentials | undefined {
  const encoded = /^\s*basic\s+([A-Za-z0-9+/]{1,4096}={0,2})\s*$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const text = decodeLeniently(Buffer.from(encoded, 'base64'));
  const colon = text.indexOf(':');
  return colon < 1 ? undefined : { login: text.slice(0, colon), password: text.slice(colon + 1) };
}
