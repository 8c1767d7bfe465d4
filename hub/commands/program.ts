import { Command, Option } from 'commander';
import { MODULES } from '../modules.ts';
import { VERSION } from '../version.ts';
import { addAudit } from './audit.ts';
import { addConfig } from './config.ts';
import { createContext, type Environment } from './context.ts';
import { addDemo } from './demo.ts';
import { addDoctor } from './doctor.ts';
import { exitCodesHelp } from './exit.ts';
import { styleHelp } from './help-style.ts';
import { type Language, translator } from './language.ts';
import { addMigrate } from './migrate.ts';
import { addOperator } from './operator.ts';
import { addServe } from './serve.ts';
import { addToken } from './token.ts';

/**
 * The command line, in one language. Parsing throws instead of ending the process.
 * @param argv what will be parsed: of a module that no word of it names, only the summary is there, since loading commands takes time. (Default: all are)
 */
export async function createProgram(language: Language, environment: Environment, cwd: string, argv?: readonly string[]): Promise<Command> {
  const t = translator(language);
  const program = styleHelp(new Command('vestnik'), language, t)
    .description(
      t(
        'Vestnik carries every business operation to those who must know of it.',
        'Вестник доводит каждую операцию до тех, кто должен о ней знать.',
      ),
    )
    .option(
      '-c, --config <file>',
      t('configuration file (default: vestnik.yaml in this folder)', 'файл конфигурации (по умолчанию vestnik.yaml в текущей папке)'),
    )
    .addOption(new Option('--lang <language>', t('language of help and messages', 'язык справки и сообщений')).choices(['ru', 'en']))
    .option('--debug', t('show details and stacks of errors', 'показывать подробности ошибок'))
    .version(VERSION, '-V, --version', t('show the version', 'показать версию'))
    .helpCommand('help [command]', t('show the help of a command', 'показать справку по команде'))
    .addHelpText(
      'after',
      `
${t('Examples:', 'Примеры:')}
  vestnik serve
  vestnik operator add anna --name "Anna" --right tickets.view
  vestnik config --example > vestnik.yaml
  vestnik doctor

${exitCodesHelp(t)}`,
    );
  const context = createContext(program, { language, t, environment, cwd });

  program.commandsGroup(t('Running:', 'Работа:'));
  addServe(program, context);
  addDemo(program, context);
  program.commandsGroup(t('Setting up and looking after:', 'Настройка и обслуживание:'));
  addConfig(program, context);
  addMigrate(program, context);
  addDoctor(program, context);
  program.commandsGroup(t('People and their rights:', 'Люди и их права:'));
  addOperator(program, context);
  addToken(program, context);
  addAudit(program, context);
  program.commandsGroup(t('Modules:', 'Модули:'));
  for (const module of MODULES) {
    const command = program.command(module.name).summary(module.summary(t));
    if (argv === undefined || argv.includes(module.name)) (await module.loadCommands())(command, context.withPorts, t);
  }
  return program;
}
