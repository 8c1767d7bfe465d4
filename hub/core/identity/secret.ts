import { hash, randomBytes } from 'node:crypto';

/**
 * Secrets that the hub hands out: cookies of sessions and bearer tokens, 256 random bits. Stored is their SHA-256, which needs no salt and
 * no slowness, because nobody guesses 256 bits.
 */
const SESSION = /^[A-Za-z0-9_-]{43}$/;
const TOKEN = /^vst_[A-Za-z0-9_-]{43}$/;

export const newSessionSecret = (): string => randomBytes(32).toString('base64url');
/** The prefix lets scanners of repositories and logs recognise a lost token. */
export const newTokenSecret = (): string => `vst_${randomBytes(32).toString('base64url')}`;

export const isSessionSecret = (text: string): boolean => SESSION.test(text);
export const isTokenSecret = (text: string): boolean => TOKEN.test(text);

/** What the database holds of a secret. */
export const secretHash = (secret: string): Buffer => hash('sha256', secret, 'buffer');
