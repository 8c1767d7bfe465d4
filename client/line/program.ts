import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { type Language, systemLanguage } from '../messages.ts';
import { VERSION } from '../version.ts';
import { type Connection, openConnection } from './connection.ts';
import { LINE_EXIT, type LineExit, LineFault, misuse } from './exit.ts';
import { renderLineHelp } from './help.ts';
import { askPassword, converse } from './interactive.ts';
import { type LineOptions, parseLineArguments } from './options.ts';
import { perform, type View } from './perform.ts';
import { requestOf } from './request.ts';
import { runScript } from './script.ts';
import { createSession, type Session } from './session.ts';
import { createPrinter, errorOf, type Screen } from './show.ts';

/** What the program has of the world. */
export type Surroundings = {
  readonly input: Readable;
  readonly output: Writable;
  readonly screen: Screen;
  /** Whether a person sits at input and output. */
  readonly isTerminal: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborts when the user breaks off (Ctrl-C without a prompt). */
  readonly stop: AbortSignal;
};

/** Milliseconds for the answer to QUIT. */
const FAREWELL = 2_000;

/**
 * vestnik-line: connects, logs in, carries out what the command line says, or what comes from standard input, and takes leave (specification of alerts,
 * chapter 7). What goes wrong is told on the screen; nothing is thrown.
 */
export async function main(argv: readonly string[], around: Surroundings): Promise<LineExit> {
  const { screen } = around;
  let language = systemLanguage(around.env, Intl.DateTimeFormat().resolvedOptions().locale);
  try {
    const line = parseLineArguments(argv);
    language = line.language ?? language;
    if (line.kind !== 'run') {
      await screen.out(`${line.kind === 'help' ? renderLineHelp(language) : `vestnik-line ${VERSION}`}\n`);
      return LINE_EXIT.done;
    }
    return await run(line.options, line.words, language, around);
  } catch (error) {
    if (error instanceof LineFault) {
      screen.error(error.text[language]);
      return error.exit;
    }
    screen.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return LINE_EXIT.usage;
  }
}

async function run(options: LineOptions, words: readonly string[], language: Language, around: Surroundings): Promise<LineExit> {
  const { screen } = around;
  const password =
    options.password ??
    (around.isTerminal
      ? await askPassword(`${language === 'ru' ? 'Пароль' : 'Password'} ${options.login}: `, around.input, around.output)
      : undefined);
  if (password === undefined)
    throw misuse('the password is missing: name its file with --password-file', 'нет пароля: укажите файл с ним, --password-file');

  let connection: Connection | undefined;
  const session = createSession(() => connection!, options.timeout);
  connection = await openConnection({
    host: options.host,
    port: options.port,
    ca: options.ca,
    fingerprint: options.fingerprint,
    patience: options.timeout,
    onLine: session.line,
    onEnd: session.ended,
  });
  const conversation = words.length === 0 && around.isTerminal;
  const printer = createPrinter(screen, options.form, language);
  const view: View = { screen, printer, form: options.form, language };
  try {
    if (!(await login(session, options.login, password, view, conversation))) return LINE_EXIT.refused;
    const exit = await work();
    await leave(session);
    return exit;
  } finally {
    connection.close();
  }

  function work(): Promise<LineExit> {
    if (words.length > 0) return perform(session, words, view, around.stop);
    if (conversation) return converse(session, around.input, around.output, view);
    return runScript(session, createInterface({ input: around.input, crlfDelay: Number.POSITIVE_INFINITY }), view, options.stop);
  }
}

/** @returns false when the server refuses, which has then been shown */
async function login(session: Session, name: string, password: string, { printer }: View, show: boolean): Promise<boolean> {
  for await (const line of session.ask(requestOf([['LOGIN', name, password]]))) {
    const refused = errorOf(line) !== undefined;
    if (refused || show) await printer.answer(line);
    if (refused) return false;
  }
  return true;
}

/** Takes leave, so that the server knows that nothing more comes. Whether it answers in time does not matter any more. */
async function leave(session: Session): Promise<void> {
  const farewell = session.ask(requestOf([['QUIT']])).next();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, FAREWELL);
  });
  await Promise.race([farewell, late]).catch(() => undefined);
  clearTimeout(timer);
}
