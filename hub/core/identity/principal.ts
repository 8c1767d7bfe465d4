import type { Locale } from './operator.ts';

/** Who was recognised, by what, and what they may do now. The same object is answered as long as nothing in the directory changes. */
export interface Principal {
  /** Stable number of the operator; old protocols show it. */
  readonly operatorId: number;
  /** Lower case. */
  readonly login: string;
  readonly displayName: string;
  readonly locale: Locale;
  /** What is allowed now; for a token what both the token and its owner allow. */
  readonly rights: readonly string[];
  readonly by: 'password' | 'token' | 'session';
  /** Number of the session or of the token; undefined for a password. */
  readonly credentialId: number | undefined;
}

/** Name of the cookie that holds a console session. */
export const SESSION_COOKIE = 'vestnik_session';

/**
 * Recognises operators. Every function answers the principal or throws HubError:
 * UNAUTHORIZED (wrong, unknown, disabled, expired: never says which), TOO_MANY_REQUESTS (throttled, with retryAfter), BUSY (too many
 * passwords are being checked, with retryAfter), STORE_UNAVAILABLE or the driver's error (the database is away).
 * A disabled operator, an ended session, a revoked token and a changed right count within a second on every hub.
 */
export interface Authentication {
  /** Login and password of HTTP Basic or of an old protocol; `address` is the remote IP address, for throttling. */
  authenticateBasic(login: string, password: string, address: string): Promise<Principal>;
  /** A bearer token, `vst_...`. */
  authenticateToken(token: string, address: string): Promise<Principal>;
  /** The value of the cookie SESSION_COOKIE. Seeing it prolongs the session. */
  authenticateSession(cookie: string, address: string): Promise<Principal>;
}
