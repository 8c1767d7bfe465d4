import { open, opendir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Check } from '@vestnik/protocol/check/check.ts';
import { renderReport } from '@vestnik/protocol/check/report.ts';
import { MAX_FILE_BYTES, readTickets } from '@vestnik/protocol/reader/read-tickets.ts';
import { EXIT, type ExitCode, ExitError } from './exit.ts';
import type { LineSink } from './log.ts';
import type { Language } from './messages.ts';
import { errorCode } from './ports.ts';

const MOST_DEPTH = 64;

/**
 * Reads XML files with the tolerant reader and prints what it finds (spec online-ticket 3.8, 7.2). A folder is read with the folders in it;
 * its `*.xml` files count, and nothing whose name begins with a dot. Links are followed only where the path itself is one.
 * @returns exit 9 when there are errors, otherwise 0.
 * @throws ExitError with exit 2 when the path does not exist.
 */
export async function inspectFiles(path: string, language: Language, print: LineSink): Promise<ExitCode> {
  const check = new Check();
  const found = await stat(path).catch((error: unknown) => {
    const code = errorCode(error) ?? String(error);
    throw new ExitError(
      EXIT.configuration,
      { en: `-inspect ${path}: cannot be read (${code})`, ru: `-inspect ${path}: не читается (${code})` },
      error,
    );
  });
  const unreadable = (file: string, error: unknown) => check.unreadable(file, errorCode(error) ?? String(error));
  if (found.isDirectory()) {
    for await (const file of xmlFiles(path, 0, unreadable)) await readInto(check, file, unreadable);
  } else if (found.isFile()) {
    await readInto(check, path, unreadable);
  } else {
    throw new ExitError(EXIT.configuration, {
      en: `-inspect ${path}: neither a file nor a folder`,
      ru: `-inspect ${path}: не файл и не папка`,
    });
  }
  const report = check.finish();
  print(renderReport(report, language).trimEnd());
  return report.counts.error > 0 ? EXIT.findings : EXIT.done;
}

async function* xmlFiles(folder: string, depth: number, unreadable: (file: string, error: unknown) => void): AsyncGenerator<string> {
  const folders: string[] = [];
  const files: string[] = [];
  try {
    for await (const entry of await opendir(folder)) {
      if (entry.name.startsWith('.')) continue;
      if (entry.isDirectory()) folders.push(entry.name);
      // Neither links, which may lead back, nor pipes, which would be waited at.
      else if (entry.isFile() && /\.xml$/i.test(entry.name)) files.push(entry.name);
    }
  } catch (error) {
    unreadable(folder, error);
  }
  for (const name of files.sort()) yield join(folder, name);
  if (depth === MOST_DEPTH) return;
  for (const name of folders.sort()) yield* xmlFiles(join(folder, name), depth + 1, unreadable);
}

/** Reads at most one byte more than the reader accepts, so that it can say that a file is too long without the file being in memory. */
async function readInto(check: Check, path: string, unreadable: (file: string, error: unknown) => void): Promise<void> {
  try {
    const file = await open(path, 'r');
    try {
      const size = Math.min((await file.stat()).size, MAX_FILE_BYTES + 1);
      const content = Buffer.alloc(size);
      let length = 0;
      while (length < size) {
        const { bytesRead } = await file.read(content, length, size - length);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      check.add(readTickets(content.subarray(0, length), path));
    } finally {
      await file.close();
    }
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    unreadable(path, error);
  }
}
