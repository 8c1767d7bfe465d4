import type { Command } from 'commander';
import { HubError } from '../../core/errors.ts';
import { gather } from '../../core/terminal/arguments.ts';
import { renderTable } from '../../core/terminal/table.ts';
import { type Making, toJson, withJson } from '../../core/terminal/words.ts';
import { MODULE_FACE, moduleKinds } from '../api/modules.ts';
import { choice, line } from '../directories/fields.ts';
import { MODULE_KINDS } from '../module-kinds.ts';
import { addManagedCommands } from './managed-commands.ts';

/** `manage=true`, `groups=[1,2]`, `statusPairs=0:3,3:0`; nothing behind the sign takes the setting away. */
function pairOf(text: string): [name: string, value: unknown] {
  const equals = text.indexOf('=');
  if (equals < 1)
    throw new HubError('BAD_REQUEST', `--set takes name=value, such as manage=true, not ${text.slice(0, 40)}`, {
      russian: `--set ожидает имя=значение, например manage=true, а не ${text.slice(0, 40)}`,
    });
  const value = text.slice(equals + 1);
  try {
    return [text.slice(0, equals), JSON.parse(value)];
  } catch {
    return [text.slice(0, equals), value];
  }
}

/** The settings with those of `--set` in place. Amounts are texts, also when they look like numbers. */
function settingsWith(present: unknown, pairs: readonly string[]): Record<string, unknown> {
  const settings = { ...(present as Record<string, unknown> | undefined) };
  for (const [name, value] of pairs.map(pairOf)) {
    if (value === '') delete settings[name];
    else settings[name] = name === 'unlockBalanceLimit' ? String(value) : value;
  }
  return settings;
}

/** What the JSON Schema says of one setting. */
interface SettingSchema {
  readonly description: string;
  readonly russian: string;
  readonly default?: unknown;
}

/** `vestnik billing module ...` */
export function addModuleCommands(billing: Command, making: Making): void {
  const { t, withPorts } = making;
  const noun = addManagedCommands(
    billing,
    {
      face: MODULE_FACE,
      many: 'экземпляры модулей',
      options: {
        title: line(200, { en: 'name', ru: 'название' }),
        kind: choice(MODULE_KINDS.map(({ name }) => name) as [string, ...string[]], { en: 'kind', ru: 'вид' }),
      },
      shown: { settings: { en: 'settings', ru: 'настройки' } },
      columns: ['kind', 'title', 'settings'],
      examples: ['add "Абонплата" --kind npay --set manage=true --set lockedStatus=3', 'change 1 --set unlockBalanceLimit=50.00'],
      withMore: (command) =>
        command.option(
          '--set <name=value>',
          t('a setting, the value as JSON or text; repeat for several', 'настройка, значение в JSON или текстом; для нескольких повторить'),
          gather,
        ),
      moreOf: ({ set }, present) => (set === undefined ? {} : { settings: settingsWith(present?.['settings'], set as readonly string[]) }),
    },
    making,
  );
  const kinds = noun.command('kinds').summary(t('kinds of modules and their settings', 'виды модулей и их настройки'));
  withJson(kinds, t).action((options) =>
    withPorts(async ({ print }) => {
      const all = moduleKinds();
      if (options.json) return print(toJson({ items: all }));
      const settings = all.flatMap(({ kind, settings: schema }) =>
        Object.entries((schema?.['properties'] ?? {}) as Record<string, SettingSchema>).map(([name, one]) => [
          kind,
          name,
          JSON.stringify(one.default),
          t(one.description, one.russian),
        ]),
      );
      print(
        renderTable(
          [t('KIND', 'ВИД'), t('TITLE', 'НАЗВАНИЕ')],
          all.map(({ kind, title }) => [kind, title]),
        ),
      );
      print(
        `\n${renderTable([t('KIND', 'ВИД'), t('SETTING', 'НАСТРОЙКА'), t('DEFAULT', 'ПО УМОЛЧАНИЮ'), t('MEANING', 'СМЫСЛ')], settings)}`,
      );
    }),
  );
}
