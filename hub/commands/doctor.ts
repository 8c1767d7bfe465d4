import { type Command, Option } from 'commander';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit.ts';

/** `vestnik doctor`: looks at everything a hub needs; exit 1 when something would keep it from working. */
export function addDoctor(program: Command, context: CommandContext): void {
  const { t, print } = context;
  program
    .command('doctor')
    .summary(t('look for what would keep the hub from working', 'найти, что мешает серверу работать'))
    .description(
      t(
        'Looks at Node, configuration, data folder, secret key, ports, certificates, disk, database, migrations, clock, billing and alerts. Each line is ok, warn or fail, with the next step. Changes no data.',
        'Проверяет Node, конфигурацию, папку данных, секретный ключ, порты, сертификаты, диск, базу данных, миграции, часы, биллинг и оповещение. Каждая строка: ok, warn или fail, и что делать. Данные не меняет.',
      ),
    )
    .addOption(new Option('--json', t('print JSON', 'вывести JSON')))
    .addHelpText('after', `\n${t('Examples:', 'Примеры:')}\n  vestnik doctor\n  vestnik doctor --json --config /etc/vestnik/vestnik.yaml`)
    .action(async (options: { json?: boolean }) => {
      const { examine } = await import('./doctor/examine.ts');
      const findings = await examine(context.configuration(), context);
      if (options.json) print(JSON.stringify(findings));
      else
        for (const { level, name, text, next } of findings)
          print(`${level.padEnd(4)}  ${name}: ${text}${next ? `\n      -> ${next}` : ''}`);
      if (findings.some((finding) => finding.level === 'fail')) process.exitCode = EXIT.failed;
    });
}
