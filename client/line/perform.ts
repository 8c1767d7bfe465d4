import type { Language } from '../messages.ts';
import { LINE_EXIT, type LineExit, misuse } from './exit.ts';
import type { LineOptions } from './options.ts';
import { saveReport } from './report.ts';
import { rawRequest, requestOf } from './request.ts';
import { sendFile } from './send-file.ts';
import { BLOCK_COMMANDS, type Request, type Session } from './session.ts';
import { errorOf, type Printer, type Screen } from './show.ts';
import { watchTask } from './watch.ts';
import { splitWords } from './words.ts';

/** What carrying out a command needs. */
export type View = { readonly screen: Screen; readonly printer: Printer; readonly form: LineOptions['form']; readonly language: Language };

/** Carries out one command of words, of the program or of the protocol. @throws LineFault */
export async function perform(session: Session, words: readonly string[], view: View, stop: AbortSignal): Promise<LineExit> {
  const [command = '', ...rest] = words;
  switch (command) {
    case 'watch':
      return watchTask(session, rest, view, stop);
    case 'report':
      return saveReport(session, rest, view);
    case 'send':
      return sendFile(session, rest, view.printer);
  }
  if (isBlock(words)) {
    throw misuse(
      `${command} takes several lines: give them on standard input, from BEGIN to END`,
      `${command} состоит из нескольких строк: передайте их через стандартный ввод, от BEGIN до END`,
    );
  }
  return ask(session, view.form === 'raw' ? rawRequest([words.join(' ')]) : requestOf([words]), view.printer);
}

/** Carries out one command as it was written: one line, or the lines of a block. @throws LineFault */
export async function performLines(session: Session, lines: readonly string[], view: View, stop: AbortSignal): Promise<LineExit> {
  const words = lines.map(splitWords);
  if (view.form === 'raw' && !/^[a-z]/.test(lines[0] ?? '')) return ask(session, rawRequest(lines), view.printer);
  if (lines.length === 1 && !isBlock(words[0]!)) return perform(session, words[0]!, view, stop);
  return ask(session, requestOf(words), view.printer);
}

/** Whether a line begins a block. */
export function isBlock([command = '', part]: readonly string[]): boolean {
  return BLOCK_COMMANDS.has(command.toUpperCase()) && part === 'BEGIN';
}

async function ask(session: Session, request: Request, printer: Printer): Promise<LineExit> {
  let exit: LineExit = LINE_EXIT.done;
  for await (const line of session.ask(request)) {
    if (errorOf(line)) exit = LINE_EXIT.refused;
    await printer.answer(line);
  }
  return exit;
}
