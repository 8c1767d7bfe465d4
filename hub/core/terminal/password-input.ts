import { createInterface } from 'node:readline';
import { HubError } from '../errors.ts';
import type { Translate } from './words.ts';

const LONGEST = 4_096;

/** The first line of standard input, for scripts: `... --password-stdin < file`. @throws HubError VALIDATION when there is none. */
async function firstLine(): Promise<string> {
  let text = '';
  for await (const chunk of process.stdin.setEncoding('utf8')) {
    text += chunk;
    if (text.includes('\n') || text.length > LONGEST) break;
  }
  const line = text.split(/\r?\n/, 1)[0] ?? '';
  if (line === '') throw new HubError('VALIDATION', 'no password came on standard input');
  return line;
}

/** Asks on the terminal without showing what is typed. */
function ask(question: string): Promise<string> {
  process.stderr.write(question);
  const silent = createInterface({ input: process.stdin, terminal: true });
  return new Promise((resolve, reject) => {
    silent.once('line', (line) => {
      process.stderr.write('\n');
      resolve(line);
      silent.close();
    });
    silent.once('SIGINT', () => {
      silent.close();
      reject(new HubError('VALIDATION', 'no password was given'));
    });
  });
}

/** The password that proves who somebody is: asked for once on a terminal, elsewhere the first line of standard input. @throws HubError VALIDATION */
export const provingPassword = (login: string, t: Translate): Promise<string> =>
  process.stdin.isTTY ? ask(t(`Password of ${login}: `, `Пароль ${login}: `)) : firstLine();

/** The password for an operator: from standard input, asked for twice on a terminal, or undefined when a random one is wanted. */
export async function passwordFrom(
  source: { readonly passwordStdin?: boolean; readonly ask?: boolean },
  t: Translate,
): Promise<string | undefined> {
  if (source.passwordStdin) return firstLine();
  if (!source.ask) return undefined;
  if (!process.stdin.isTTY)
    throw new HubError(
      'VALIDATION',
      t('--ask needs a terminal; use --password-stdin', '--ask требует терминала; используйте --password-stdin'),
    );
  const first = await ask(t('New password: ', 'Новый пароль: '));
  const second = await ask(t('Once more: ', 'Ещё раз: '));
  if (first !== second) throw new HubError('VALIDATION', t('the two passwords differ', 'пароли не совпадают'));
  return first;
}
