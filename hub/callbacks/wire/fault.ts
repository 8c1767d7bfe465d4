/** Why an attempt has no answer. `address_refused` is the guard's (stages 5 and 6), `proxy_error` the egress proxy's; neither is the receiver's. */
export type FailureCode =
  | 'dns'
  | 'address_refused'
  | 'connect_refused'
  | 'connect_timeout'
  | 'unreachable'
  | 'connect_failed'
  | 'tls_expired'
  | 'tls_not_yet_valid'
  | 'tls_wrong_name'
  | 'tls_self_signed'
  | 'tls_unknown_ca'
  | 'tls_client_certificate'
  | 'tls_handshake'
  | 'proxy_error'
  | 'timeout'
  | 'reset'
  | 'headers_too_large'
  | 'bad_answer'
  | 'illegal_request'
  | 'aborted';

/** A failure whose code is known where it happens. */
export class WireFault extends Error {
  readonly failure: FailureCode;
  /** For the audit and the operator's log, not for who sends a test: an address that the guard refused. */
  readonly secret: string | undefined;

  constructor(failure: FailureCode, message: string, options: { readonly secret?: string; readonly cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = 'WireFault';
    this.failure = failure;
    this.secret = options.secret;
  }
}

/** Codes of Node, OpenSSL and undici with what they mean here. */
const BY_CODE: Readonly<Record<string, FailureCode>> = {
  ENOTFOUND: 'dns',
  ENODATA: 'dns',
  ESERVFAIL: 'dns',
  EAI_AGAIN: 'dns',
  ECONNREFUSED: 'connect_refused',
  ETIMEDOUT: 'connect_timeout',
  UND_ERR_CONNECT_TIMEOUT: 'connect_timeout',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  ENETDOWN: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  CERT_HAS_EXPIRED: 'tls_expired',
  CERT_NOT_YET_VALID: 'tls_not_yet_valid',
  ERR_TLS_CERT_ALTNAME_INVALID: 'tls_wrong_name',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls_self_signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls_unknown_ca',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls_unknown_ca',
  UNABLE_TO_GET_ISSUER_CERT: 'tls_unknown_ca',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'tls_unknown_ca',
  CERT_UNTRUSTED: 'tls_unknown_ca',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'tls_client_certificate',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'tls_client_certificate',
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: 'tls_client_certificate',
  UND_ERR_HEADERS_OVERFLOW: 'headers_too_large',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'bad_answer',
  UND_ERR_INVALID_ARG: 'illegal_request',
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: 'illegal_request',
  UND_ERR_NOT_SUPPORTED: 'illegal_request',
  UND_ERR_DESTROYED: 'aborted',
  UND_ERR_CLOSED: 'aborted',
  UND_ERR_SOCKET: 'reset',
  ECONNRESET: 'reset',
  ECONNABORTED: 'reset',
  EPIPE: 'reset',
};

/** Messages of undici for what is no broken connection but an answer that breaks the protocol. */
const BAD_ANSWER = /^bad (?:response|upgrade)$/;
/** Codes that OpenSSL gives to certificates: `CERT_REVOKED`, `INVALID_CA`, `ERR_SSL_WRONG_VERSION_NUMBER`. */
const TLS_CODE = /^(?:ERR_SSL_|ERR_TLS_|CERT_|INVALID_|UNABLE_TO_|ERROR_IN_CERT|PATH_LENGTH|HOSTNAME_MISMATCH|EE_KEY)/;

function codeOf(error: Error & { readonly code?: unknown }): string {
  if (typeof error.code === 'string') return error.code;
  return error instanceof AggregateError && error.errors[0] instanceof Error ? codeOf(error.errors[0]) : '';
}

/** Turns what Node, OpenSSL or undici threw into a failure with a code. @param connecting it came before the connection stood. */
export function faultOf(error: unknown, connecting: boolean): WireFault {
  if (error instanceof WireFault) return error;
  if (!(error instanceof Error)) return new WireFault('bad_answer', String(error));
  const code = codeOf(error);
  // All addresses failed alike, or each in its own way: the first tells enough.
  const message = error instanceof AggregateError ? ((error.errors[0] as Error | undefined)?.message ?? error.message) : error.message;
  const fault = (failure: FailureCode): WireFault => new WireFault(failure, message || code, { cause: error });
  if (error.name === 'HTTPParserError' || BAD_ANSWER.test(error.message)) return fault('bad_answer');
  const known = BY_CODE[code];
  if (known) return fault(connecting && known === 'reset' ? 'connect_failed' : known);
  if (TLS_CODE.test(code)) return fault('tls_handshake');
  return fault(connecting ? 'connect_failed' : 'reset');
}
