import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { extname } from 'node:path';
import { readHex } from '@vestnik/protocol/line/hex.ts';
import type { Language } from '../messages.ts';
import { errorCode } from '../ports.ts';
import { LINE_EXIT, type LineExit, LineFault, misuse } from './exit.ts';
import { readNumber } from './options.ts';
import { requestOf } from './request.ts';
import type { Session } from './session.ts';
import { errorOf, type Printer, type Screen } from './show.ts';

const USAGE = [
  'report TASK [--format HTML|XLS] [--run N] [--out FILE]',
  'report ЗАДАНИЕ [--format HTML|XLS] [--run N] [--out ФАЙЛ]',
] as const;

/** Stores the report of a task's run in a file, which appears when it is whole; `-` is standard output. */
export async function saveReport(
  session: Session,
  words: readonly string[],
  view: { screen: Screen; printer: Printer; language: Language },
): Promise<LineExit> {
  const { task, format, run, out } = readArguments(words);
  const request = requestOf([['GETREPORT', task, format, ...(run === undefined ? [] : [run])]]);
  const path = out ?? `report-${task}${run === undefined ? '' : `-${run}`}.${format.toLowerCase()}`;
  let target: FileHandle | undefined;
  const partial = `${path}.part`;
  let size = 0;
  try {
    for await (const line of session.ask(request)) {
      if (errorOf(line)) {
        await view.printer.answer(line);
        return LINE_EXIT.refused;
      }
      if (line.words[1] === 'BEGIN' && path !== '-') target = await writable(partial);
      if (line.words[1] !== 'DATA') continue;
      const bytes = readHex(line.words[2] ?? '');
      if (bytes === undefined) throw damaged();
      size += bytes.length;
      if (target) await target.appendFile(bytes).catch((error: unknown) => Promise.reject(notWritten(partial, error)));
      else await view.screen.out(bytes);
    }
    if (target) {
      await target.close();
      target = undefined;
      await rename(partial, path).catch((error: unknown) => Promise.reject(notWritten(path, error)));
      view.screen.error(view.language === 'ru' ? `сохранено: ${path}, байт: ${size}` : `stored: ${path}, ${size} bytes`);
    }
    return LINE_EXIT.done;
  } finally {
    if (target) {
      await target.close();
      await rm(partial, { force: true });
    }
  }
}

function readArguments(words: readonly string[]): { task: string; format: string; run: string | undefined; out: string | undefined } {
  const given = new Map<string, string>();
  let task: string | undefined;
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    if (['--format', '--run', '--out'].includes(word) && words[at + 1] !== undefined) given.set(word, words[++at]!);
    else if (task === undefined && /^\d+$/.test(word)) task = word;
    else throw misuse(`"${word}" is not understood; right would be: ${USAGE[0]}`, `«${word}» не распознано; правильно: ${USAGE[1]}`);
  }
  if (task === undefined)
    throw misuse(`the number of the task is missing; right would be: ${USAGE[0]}`, `не указан номер задания; правильно: ${USAGE[1]}`);
  const out = given.get('--out');
  const format = (given.get('--format') ?? (out !== undefined && extname(out).toLowerCase() === '.xls' ? 'XLS' : 'HTML')).toUpperCase();
  if (format !== 'HTML' && format !== 'XLS')
    throw misuse(`--format is ${format}; right would be HTML or XLS`, `--format ${format}: возможны HTML и XLS`);
  const run = given.get('--run');
  return { task, format, run: run === undefined ? undefined : String(readNumber('run', run, 2_147_483_647)), out };
}

async function writable(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'w');
  } catch (error) {
    throw notWritten(path, error);
  }
}

function notWritten(path: string, error: unknown): LineFault {
  const code = errorCode(error) ?? String(error);
  return new LineFault(
    LINE_EXIT.usage,
    {
      en: `${path} cannot be written (${code}); choose another file with --out`,
      ru: `файл ${path} не записывается (${code}); укажите другой в --out`,
    },
    error,
  );
}

function damaged(): LineFault {
  return new LineFault(LINE_EXIT.connection, {
    en: 'the report came damaged: a line of it is no hexadecimal data. Run the command again',
    ru: 'отчёт получен с повреждением: строка не является шестнадцатеричными данными. Повторите команду',
  });
}
