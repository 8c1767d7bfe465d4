import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import process from 'node:process';

/** npm passes Ctrl-C on to us although the terminal has already done so; the same signal again within this time is that echo. Milliseconds. */
const ECHO = 500;
const windows = process.platform === 'win32';
/** @type {readonly NodeJS.Signals[]} */
const FORWARDED = windows ? ['SIGINT', 'SIGBREAK'] : ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'];

/**
 * Runs a program with our terminal, passes signals on and gives its exit code.
 *
 * On POSIX the program gets a session of its own: the terminal's Ctrl-C then reaches only us, and the program receives it once, not once
 * from the terminal and again from us and from npm. On Windows the console tells every process itself, so nothing is passed on there.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv }} options
 * @returns {Promise<number>} its exit code; 128 and the number of the signal when one ended it
 */
export function runChild(command, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: 'inherit', detached: !windows });
    /** @type {Map<string, number>} */
    const lastSeen = new Map();
    /** @param {NodeJS.Signals} signal */
    const forward = (signal) => {
      const now = performance.now();
      const echo = now - (lastSeen.get(signal) ?? Number.NEGATIVE_INFINITY) < ECHO;
      lastSeen.set(signal, now);
      if (!windows && !echo) child.kill(signal);
    };
    for (const signal of FORWARDED) process.on(signal, forward);
    const done = () => {
      for (const signal of FORWARDED) process.off(signal, forward);
    };
    child.once('error', (error) => {
      done();
      reject(error);
    });
    child.once('exit', (code, signal) => {
      done();
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
}
