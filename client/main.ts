#!/usr/bin/env node
import { realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { main } from './program.ts';

// Sixteen files are flushed at once, each in a thread of the pool; the pool is made at its first use and would have four.
process.env['UV_THREADPOOL_SIZE'] ??= '20';

// A long drain would let V8 keep 80 MB of young garbage for a few per cent of speed; the program shares its computer with others.
setFlagsFromString('--semi-space-growth-factor=1');
setFlagsFromString('--optimize-for-size');

const EXIT_GRACE = 2_000;

// A terminal that was closed or a pipe whose reader has gone must not end delivery; what is said then is lost, and the log has it.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

const screen = {
  out: (line: string) => void process.stdout.write(`${line}\n`),
  error: (line: string) => void process.stderr.write(`${line}\n`),
  isTerminal: process.stdout.isTTY === true,
};

void main(process.argv.slice(2), dirname(realpathSync(process.argv[1] ?? process.execPath)), screen).then((exit) => {
  process.exitCode = exit;
  // Nothing should be open any more; a connection that will not close must not keep the program.
  setTimeout(() => process.exit(exit), EXIT_GRACE).unref();
});
