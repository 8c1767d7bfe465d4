/**
 * Addresses of request bins, `{public_url}/bin/{token}` (spec 6.6): always allowed, since what is sent to them never leaves the hub.
 */
const TOKEN = /^[A-Za-z0-9_-]{22,86}$/;

/** Where the bins of this hub are, without a slash at the end. */
export function binBase(configuration: {
  readonly callbacks: { readonly publicUrl?: string | undefined };
  readonly http: { readonly publicUrl?: string | undefined; readonly host: string; readonly port: number };
}): string {
  const { callbacks, http } = configuration;
  const base = callbacks.publicUrl ?? http.publicUrl ?? `http://${http.host.includes(':') ? `[${http.host}]` : http.host}:${http.port}`;
  return `${base.replace(/\/+$/, '')}/bin`;
}

/** The token when the address is one of a bin, whatever its query; else undefined. @param base of `binBase` */
export function binToken(address: string, base: string): string | undefined {
  if (!address.startsWith(`${base}/`)) return undefined;
  const [token = ''] = address.slice(base.length + 1).split('?', 1);
  return TOKEN.test(token) ? token : undefined;
}
