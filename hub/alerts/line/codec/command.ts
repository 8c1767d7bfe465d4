import type { LineErrorCode } from './errors.ts';

/** What a login may do, as bits (specification of alerts, 3.1). */
export const RIGHT = { view: 1, directory: 2, tasks: 4, start: 8, channels: 16, users: 32, log: 64 } as const;

/** All rights: the administrator. */
export const EVERY_RIGHT = 127;

/** The sum of bits of a user's rights. @returns undefined for what is no number; more than EVERY_RIGHT is for the command to refuse */
export function readRights(text: string): number | undefined {
  return /^\d{1,30}$/.test(text) ? Number(text) : undefined;
}

/**
 * One command as its row is written. Parameters are written as a person reads them: `<id>` must be sent, `[run]` may be missing; those that may
 * be missing stand last. Commands get them by these names, so the row alone says where each stands.
 */
export interface CommandRow {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** Parameters of a request of one line. */
  readonly request?: string;
  /** Lines of a request of several, by their first word, each with its parameters. */
  readonly block?: Readonly<Record<string, string>>;
  /** Lines of the answer without the command's name; `*` behind a line: it repeats. */
  readonly answer: readonly string[];
  /** The answer's name where it is not the command's. */
  readonly answersAs?: string;
  /** Served before a login, too. */
  readonly beforeLogin?: boolean;
  /** Bits that are all needed; 0: any login, and the command itself looks closer where its description says so. */
  readonly rights: number;
  /** Beside ERR_BADARGUMENT_COUNT, ERR_BADSYNTAX and ERR_NOACCESS, which every command may answer. */
  readonly errors: readonly LineErrorCode[];
  readonly en: string;
  readonly ru: string;
}
