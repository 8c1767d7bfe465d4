import { type Command, Option } from 'commander';
import { HubError } from '../core/errors.ts';
import { addOperator as addOperatorTo } from '../core/identity/add-operator.ts';
import { changeOperator } from '../core/identity/change-operator.ts';
import { findOperator, listOperators } from '../core/identity/list-operators.ts';
import type { Operator } from '../core/identity/operator.ts';
import { readablePassword } from '../core/identity/password.ts';
import { setPassword } from '../core/identity/set-password.ts';
import { passwordFrom } from '../core/terminal/password-input.ts';
import type { CommandContext } from './context.ts';
import { addOperatorImport } from './operator-import.ts';
import { gather } from './option-values.ts';
import { rightsByModule, rightsOfModule } from './rights-tables.ts';
import { localTime, table } from './table.ts';

interface PasswordOptions {
  readonly passwordStdin?: boolean;
  readonly ask?: boolean;
}

/** `vestnik operator ...` */
export function addOperator(program: Command, context: CommandContext): void {
  const { t, print, caller } = context;
  const operator = program
    .command('operator')
    .summary(t('people who may log in, and what they may do', 'операторы и их права'))
    .description(t('Operators: people and programs that log in with a password.', 'Операторы: люди и программы, входящие по паролю.'))
    .addHelpText(
      'after',
      `
${t('Examples:', 'Примеры:')}
  vestnik operator add anna --name "Anna Petrova" --right tickets.view --right tickets.manage
  vestnik operator rights anna --add tickets.replay
  vestnik operator password anna
  vestnik operator disable anna`,
    );
  const passwordOptions = (command: Command): Command =>
    command
      .addOption(
        new Option('--password-stdin', t('read the password from standard input', 'прочитать пароль со стандартного ввода')).conflicts(
          'ask',
        ),
      )
      .option(
        '--ask',
        t('ask for the password (default: make one and show it once)', 'спросить пароль (по умолчанию создаётся и показывается один раз)'),
      );
  const choosePassword = async (options: PasswordOptions): Promise<{ password: string; tell: string }> => {
    const given = await passwordFrom(options, t);
    const password = given ?? readablePassword();
    return { password, tell: given === undefined ? `\n${t('password, shown once', 'пароль, показывается один раз')}: ${password}` : '' };
  };
  const rightsOf = (row: Operator): string => (row.rights.length === 0 ? '-' : row.rights.join(' '));

  passwordOptions(operator.command('add <login>'))
    .summary(t('add an operator', 'добавить оператора'))
    .option('--name <name>', t('display name', 'отображаемое имя'))
    .option('--email <address>', t('e-mail address', 'адрес электронной почты'))
    .addOption(new Option('--locale <language>', t('language of the console', 'язык консоли')).choices(['ru', 'en']).default('ru'))
    .option('--right <right>', t('a right, module.* or *; may be repeated', 'право, module.* или *; можно повторять'), gather)
    .addHelpText(
      'after',
      `\n${t('Examples:', 'Примеры:')}\n  vestnik operator add grs --right tickets.ingest --password-stdin < grs.password\n  vestnik operator add boss --right '*' --ask`,
    )
    .action((login: string, options: PasswordOptions & { name?: string; email?: string; locale: string; right?: string[] }) =>
      context.withIdentity(async (_, identity) => {
        const { password, tell } = await choosePassword(options);
        const hash = await identity.hashPassword(password);
        const fields = {
          login,
          displayName: options.name,
          email: options.email,
          locale: options.locale,
          rights: options.right ?? [],
          password: hash,
        };
        const added = await identity.change((tx) => addOperatorTo(tx, caller, fields, identity.rights));
        print(`${t('added', 'добавлен')} ${added.login}; ${t('rights', 'права')}: ${rightsOf(added)}${tell}`);
      }),
    );

  addOperatorImport(operator, context);

  operator
    .command('list')
    .summary(t('list operators', 'список операторов'))
    .option('--json', t('print JSON', 'вывести JSON'))
    .addHelpText('after', `\n${t('Examples:', 'Примеры:')}\n  vestnik operator list\n  vestnik operator list --json`)
    .action((options: { json?: boolean }) =>
      context.withGround(async ({ database }) => {
        const rows: Operator[] = [];
        for (let after: string | undefined = ''; after !== undefined; ) {
          const page: Awaited<ReturnType<typeof listOperators>> = await listOperators(database.work, { after, limit: 1_000 });
          rows.push(...page.items);
          after = page.next;
        }
        if (options.json) return print(JSON.stringify(rows));
        const lines = rows.map((row) => [
          row.login,
          row.displayName,
          row.enabled ? t('yes', 'да') : t('no', 'нет'),
          localTime(row.lastLoginAt),
          rightsOf(row),
        ]);
        print(
          table(
            [t('LOGIN', 'ЛОГИН'), t('NAME', 'ИМЯ'), t('ENABLED', 'ВКЛЮЧЁН'), t('LAST LOGIN', 'ПОСЛЕДНИЙ ВХОД'), t('RIGHTS', 'ПРАВА')],
            lines,
          ),
        );
      }),
    );

  passwordOptions(operator.command('password <login>'))
    .summary(t('give a new password; ends the sessions of the operator', 'задать новый пароль; сеансы оператора завершаются'))
    .addHelpText('after', `\n${t('Examples:', 'Примеры:')}\n  vestnik operator password anna\n  vestnik operator password anna --ask`)
    .action((login: string, options: PasswordOptions) =>
      context.withIdentity(async ({ database }, identity) => {
        await findOperator(database.work, login);
        const { password, tell } = await choosePassword(options);
        const hash = await identity.hashPassword(password);
        const changed = await identity.change((tx) => setPassword(tx, caller, login, hash));
        print(`${t('new password for', 'новый пароль для')} ${changed.login}${tell}`);
      }),
    );

  operator
    .command('rights <login> [rights...]')
    .summary(t('show or set the rights of an operator', 'показать или задать права оператора'))
    .description(
      t(
        'Sets exactly the rights named; with --add and --remove changes some; with none of these shows them and how many there are in each module.',
        'Задаёт ровно указанные права; --add и --remove меняют часть; без них показывает права и сколько их в каждом модуле.',
      ),
    )
    .option('--add <right>', t('grant one more; may be repeated', 'добавить право; можно повторять'), gather)
    .option('--remove <right>', t('take one away; may be repeated', 'отнять право; можно повторять'), gather)
    .addOption(
      new Option('--module <module>', t('list the rights of this module', 'перечислить права этого модуля')).conflicts(['add', 'remove']),
    )
    .addHelpText(
      'after',
      `\n${t('Examples:', 'Примеры:')}\n  vestnik operator rights anna\n  vestnik operator rights anna --module tickets\n  vestnik operator rights anna tickets.view tickets.manage\n  vestnik operator rights anna --add tickets.replay --remove tickets.manage`,
    )
    .action((login: string, rights: string[], options: { add?: string[]; remove?: string[]; module?: string }) =>
      context.withIdentity(async ({ database }, identity) => {
        const present = await findOperator(database.work, login);
        const { add, remove, module } = options;
        if (rights.length > 0 && (add || remove || module !== undefined))
          throw new HubError(
            'VALIDATION',
            t('name either all rights, or --add and --remove, or --module', 'укажите либо все права, либо --add и --remove, либо --module'),
          );
        if (rights.length === 0 && !add && !remove) {
          const known = identity.rights;
          const listed = module === undefined ? rightsByModule(t, present, known) : rightsOfModule(t, present, known, module);
          print(`${present.login}: ${rightsOf(present)}\n\n${listed}`);
          return;
        }
        const wanted =
          rights.length > 0 ? rights : [...new Set([...present.rights.filter((right) => !remove?.includes(right)), ...(add ?? [])])];
        const changed = await identity.change((tx) =>
          changeOperator(tx, caller, login, { rights: wanted, version: present.version }, identity.rights),
        );
        print(`${changed.login}: ${rightsOf(changed)}`);
      }),
    );

  for (const enabled of [true, false]) {
    operator
      .command(`${enabled ? 'enable' : 'disable'} <login>`)
      .summary(
        enabled
          ? t('let an operator log in again', 'снова разрешить вход')
          : t(
              'forbid an operator to log in; sessions and tokens end within a second',
              'запретить вход; сеансы и токены перестают действовать за секунду',
            ),
      )
      .addHelpText('after', `\n${t('Examples:', 'Примеры:')}\n  vestnik operator ${enabled ? 'enable' : 'disable'} anna`)
      .action((login: string) =>
        context.withIdentity(async (_, identity) => {
          const changed = await identity.change((tx) => changeOperator(tx, caller, login, { enabled }, identity.rights));
          print(`${changed.login}: ${enabled ? t('enabled', 'включён') : t('disabled', 'отключён')}`);
        }),
      );
  }
}
