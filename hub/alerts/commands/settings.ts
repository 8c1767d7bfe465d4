import type { Command } from 'commander';
import { renderTable } from '../../core/terminal/table.ts';
import { toJson, withExamples, withJson } from '../../core/terminal/words.ts';
import { readLiveSettings, shownSettings, storeLiveSettings } from '../live-settings.ts';
import type { AlertMaking } from './alert-ports.ts';

/** `vestnik alerts setting list|set`: what can be changed while hubs run, the licence included. */
export function addSettingCommands(alerts: Command, { t, withPorts }: AlertMaking): void {
  const setting = alerts
    .command('setting')
    .summary(
      t('settings that count at once on all hubs, the licence included', 'настройки, которые действуют сразу на всех серверах, и лицензия'),
    );
  withExamples(
    withJson(
      setting
        .command('list')
        .summary(t('as they are now', 'какие они сейчас'))
        .argument('[prefix]', t('only keys that begin so', 'только ключи, которые так начинаются')),
      t,
    ),
    t,
    'setting list licence.',
  ).action((prefix: string | undefined, { json }) =>
    withPorts(async ({ settings, print }) => {
      const items = shownSettings(settings, prefix ?? '');
      if (json) return print(toJson({ items }));
      print(
        renderTable(
          [t('KEY', 'КЛЮЧ'), t('VALUE', 'ЗНАЧЕНИЕ')],
          items.map(({ key, value }) => [key, value]),
        ),
      );
    }),
  );
  withExamples(
    setting
      .command('set')
      .summary(t('set one', 'задать одну'))
      .argument('<key>')
      .argument('<value>', t("'' takes away what may be missing", "'' убирает то, чего может не быть")),
    t,
    'setting set licence.validTo 2027-12-31',
  ).action((key: string, value: string) =>
    withPorts(async ({ database, caller, configuration, settings, print }) => {
      await storeLiveSettings(database, caller, settings, new Map([[key, value]]));
      const [shown] = shownSettings(await readLiveSettings(database.work, configuration.alerts), key);
      print(`${shown?.key} = ${shown?.value}`);
    }),
  );
}
