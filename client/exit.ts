import { type Language, type MessageCode, messageText, type Parameters, type Text } from './messages.ts';

/** Exit codes of the program (spec online-ticket 7.7). */
export const EXIT = {
  done: 0,
  unexpected: 1,
  configuration: 2,
  certificate: 3,
  storage: 4,
  locked: 5,
  refused: 6,
  unreachable: 7,
  service: 8,
  findings: 9,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A fault that ends the program: its exit code, and what to tell the user in either language. */
export class ExitError extends Error {
  override readonly name = 'ExitError';
  readonly exit: ExitCode;
  readonly text: Text;
  /** The coded line by which the log tells it; undefined where the fault has no code of its own. */
  readonly line: CodedLine | undefined;

  constructor(exit: ExitCode, text: Text, cause?: unknown, line?: CodedLine) {
    super(text.en, { cause });
    this.exit = exit;
    this.text = text;
    this.line = line;
  }
}

type CodedLine = { code: MessageCode; parameters: Parameters };

/** A fault that has a message of the log: told on the screen as in the log, the code before the text. */
export function codedExit(exit: ExitCode, code: MessageCode, parameters: Parameters): ExitError {
  const text = (language: Language) => `${code} ${messageText(code, parameters, language)}`;
  return new ExitError(exit, { en: text('en'), ru: text('ru') }, undefined, { code, parameters });
}
