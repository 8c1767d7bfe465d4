#!/usr/bin/env node
import { main } from './program.ts';

// A pipe whose reader has gone ends the program quietly, as it does others.
process.stdout.on('error', () => process.exit(0));

const stop = new AbortController();
process.once('SIGINT', () => {
  stop.abort();
  // What is being watched ends by that; anything else is cut off.
  setTimeout(() => process.exit(130), 1_500).unref();
});

const write = (text: string | Uint8Array): Promise<void> =>
  new Promise((resolve) => {
    if (process.stdout.write(text)) resolve();
    else process.stdout.once('drain', resolve);
  });

void main(process.argv.slice(2), {
  input: process.stdin,
  output: process.stdout,
  screen: { out: write, error: (line) => void process.stderr.write(`${line}\n`) },
  isTerminal: process.stdin.isTTY === true && process.stdout.isTTY === true,
  env: process.env,
  stop: stop.signal,
}).then((exit) => {
  process.exitCode = exit;
  process.stdin.unref?.();
  // Nothing should be open any more; a connection that will not close must not keep the program.
  setTimeout(() => process.exit(exit), 1_000).unref();
});
