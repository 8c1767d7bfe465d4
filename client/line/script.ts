import { LINE_EXIT, type LineExit, LineFault } from './exit.ts';
import { isBlock, performLines, type View } from './perform.ts';
import type { Session } from './session.ts';

/**
 * Carries out commands line by line. Empty lines and those that begin with `#` are left out; the lines of a block belong together, up to END or to
 * the first line of another command.
 * @param lines without their ends
 * @param stop whether the first error ends it
 * @returns the worst exit code
 */
export async function runScript(session: Session, lines: AsyncIterable<string>, view: View, stop: boolean): Promise<LineExit> {
  const never = new AbortController().signal;
  let exit: LineExit = LINE_EXIT.done;
  for await (const block of blocksOf(lines)) {
    // News of others would stand between the answers of a script that has not asked for any.
    if (/^MONITORING\b/i.test(block[0]!)) session.onNews((line) => void (line.words[0] === 'PING' || view.printer.news(line)));
    let one: LineExit;
    try {
      one = await performLines(session, block, view, never);
    } catch (error) {
      if (!(error instanceof LineFault) || error.exit === LINE_EXIT.connection) throw error;
      view.screen.error(error.text[view.language]);
      one = error.exit;
    }
    if (one > exit) exit = one;
    if (stop && exit !== LINE_EXIT.done) return exit;
  }
  return exit;
}

/** The commands of a script: lines that belong together. A block without END gets one. */
async function* blocksOf(lines: AsyncIterable<string>): AsyncGenerator<string[]> {
  let block: string[] | undefined;
  for await (const line of lines) {
    const written = line.replace(/\r$/, '');
    if (written.trim() === '' || written.startsWith('#')) continue;
    const [command = '', part = ''] = written.split(' ', 2);
    if (block !== undefined) {
      const [own = ''] = block[0]!.split(' ', 1);
      if (command === own && part !== 'BEGIN') {
        block.push(written);
        if (part !== 'END') continue;
      } else block.push(`${own} END`);
      yield block;
      const ended = part === 'END' && command === own;
      block = undefined;
      if (ended) continue;
    }
    if (isBlock([command, part])) block = [written];
    else yield [written];
  }
  if (block !== undefined) yield [...block, `${block[0]!.split(' ', 1)[0]} END`];
}
