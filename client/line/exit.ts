import type { Text } from '../messages.ts';

/** Exit codes of vestnik-line (specification of alerts, chapter 7). */
export const LINE_EXIT = { done: 0, refused: 1, usage: 2, connection: 3 } as const;
export type LineExit = (typeof LINE_EXIT)[keyof typeof LINE_EXIT];

/** A fault that ends the program, or in a conversation the command: its exit code, and what was wrong and what to do next in either language. */
export class LineFault extends Error {
  override readonly name = 'LineFault';
  readonly exit: LineExit;
  readonly text: Text;

  constructor(exit: LineExit, text: Text, cause?: unknown) {
    super(text.en, { cause });
    this.exit = exit;
    this.text = text;
  }
}

/** The command was not understood. */
export function misuse(en: string, ru: string): LineFault {
  return new LineFault(LINE_EXIT.usage, { en, ru });
}
