import { readFile } from 'node:fs/promises';
import { HubError } from '../../core/errors.ts';

async function textOf(path: string): Promise<string> {
  if (path === '-') {
    let text = '';
    for await (const chunk of process.stdin.setEncoding('utf8')) text += chunk;
    return text;
  }
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new HubError('NOT_FOUND', `the file ${path} cannot be read (${error.code})`, {
      cause: error,
      russian: `Файл ${path} не читается`,
    });
  });
}

/** What a file holds as JSON; `-` is the standard input. @throws HubError NOT_FOUND, BAD_REQUEST */
export async function jsonFile(path: string): Promise<unknown> {
  const text = await textOf(path);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new HubError('BAD_REQUEST', `${path} is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
