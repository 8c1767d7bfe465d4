import { CommanderError } from 'commander';
import { loadConfiguration } from '../config.ts';
import { exitCodeOf, failureLines } from './exit.ts';
import { type Language, languageOf, translator } from './language.ts';
import { createProgram } from './program.ts';

/** The command line. Errors are one line on standard error with the next step; the stack is for --debug. */
// `vestnik audit | head` closes the pipe early; that is no failure of ours.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

const argv = process.argv.slice(2);
const environment = process.env;

/** A wrong configuration is told by the command that needs it, not by the choice of a language. */
function configuredLanguage(): Language {
  try {
    return loadConfiguration({ environment, cwd: process.cwd() }).language;
  } catch {
    return 'ru';
  }
}

const language = languageOf(argv, environment, configuredLanguage);
const program = await createProgram(language, environment, process.cwd(), argv);
try {
  await program.parseAsync(argv, { from: 'user' });
} catch (error) {
  process.exitCode = exitCodeOf(error);
  // The library has spoken already: help, version, or a complaint about the command line.
  if (!(error instanceof CommanderError)) {
    for (const line of failureLines(error, language, translator(language))) process.stderr.write(`vestnik: ${line}\n`);
    if (argv.includes('--debug') && error instanceof Error)
      process.stderr.write(`${error.stack}\n${error.cause instanceof Error ? `cause: ${error.cause.stack}\n` : ''}`);
  }
}
