import { argon2, timingSafeEqual } from 'node:crypto';
import { HubError } from '../errors.ts';
import {
  formatHash,
  type HashedPassword,
  isOutdated,
  md5Form,
  newSalt,
  PARAMETERS,
  type PasswordHash,
  parseHash,
  TAG_LENGTH,
} from './password.ts';

/**
 * The line before argon2id, which takes 19 MiB and tens of milliseconds of a processor each time, on the thread pool.
 *
 * A job is waiting -> at work (two at once) -> done; the line is bounded, beyond it a job is refused with BUSY. Two at once leave the
 * other half of libuv's four threads to files and names.
 */
export interface PasswordLine {
  /** Hashes a prepared password; `of` md5: a checked MD5 of one instead. */
  hash(prepared: string, of?: PasswordHash['of']): Promise<HashedPassword>;
  /**
   * Compares a prepared password with a stored hash. `atTurn` runs when the job's turn has come, before the work: its throw leaves the line.
   * `outdated`: it fits, and should be hashed anew with the present parameters.
   */
  verify(prepared: string, stored: string, atTurn: () => void): Promise<{ readonly fits: boolean; readonly outdated: boolean }>;
}

/** Computes argon2id. */
type Derive = (text: string, hash: Omit<PasswordHash, 'of' | 'tag'>, length: number) => Promise<Buffer>;

export interface PasswordLineOptions {
  /** (Default: 2) */
  readonly atOnce?: number;
  /** Jobs that may wait. (Default: 256, some five seconds of work) */
  readonly bound?: number;
  /** (Default: argon2id of node:crypto) */
  readonly derive?: Derive;
}

export const deriveArgon2id: Derive = (text, { memory, passes, parallelism, salt }, length) =>
  new Promise((resolve, reject) => {
    const parameters = { message: Buffer.from(text, 'utf8'), nonce: salt, memory, passes, parallelism, tagLength: length };
    argon2('argon2id', parameters, (error, tag) => (error ? reject(error) : resolve(tag)));
  });

export function createPasswordLine({ atOnce = 2, bound = 256, derive = deriveArgon2id }: PasswordLineOptions = {}): PasswordLine {
  const waiting: (() => void)[] = [];
  let working = 0;

  const inTurn = async <T>(job: () => Promise<T>): Promise<T> => {
    if (working >= atOnce) {
      if (waiting.length >= bound) throw new HubError('BUSY', 'too many passwords are being checked', { retryAfter: 2 });
      // The one who leaves hands its place over, so `working` stays as it is.
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else working += 1;
    try {
      return await job();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else working -= 1;
    }
  };

  return {
    hash: (prepared, of = 'password') =>
      inTurn(async () => {
        const fresh = { of, ...PARAMETERS, salt: newSalt() };
        return formatHash({ ...fresh, tag: await derive(prepared, fresh, TAG_LENGTH) });
      }),
    verify: (prepared, stored, atTurn) =>
      inTurn(async () => {
        atTurn();
        const hash = parseHash(stored);
        if (!hash) throw new HubError('INTERNAL', 'a stored password hash is not argon2id in PHC form');
        const text = hash.of === 'md5' ? md5Form(prepared) : prepared;
        const fits = timingSafeEqual(await derive(text, hash, hash.tag.length), hash.tag);
        return { fits, outdated: fits && isOutdated(hash) };
      }),
  };
}
