import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { LINE_EXIT, type LineExit, LineFault } from './exit.ts';
import { renderLineHelp } from './help.ts';
import { isBlock, performLines, type View } from './perform.ts';
import type { Session } from './session.ts';

const PROMPT = 'vestnik> ';
const MORE = '     ...> ';
/** Lines that hold a password are not remembered. */
const SECRET = /^\s*(LOGIN|CHECKPASSW|USERADD|USERCHG|SETCONFIG|SETCHANINFO)\b/i;

/**
 * A conversation at a terminal: a prompt with a history, news above it. A block is asked for line by line up to END. Ctrl-C ends what is being
 * watched, or the line; `exit`, QUIT or Ctrl-D end the conversation.
 */
export async function converse(session: Session, input: Readable, output: Writable, view: View): Promise<LineExit> {
  const prompt = createInterface({ input, output, prompt: PROMPT, terminal: true, historySize: 500 });
  let running: AbortController | undefined;
  let closed = false;
  prompt.once('close', () => {
    closed = true;
  });
  const invite = (keep = false): void => {
    if (!closed) prompt.prompt(keep);
  };
  prompt.on('history', (history: string[]) => {
    if (SECRET.test(history[0] ?? '')) history.shift();
  });
  prompt.on('SIGINT', () => {
    if (running) return running.abort();
    output.write('\n');
    if (prompt.line === '') prompt.close();
    else {
      prompt.write(null, { ctrl: true, name: 'u' });
      invite();
    }
  });
  const news = (line: Parameters<View['printer']['news']>[0]): void => {
    if (line.words[0] === 'PING') return;
    output.write('\r\x1b[K');
    void view.printer.news(line).then(() => void (running ?? invite(true)));
  };
  session.onNews(news);
  session.over.catch(() => prompt.close());
  try {
    invite();
    for await (const lines of typed(prompt, invite)) {
      const [first = ''] = lines;
      if (/^\s*(exit|quit)\s*$/i.test(first)) break;
      if (/^\s*(help|\?)\s*$/i.test(first)) await view.screen.out(`${renderLineHelp(view.language)}\n`);
      else {
        running = new AbortController();
        await performLines(session, lines, view, running.signal).catch((error: unknown) => {
          if (!(error instanceof LineFault) || error.exit === LINE_EXIT.connection) throw error;
          view.screen.error(error.text[view.language]);
        });
        running = undefined;
      }
      invite();
    }
    await Promise.race([session.over, Promise.resolve()]);
    return LINE_EXIT.done;
  } finally {
    prompt.close();
  }
}

/** What was typed: single lines, and whole blocks. */
async function* typed(prompt: Interface, invite: () => void): AsyncGenerator<string[]> {
  let block: string[] = [];
  for await (const line of prompt) {
    if (line.trim() === '' && block.length === 0) {
      invite();
      continue;
    }
    block.push(line);
    const [command = '', part = ''] = block[0]!.trim().split(/ +/);
    const ended = line.trim() === '' || /^\S+ +END\b/i.test(line);
    if (isBlock([command, part]) && !ended) {
      prompt.setPrompt(MORE);
      invite();
      continue;
    }
    const given = block.filter((one) => one.trim() !== '');
    yield line.trim() === '' ? [...given, `${command} END`] : given;
    block = [];
    prompt.setPrompt(PROMPT);
  }
}

/** Asks for a password at a terminal, without showing it. @returns undefined when the user gives up */
export function askPassword(question: string, input: Readable, output: Writable): Promise<string | undefined> {
  return new Promise((resolve) => {
    const prompt = createInterface({ input, terminal: true, historySize: 0 });
    output.write(question);
    let answer: string | undefined;
    prompt.once('line', (line) => {
      answer = line;
      prompt.close();
    });
    prompt.once('SIGINT', () => prompt.close());
    prompt.once('close', () => {
      output.write('\n');
      resolve(answer);
    });
  });
}
