import { type Command, Option } from 'commander';
import { stringify } from 'yaml';
import { type ConfigurationRow, configurationFile, describeConfiguration } from '../config.ts';
import type { CommandContext } from './context.ts';

const shownDefault = (row: ConfigurationRow): string => (Array.isArray(row.default) ? JSON.stringify(row.default) : String(row.default));

/** A file with every setting as a comment at its default, sections uncommented: valid as it is, and the same as none. */
export function exampleFile(rows: readonly ConfigurationRow[]): string {
  const lines = [
    '# vestnik.yaml: every setting with its default. Remove a "#" and change the value.',
    '# Each can also be given as the variable named beside it, which wins over this file.',
  ];
  let open: readonly string[] = [];
  for (const row of rows) {
    const path = row.key.split('.');
    const sections = path.slice(0, -1);
    for (const [depth, section] of sections.entries()) {
      if (open[depth] === section) continue;
      lines.push('', depth === 0 ? `${section}:` : `${'  '.repeat(depth)}# ${section}:`);
    }
    if (sections.length === 0) lines.push('');
    open = sections;
    const indent = '  '.repeat(sections.length);
    lines.push(`${indent}# ${row.description} (${row.type}; ${row.environment})`);
    lines.push(`${indent}# ${path.at(-1)}: ${row.default === undefined ? '' : shownDefault(row)}`.trimEnd());
  }
  return `${lines.join('\n')}\n`;
}

/** The password of a database URL is for nobody's screen. */
export const hidePassword = (url: string): string => url.replace(/^([a-z]+:\/\/[^:@/]*:)[^@]*@/, '$1***@');

/** `vestnik config`: exit 2 when the configuration is wrong. */
export function addConfig(program: Command, context: CommandContext): void {
  const { t, environment } = context;
  program
    .command('config')
    .summary(t('check or show the configuration', 'проверить или показать конфигурацию'))
    .description(
      t(
        'Checks the configuration: file and environment. Without an option the same as --check.',
        'Проверяет конфигурацию: файл и переменные окружения. Без параметра — то же, что --check.',
      ),
    )
    .addOption(new Option('--check', t('say whether it is right', 'проверить')).conflicts(['print', 'example']))
    .addOption(
      new Option(
        '--print',
        t('print every setting as it counts now, as YAML; passwords hidden', 'вывести действующие значения в YAML; пароли скрыты'),
      ).conflicts('example'),
    )
    .addOption(new Option('--example', t('print a file with every setting explained', 'вывести файл со всеми параметрами и пояснениями')))
    .addHelpText(
      'after',
      `
${t('Examples:', 'Примеры:')}
  vestnik config --check --config /etc/vestnik/vestnik.yaml
  vestnik config --print
  vestnik config --example > vestnik.yaml`,
    )
    .action((options: { print?: boolean; example?: boolean }) => {
      if (options.example) {
        process.stdout.write(exampleFile(describeConfiguration()));
        return;
      }
      const configuration = context.configuration();
      if (options.print) {
        const { database } = configuration;
        const shown = {
          ...configuration,
          database: { ...database, ...(database.url !== undefined && { url: hidePassword(database.url) }) },
        };
        process.stdout.write(stringify(shown));
        return;
      }
      const file = configurationFile({ file: context.configurationPath(), environment, cwd: process.cwd() });
      context.print(
        file === undefined
          ? t('no file; the defaults and the environment are right', 'файла нет; значения по умолчанию и окружение верны')
          : t(`${file} is right`, `${file}: всё верно`),
      );
    });
}
