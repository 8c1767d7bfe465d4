import { type Command, InvalidArgumentError, Option } from 'commander';
import { renderFields, renderTable } from '../../core/terminal/table.ts';
import { type Making, pageText, type Translate, toJson, withExamples, withJson, withPage } from '../../core/terminal/words.ts';
import { findFence, listFences } from '../list-fences.ts';
import { GROUP_MODES, type OperatorFence, PARAMETER_RULES } from '../operator-fence.ts';
import { removeFence, setFence } from '../set-fence.ts';
import { commandAct } from './command-act.ts';

const ids =
  (t: Translate) =>
  (text: string): number[] => {
    if (text === '') return [];
    if (/^\d{1,9}(,\d{1,9})*$/.test(text)) return text.split(',').map(Number);
    throw new InvalidArgumentError(
      t('numbers parted by commas, such as 1,4; empty: none.', 'номера через запятую, например 1,4; пусто: нет.'),
    );
  };

type Rule = OperatorFence['parameters'][number];

/** `5:none,7:read` */
const rules =
  (t: Translate) =>
  (text: string): Rule[] =>
    (text === '' ? [] : text.split(',')).map((part) => {
      const [id = '', word] = part.split(':');
      const rule = PARAMETER_RULES.find((known) => known === word);
      if (/^\d{1,9}$/.test(id) && rule) return { parameter_id: Number(id), rule };
      throw new InvalidArgumentError(
        t('parameters with a rule, such as 5:none,7:read; empty: none.', 'параметры с правилом, например 5:none,7:read; пусто: нет.'),
      );
    });

const rulesText = (parameters: readonly Rule[]): string => parameters.map(({ parameter_id: id, rule }) => `${id}:${rule}`).join(',');

const modeText = ({ groups, groups_mode: mode }: OperatorFence, t: Translate): string =>
  groups.length === 0 ? '' : `${mode === 'except' ? t('all but ', 'все, кроме ') : t('only ', 'только ')}${groups.join(',')}`;

const fenceText = (fence: OperatorFence, t: Translate): string =>
  renderFields([
    [t('login', 'логин'), fence.login],
    [t('name', 'имя'), fence.name],
    [t('sees', 'видит'), fence.fenced ? t('a part', 'часть') : t('every contract', 'все договоры')],
    [t('groups', 'группы'), modeText(fence, t)],
    [t('domains', 'домены'), fence.domains.join(',')],
    [t('parameters', 'параметры'), rulesText(fence.parameters)],
    [t('remark', 'примечание'), fence.description],
    [t('version', 'версия'), fence.version],
  ]);

const loginArgument = (command: Command, t: Translate): Command =>
  command.argument('<login>', t('login of the operator', 'логин оператора'));

function addReading(fence: Command, { t, withPorts }: Making): void {
  const list = fence.command('list').summary(t('operators who have a fence', 'операторы с ограничениями'));
  withPage(list, t).action((options) =>
    withPorts(async ({ database, print }) => {
      const { after, limit = 100 } = options;
      const { items, next } = await listFences(database.work, { after, limit });
      if (options.json) return print(toJson({ items, next }));
      const titles = [t('LOGIN', 'ЛОГИН'), t('GROUPS', 'ГРУППЫ'), t('DOMAINS', 'ДОМЕНЫ'), t('PARAMETERS', 'ПАРАМЕТРЫ')];
      const rows = items.map((row) => [row.login, modeText(row, t), row.domains.join(','), rulesText(row.parameters)]);
      print(pageText(renderTable(titles, rows), next, t));
    }),
  );
  const show = loginArgument(fence.command('show'), t).summary(t('show the fence of an operator', 'показать ограничения оператора'));
  withJson(show, t).action((login: string, options) =>
    withPorts(async ({ database, print }) => {
      const found = await findFence(database.work, login);
      print(options.json ? toJson(found) : fenceText(found, t));
    }),
  );
}

/** `vestnik billing fence list|show|set|remove` */
export function addFenceCommands(billing: Command, making: Making): void {
  const { t, withPorts } = making;
  const fence = billing.command('fence').summary(t('which contracts operators see', 'какие договоры видят операторы'));
  addReading(fence, making);
  const set = loginArgument(fence.command('set'), t)
    .summary(t('change the fence of an operator; it counts at once', 'изменить ограничения оператора; действует сразу'))
    .option('--groups <ids>', t('groups of contracts, parted by commas', 'группы договоров через запятую'), ids(t))
    .addOption(
      new Option(
        '--groups-mode <mode>',
        t('only contracts with one of the groups, or all except those', 'только договоры этих групп или все, кроме них'),
      ).choices(GROUP_MODES),
    )
    .option(
      '--domains <ids>',
      t('domains, parted by commas, each without those below it', 'домены через запятую, каждый без вложенных'),
      ids(t),
    )
    .option(
      '--parameters <rules>',
      t('hidden and read-only parameters: 5:none,7:read', 'скрытые и доступные только для чтения параметры: 5:none,7:read'),
      rules(t),
    )
    .option('--description <text>', t('remark', 'примечание'))
    .option('--config <text>', t('settings that programs keep with the operator', 'настройки, которые программы хранят у оператора'));
  withExamples(
    withJson(set, t),
    t,
    'fence set desk --groups 3,4',
    'fence set desk --groups 7 --groups-mode except --parameters 12:none,15:read',
    'fence set desk --groups "" --domains 2',
  ).action((login: string, { json, groupsMode, ...options }) =>
    withPorts(async (ports) => {
      const change = { ...options, ...(groupsMode !== undefined && { groups_mode: groupsMode }) };
      const found = await ports.database.transaction((tx) => setFence(tx, commandAct(ports), { login, change }));
      ports.print(json ? toJson(found) : fenceText(found, t));
    }),
  );
  loginArgument(fence.command('remove'), t)
    .summary(t('take the fence away: the operator sees every contract', 'снять ограничения: оператор видит все договоры'))
    .action((login: string) =>
      withPorts(async (ports) => {
        await ports.database.transaction((tx) => removeFence(tx, commandAct(ports), { login }));
        ports.print(t(`the fence of ${login} is gone`, `ограничения оператора ${login} сняты`));
      }),
    );
}
