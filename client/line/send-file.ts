import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { crc32 } from 'node:zlib';
import { LineWriter } from '@vestnik/protocol/line/line-writer.ts';
import { errorCode } from '../ports.ts';
import { LINE_EXIT, type LineExit, LineFault, misuse } from './exit.ts';
import { requireSendable } from './request.ts';
import type { Session } from './session.ts';
import { errorOf, type Printer } from './show.ts';

/** Bytes of a line; a server takes 16384. */
const PIECE = 8_192;

/** Stores a file on the server, with its size and checksum. */
export async function sendFile(session: Session, [path, option, name, ...more]: readonly string[], printer: Printer): Promise<LineExit> {
  if (path === undefined || more.length > 0 || (option !== undefined && (option !== '--name' || name === undefined))) {
    throw misuse('right would be: send FILE [--name NAME]', 'правильно: send ФАЙЛ [--name ИМЯ]');
  }
  const content = await readFile(path).catch((error: unknown) => {
    const code = errorCode(error) ?? String(error);
    throw new LineFault(
      LINE_EXIT.usage,
      {
        en: `the file ${path} cannot be read (${code}); check its name and rights`,
        ru: `файл ${path} не читается (${code}); проверьте имя и права`,
      },
      error,
    );
  });
  const stored = name ?? basename(path);
  requireSendable(stored);
  let exit: LineExit = LINE_EXIT.done;
  const lines = linesOf(stored, content);
  for await (const line of session.ask({ name: 'SENDRAWFILE', subject: undefined, lines })) {
    if (errorOf(line)) exit = LINE_EXIT.refused;
    await printer.answer(line);
  }
  return exit;
}

function* linesOf(name: string, content: Uint8Array): Generator<Uint8Array> {
  const out = new LineWriter();
  yield out.line('SENDRAWFILE BEGIN', name, content.length).take();
  for (let at = 0; at < content.length; at += PIECE) {
    yield out
      .word('SENDRAWFILE DATA')
      .hex(content.subarray(at, at + PIECE))
      .end()
      .take();
  }
  yield out.line('SENDRAWFILE END', crc32(content).toString(16).toUpperCase().padStart(8, '0')).take();
}
