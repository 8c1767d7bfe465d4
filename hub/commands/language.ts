/** The languages of the command line. A text is given in both where it is used: `t('stops', 'останавливает')`. */
export type Language = 'ru' | 'en';

/** Picks the text of one language. */
export type Translate = (en: string, ru: string) => string;

export const translator =
  (language: Language): Translate =>
  (en, ru) =>
    language === 'ru' ? ru : en;

const known = (text: string | undefined): Language | undefined => {
  const match = /^(ru|en)(?![a-z])/i.exec(text ?? '');
  return match ? (match[1]?.toLowerCase() as Language) : undefined;
};

/**
 * The language of help and messages: `--lang`, else the terminal's (LC_ALL, LC_MESSAGES, LANG), else the configuration's. It is needed
 * before the command line is parsed, because help is made from it.
 */
export function languageOf(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  configured: () => Language,
): Language {
  const at = argv.findIndex((argument) => argument === '--lang' || argument.startsWith('--lang='));
  const given = at < 0 ? undefined : argv[at]?.startsWith('--lang=') ? argv[at]?.slice('--lang='.length) : argv[at + 1];
  const terminal = environment['LC_ALL'] || environment['LC_MESSAGES'] || environment['LANG'];
  return known(given) ?? known(terminal) ?? configured();
}
