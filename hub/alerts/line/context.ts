import type { Database } from '../../core/database/database.ts';
import type { Identity } from '../../core/identity/identity.ts';
import type { SecretKey } from '../../core/identity/secret-key.ts';
import type { Act } from '../act.ts';
import type { ChannelKinds } from '../channels/channel-kind.ts';
import type { LiveSettings } from '../live-settings.ts';
import type { PersonPages } from './person-pages.ts';
import type { EditWatch } from './watch-edits.ts';

/** Who logs in, and the directory of operators. */
export type LineIdentity = Pick<Identity, 'authenticateBasic' | 'change' | 'hashPassword' | 'rights'>;

/** The report of a run in pieces of any size. The first piece is asked for before anything is answered. */
export type ReportOf = (act: Act, runId: number, format: 'HTML' | 'XLS') => AsyncIterable<Uint8Array>;

/** What all sessions of one hub work with. */
export interface LineContext {
  readonly database: Database;
  readonly identity: LineIdentity;
  readonly secretKey: SecretKey;
  readonly settings: LiveSettings;
  readonly kinds: ChannelKinds;
  readonly reportOf: ReportOf;
  readonly people: PersonPages;
  /** Finished answers about single records. */
  readonly kept: Pick<EditWatch, 'tasks' | 'people'>;
  /** As the greeting names it. */
  readonly version: string;
  /** Bytes of files that clients are sending at this moment, all sessions together. */
  readonly uploads: { bytes: number };
  /** Sessions of a login that are open here. */
  sessionsOf(login: string): number;
  /** Somebody's rights have changed here: their sessions look again before their next command. */
  rightsChanged(login: string): void;
}

/** Limits of a session (specification of alerts 2.15, 2.21 to 2.25). Times in milliseconds. */
export interface LineLimits {
  readonly handshake: number;
  readonly login: number;
  /** A peer that accepts nothing. */
  readonly slowReader: number;
  readonly ping: number;
  /** Silence inside a file that is being sent. */
  readonly upload: number;
  /** In which further lines reopen a block that silence has completed. */
  readonly reopen: number;
  /** Bytes of a line before and after the login. */
  readonly shortLine: number;
  readonly line: number;
  /** Requests, and bytes of them, that may wait. */
  readonly waitingLines: number;
  readonly waitingBytes: number;
  /** Bytes of pushes that may wait. */
  readonly pushBytes: number;
  /** Bytes of the directory that are kept encoded. */
  readonly peopleBytes: number;
}
