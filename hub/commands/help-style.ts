import type { Command, Option } from 'commander';
import type { Language, Translate } from './language.ts';

const TITLES: Readonly<Record<string, string>> = {
  'Usage:': 'Использование:',
  'Options:': 'Параметры:',
  'Commands:': 'Команды:',
  'Arguments:': 'Аргументы:',
  'Global Options:': 'Общие параметры:',
};

/** The library's complaints, by their English form. */
const COMPLAINTS: readonly (readonly [RegExp, string])[] = [
  [/^error: unknown command '(.+)'/, "нет команды '$1'"],
  [/^error: unknown option '(.+)'/, "нет параметра '$1'"],
  [/^error: missing required argument '(.+)'/, "не указан аргумент '$1'"],
  [/^error: required option '(.+)' not specified/, "не указан обязательный параметр '$1'"],
  [/^error: option '(.+)' argument missing/, "для параметра '$1' не указано значение"],
  [
    /^error: too many arguments(?: for '(.+)')?\. Expected (\d+) arguments? but got (\d+)[\s\S]*/,
    'лишние аргументы: ожидается $2, указано $3',
  ],
  [/^error: option '(.+)' argument '(.*)' is invalid\. (.*)/, "значение '$2' не подходит для '$1': $3"],
  [/^error: command-argument value '(.*)' is invalid for argument '(.+)'\. (.*)/, "значение '$1' не подходит для '$2': $3"],
  [/\(Did you mean (?:one of )?(.+)\?\)/, '(возможно, $1)'],
];

const describeOption = (option: Option, t: Translate): string => {
  const extra = [
    ...(option.argChoices ? [option.argChoices.join(', ')] : []),
    ...(option.defaultValue !== undefined && typeof option.defaultValue !== 'boolean'
      ? [`${t('default', 'по умолчанию')} ${option.defaultValue}`]
      : []),
  ];
  return extra.length > 0 ? `${option.description} (${extra.join('; ')})` : option.description;
};

/** One line for standard error, in the caller's language. */
export function complaint(text: string, language: Language): string {
  const line = text.trim().replace(/\n/g, ' ');
  if (language === 'en') return line.replace(/^error: /, '');
  return COMPLAINTS.reduce((said, [pattern, russian]) => said.replace(pattern, russian), line);
}

/** Titles, width and the way to complain, for a command and every one below it that is made later. */
export function styleHelp(command: Command, language: Language, t: Translate): Command {
  return command
    .configureHelp({
      sortSubcommands: false,
      showGlobalOptions: true,
      subcommandTerm: (sub) =>
        [
          sub.name(),
          ...sub.registeredArguments.map((argument) => (argument.required ? `<${argument.name()}>` : `[${argument.name()}]`)),
        ].join(' '),
      optionDescription: (option) => describeOption(option, t),
      styleUsage: (usage) => (language === 'ru' ? usage.replace('[options]', '[параметры]').replace('[command]', '[команда]') : usage),
      styleTitle: (title) => (language === 'ru' ? (TITLES[title] ?? title) : title),
    })
    .configureOutput({
      outputError: (text, write) => {
        const said = complaint(text, language);
        const hint = t('the help: vestnik --help, vestnik COMMAND --help', 'справка: vestnik --help, vestnik КОМАНДА --help');
        write(`vestnik: ${said}${/Did you mean/.test(text) ? '' : ` (${hint})`}\n`);
      },
    })
    .helpOption('-h, --help', t('show this help', 'показать эту справку'))
    .exitOverride();
}
