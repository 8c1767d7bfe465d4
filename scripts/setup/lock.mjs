import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { SetupFailure } from './failure.mjs';

/**
 * One set-up at a time in a checkout: a lock folder with its owner's process id and host, made whole under another name and renamed, so
 * that nobody ever sees it half made.
 *
 * States: free -> held (the owner touches it every few seconds) -> released, or stale: the owner is dead, or has not touched it for long.
 * A stale lock is moved aside by whoever finds it first, then everybody tries again.
 */
const HEARTBEAT = 2_000;
const SILENCE_OF_THE_DEAD = 60_000;
const POLL = 200;

/** @param {string} folder */
function isStale(folder) {
  try {
    const silence = Date.now() - statSync(folder).mtimeMs;
    const owner = JSON.parse(readFileSync(join(folder, 'owner.json'), 'utf8'));
    if (owner.host === hostname() && !isAlive(owner.pid)) return true;
    return silence > SILENCE_OF_THE_DEAD;
  } catch (error) {
    // Gone meanwhile: not stale, free. Anything else, such as a damaged owner file, cannot come from a living owner.
    return /** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOENT' || statSync(folder, { throwIfNoEntry: false }) !== undefined;
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

/**
 * @param {string} from
 * @param {string} to
 * @returns {boolean} false when `to` is there already, or `from` is not there any more
 */
function move(from, to) {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    // What the systems say of a rename onto a folder with something in it.
    if (['ENOTEMPTY', 'EEXIST', 'EPERM', 'EACCES', 'ENOENT'].includes(String(/** @type {NodeJS.ErrnoException} */ (error).code)))
      return false;
    throw error;
  }
}

/**
 * Waits for the lock and takes it.
 * @param {string} folder the lock's path; its parent must be there
 * @param {{ deadline: number, onWait: (seconds: number) => void }} options deadline in milliseconds
 * @returns {Promise<() => void>} releases it
 * @throws {SetupFailure} when it stays taken, or the parent cannot be written
 */
export async function takeLock(folder, { deadline, onWait }) {
  const begin = Date.now();
  const mine = `${folder}.${process.pid}`;
  try {
    rmSync(mine, { recursive: true, force: true });
    mkdirSync(mine);
    writeFileSync(join(mine, 'owner.json'), JSON.stringify({ pid: process.pid, host: hostname() }));
  } catch (error) {
    throw new SetupFailure(
      `The set-up cannot write beside ${folder}: ${/** @type {Error} */ (error).message}.`,
      'Run as the user who owns the checkout, or clone it anew as the user you are.',
    );
  }
  while (!move(mine, folder)) {
    const aside = `${folder}.stale.${process.pid}`;
    if (isStale(folder) && move(folder, aside)) {
      rmSync(aside, { recursive: true, force: true });
      continue;
    }
    const waited = Date.now() - begin;
    if (waited > deadline) {
      rmSync(mine, { recursive: true, force: true });
      throw new SetupFailure(
        `Another set-up holds ${folder} and does not end.`,
        'If none is running, remove that folder and repeat the command.',
      );
    }
    onWait(Math.round(waited / 1000));
    await new Promise((resolve) => setTimeout(resolve, POLL));
  }
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimesSync(folder, now, now);
  }, HEARTBEAT);
  heartbeat.unref();
  return () => {
    clearInterval(heartbeat);
    rmSync(folder, { recursive: true, force: true });
  };
}
