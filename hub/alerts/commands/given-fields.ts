import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { HubError } from '../../core/errors.ts';
import { gather } from '../../core/terminal/arguments.ts';
import type { Translate } from '../../core/terminal/words.ts';

/** Adds `--set field=value` and `--from file.json`: the fields of REST. */
export const withFields = (command: Command, t: Translate): Command =>
  command
    .option(
      '--set <field=value>',
      t(
        'a field of REST; the value as JSON, or as it is. May be repeated',
        'поле, как в REST; значение в JSON или текстом. Можно повторять',
      ),
      gather,
    )
    .option('--from <file>', t('fields as JSON; - for standard input', 'поля в JSON; - для стандартного ввода'));

function readValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const wrong = (message: string, russian: string, cause?: unknown): HubError =>
  new HubError('BAD_REQUEST', message, { reason: 'fields', russian, cause });

async function fileFields(path: string): Promise<object> {
  try {
    let text = '';
    if (path === '-') for await (const piece of process.stdin.setEncoding('utf8')) text += piece;
    else text = await readFile(path, 'utf8');
    const fields: unknown = JSON.parse(text);
    if (typeof fields === 'object' && fields !== null && !Array.isArray(fields)) return fields;
  } catch (error) {
    throw wrong(`${path} cannot be read as JSON`, `файл ${path} не читается как JSON`, error);
  }
  throw wrong(`${path} must hold a JSON object`, `в файле ${path} должен быть объект JSON`);
}

/** What the options say, the single fields before those of the file. @throws HubError BAD_REQUEST */
export async function givenFields({ set = [], from }: { set?: readonly string[]; from?: string }): Promise<Record<string, unknown>> {
  const single = set.map((given) => {
    const sign = given.indexOf('=');
    if (sign < 1) throw wrong(`--set ${given}: right would be field=value`, `--set ${given}: нужно поле=значение`);
    return [given.slice(0, sign), readValue(given.slice(sign + 1))] as const;
  });
  return { ...(from === undefined ? {} : await fileFields(from)), ...Object.fromEntries(single) };
}
