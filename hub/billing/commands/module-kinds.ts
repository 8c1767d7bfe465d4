import type { Command } from 'commander';
import { renderTable } from '../../core/terminal/table.ts';
import { type Making, toJson, withJson } from '../../core/terminal/words.ts';
import { moduleKinds } from '../api/module-kinds.ts';

/** What the JSON Schema says of one setting. */
interface SettingSchema {
  readonly description: string;
  readonly russian: string;
  readonly default?: unknown;
}

/** `vestnik billing module kinds` */
export function addModuleKindsCommand(noun: Command, { t, withPorts }: Making): void {
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
