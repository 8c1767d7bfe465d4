import type { Text } from './messages.ts';

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

  constructor(exit: ExitCode, text: Text, cause?: unknown) {
    super(text.en, { cause });
    this.exit = exit;
    this.text = text;
  }
}
