import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { HubError } from '../../core/errors.ts';
import { gather } from '../../core/terminal/arguments.ts';
import type { Translate } from '../../core/terminal/words.ts';

/** The options by which commands take settings of an endpoint, the same for adding, changing, checking and previewing. */
export const withSettings = (command: Command, t: Translate): Command =>
  command
    .option(
      '--file <file>',
      t('settings as JSON, as REST takes them; - reads standard input', 'настройки в JSON, как в REST; - читает стандартный ввод'),
    )
    .option('--name <name>', t('name that is shown', 'отображаемое имя'))
    .option('--url <address>', t('address of the receiver', 'адрес получателя'))
    .option('--method <method>', t('POST or GET', 'POST или GET'))
    .option('--headers <file>', t('header lines', 'строки заголовков'))
    .option('--body <file>', t('template of the body', 'шаблон тела'))
    .option(
      '--event <type>',
      t('type of event or kind of object; repeat for several', 'тип события или объекта; для нескольких повторить'),
      gather,
    )
    .option(
      '--set <key=value>',
      t(
        'any other setting, the value as JSON or text; repeat for several',
        'любая другая настройка, значение в JSON или текстом; для нескольких повторить',
      ),
      gather,
    );

async function textOf(path: string): Promise<string> {
  if (path === '-') {
    let text = '';
    for await (const chunk of process.stdin.setEncoding('utf8')) text += chunk;
    return text;
  }
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new HubError('NOT_FOUND', `the file ${path} cannot be read (${error.code})`, { cause: error });
  });
}

/** `concurrency=16`, `language=en`, `success=["2xx"]` */
function pairOf(text: string): [key: string, value: unknown] {
  const equals = text.indexOf('=');
  if (equals < 1) throw new HubError('BAD_REQUEST', `--set takes key=value, such as concurrency=16, not ${text.slice(0, 40)}`);
  const value = text.slice(equals + 1);
  try {
    return [text.slice(0, equals), JSON.parse(value)];
  } catch {
    return [text.slice(0, equals), value];
  }
}

function objectOf(text: string, path: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new HubError('BAD_REQUEST', `${path} is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new HubError('BAD_REQUEST', `${path} must hold a JSON object with settings`);
}

/** The settings that the options name; a file comes first, so that single options correct it. Not checked yet. */
export async function settingsOf(options: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>> {
  const path = (key: string): string | undefined => (typeof options[key] === 'string' ? options[key] : undefined);
  const [file, headers, body] = [path('file'), path('headers'), path('body')];
  const given = {
    name: options['name'],
    url: options['url'],
    method: options['method'],
    events: options['event'],
    headers: headers === undefined ? undefined : await textOf(headers),
    body: body === undefined ? undefined : await textOf(body),
    ...Object.fromEntries(((options['set'] as string[] | undefined) ?? []).map(pairOf)),
  };
  return {
    ...(file !== undefined && objectOf(await textOf(file), file)),
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  };
}
