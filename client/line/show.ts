import type { Language, Text } from '../messages.ts';
import type { ServerLine } from './connection.ts';
import type { LineOptions } from './options.ts';
import { showWord } from './words.ts';

/** Where the program writes: a line of results, or one of faults and hints. */
export type Screen = {
  /** Resolves when more may be written. */
  out(text: string | Uint8Array): Promise<void>;
  error(line: string): void;
};

/** What to do next about errors that say little. */
const HINTS: Readonly<Record<string, Text>> = {
  ERR_BADLOGIN: {
    en: 'check --login and the password file; after several failures the server answers late, then not at all for a while',
    ru: 'проверьте --login и файл пароля; после нескольких неудач сервер отвечает с задержкой, затем временно отказывает',
  },
  ERR_NOACCESS: {
    en: 'ask an administrator for the right; USER shows those you have',
    ru: 'запросите право у администратора; USER показывает ваши права',
  },
  ERR_USERADD: {
    en: 'a login has 1 to 64 of the characters a-z 0-9 . _ @ - and begins with a letter or a digit, no Cyrillic; a password has 8 to 128 characters; rights are 0 to 127',
    ru: 'логин: от 1 до 64 знаков из a-z 0-9 . _ @ -, первый из них буква или цифра, без кириллицы; пароль: от 8 до 128 знаков; права: от 0 до 127',
  },
  ERR_BADARGUMENT_COUNT: {
    en: 'an empty parameter is written ""; docs/alerts-protocol.md lists the parameters',
    ru: 'пустой параметр пишется ""; параметры перечислены в docs/alerts-protocol.ru.md',
  },
  ERR_BADSYNTAX: {
    en: 'docs/alerts-protocol.md says which values a parameter takes',
    ru: 'допустимые значения параметров описаны в docs/alerts-protocol.ru.md',
  },
};

/** The code of an error line; undefined for any other. Its text may have come unescaped: the rest of the line is the text. */
export function errorOf({ words }: ServerLine): { readonly code: string; readonly text: string } | undefined {
  const [, code = '', ...rest] = words;
  return code.startsWith('ERR_') ? { code, text: rest.join(' ') } : undefined;
}

/** Shows the lines of a server in the form that was asked for. */
export type Printer = {
  answer(line: ServerLine): Promise<void>;
  news(line: ServerLine): Promise<void>;
};

export function createPrinter(screen: Screen, form: LineOptions['form'], language: Language): Printer {
  const write = (line: ServerLine, news: boolean): Promise<void> => {
    const { words, raw } = line;
    const failed = errorOf(line);
    switch (form) {
      case 'raw':
        return screen.out(`${raw}\n`);
      case 'json': {
        const [command, kind = '', ...values] = words;
        return screen.out(`${JSON.stringify({ command, kind, values: failed ? [failed.text] : values, ...(news && { news }) })}\n`);
      }
      case 'text': {
        if (!failed) return screen.out(`${news ? '* ' : ''}${words.map(showWord).join(' ')}\n`);
        const hint = HINTS[failed.code];
        screen.error(`${words[0]} ${failed.code} ${failed.text.replace(/\p{C}/gu, '?')}`);
        if (hint) screen.error(`  ${hint[language]}`);
        return Promise.resolve();
      }
    }
  };
  return { answer: (line) => write(line, false), news: (line) => write(line, true) };
}
