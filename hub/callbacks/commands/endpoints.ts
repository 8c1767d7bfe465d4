import { type Command, Option } from 'commander';
import { identifier, wholeNumber } from '../../core/terminal/arguments.ts';
import { renderTable } from '../../core/terminal/table.ts';
import { type Making, toJson, withJson } from '../../core/terminal/words.ts';
import { rotateSigningSecret } from '../add-signing-secret.ts';
import { deleteEndpoint } from '../delete-endpoint.ts';
import { disableEndpoint } from '../disable-endpoint.ts';
import { FAMILIES } from '../family.ts';
import { listEndpointVersions, showEndpointVersion } from '../list-endpoint-versions.ts';
import { listEndpoints } from '../list-endpoints.ts';
import { resumeEndpoint, WAITING_CHOICES } from '../resume-endpoint.ts';
import { showEndpoint } from '../show-endpoint.ts';
import { addSaving, addTrying, portsOf } from './endpoint-saves.ts';
import { renderEndpoint, renderEndpoints } from './endpoint-tables.ts';
import { addTesting } from './tests.ts';

function addReading(endpoints: Command, { t, withPorts }: Making): void {
  withJson(
    endpoints
      .command('list')
      .summary(t('list endpoints', 'список получателей'))
      .addOption(new Option('--family <family>', t('only of a family', 'только одного семейства')).choices(FAMILIES))
      .option('--search <text>', t('text in the name', 'текст в имени'))
      .option('--after <cursor>', t('continue after a page', 'продолжить после страницы'))
      .option('--limit <rows>', t('rows, at most 1000', 'строк, не больше 1000'), wholeNumber(t, 1, 1_000), 100),
    t,
  ).action((options) =>
    withPorts(async ({ database, caller, print }) => {
      const page = await listEndpoints(database.work, caller, { ...options, q: options.search });
      if (options.json) return print(toJson(page));
      print(renderEndpoints(page.items, t));
      if (page.next !== null) print(t(`more: --after ${page.next}`, `далее: --after ${page.next}`));
    }),
  );
  withJson(
    endpoints
      .command('show')
      .summary(t('show an endpoint; secrets as ***', 'показать получателя; секреты как ***'))
      .argument('<id>', '', identifier(t)),
    t,
  ).action((id: number, options) =>
    withPorts(async ({ database, caller, print }) => {
      const endpoint = await showEndpoint(database.work, caller, id);
      print(options.json ? toJson(endpoint) : renderEndpoint(endpoint, t));
    }),
  );
  withJson(
    endpoints
      .command('versions')
      .summary(t('saves of an endpoint: who, when, what', 'сохранения получателя: кто, когда, что'))
      .argument('<id>', '', identifier(t))
      .argument('[version]', t('one version with its differences', 'одна версия с отличиями'), wholeNumber(t, 1, 2_147_483_647)),
    t,
  ).action((id: number, version: number | undefined, options) =>
    withPorts(async ({ database, caller, print }) => {
      if (version !== undefined) {
        const { settings, ...shown } = await showEndpointVersion(database.work, caller, id, version);
        return print(toJson(options.json ? { ...shown, settings } : shown.differences));
      }
      const page = await listEndpointVersions(database.work, caller, { id, limit: 1_000 });
      if (options.json) return print(toJson(page));
      const titles = [t('VERSION', 'ВЕРСИЯ'), t('SAVED', 'СОХРАНЕНА'), t('BY', 'КЕМ'), t('CHANGED', 'ИЗМЕНЕНО')];
      print(
        renderTable(
          titles,
          page.items.map((row) => [
            row.version,
            row.saved_at,
            row.saved_by,
            [...row.changed, ...row.new_secrets.map((name) => `${name} ***`)].join(', '),
          ]),
        ),
      );
    }),
  );
}

function addStates(endpoints: Command, { t, withPorts }: Making): void {
  const one = (name: string, summary: string): Command => endpoints.command(name).summary(summary).argument('<id>', '', identifier(t));
  one('enable', t('enable; the address must be on the allow-list', 'включить; адрес должен быть в белом списке'))
    .addOption(
      new Option('--waiting <choice>', t('what becomes of deliveries that were held', 'что делать с задержанными доставками'))
        .choices(WAITING_CHOICES)
        .default('send'),
    )
    .action((id: number, options) =>
      withPorts(async (ports) => {
        const { was, dropped } = await ports.database.transaction((tx) =>
          resumeEndpoint(tx, ports.caller, portsOf(ports), { id, waiting: options.waiting }),
        );
        ports.print(
          was === undefined ? t('it is enabled already', 'уже включён') : t(`endpoint ${id} is enabled`, `получатель ${id} включён`),
        );
        if (dropped > 0) ports.print(t(`${dropped} deliveries dropped`, `отброшено доставок: ${dropped}`));
      }),
    );
  one('disable', t('disable: no deliveries are made', 'отключить: отправок не будет'))
    .option('--reason <text>', t('why; kept in the audit', 'причина; остаётся в журнале аудита'))
    .action((id: number, options) =>
      withPorts(async ({ database, caller, print }) => {
        const done = await database.transaction((tx) => disableEndpoint(tx, caller, id, options.reason));
        print(done ? t(`endpoint ${id} is disabled`, `получатель ${id} отключён`) : t('it is disabled already', 'уже отключён'));
      }),
    );
  one('delete', t('delete with its secrets; the log stays', 'удалить вместе с секретами; журнал остаётся')).action((id: number) =>
    withPorts(async ({ database, caller, print }) => {
      await database.transaction((tx) => deleteEndpoint(tx, caller, id));
      print(t(`endpoint ${id} is deleted`, `получатель ${id} удалён`));
    }),
  );
  one('rotate-secret', t('another signing secret; the one before goes on for a while', 'новый секрет подписи; прежний ещё действует'))
    .option('--keep-hours <hours>', t('hours that the one before goes on', 'сколько часов действует прежний'), wholeNumber(t, 0, 720), 24)
    .action((id: number, options) =>
      withPorts(async (ports) => {
        const input = { id, keepHours: options.keepHours };
        const { secret, beforeUntil } = await ports.database.transaction((tx) => rotateSigningSecret(tx, ports.caller, ports, input));
        ports.print(t(`signing secret, shown this once: ${secret}`, `секрет подписи, показан один раз: ${secret}`));
        ports.print(t(`the one before signs until ${beforeUntil}`, `прежний действует до ${beforeUntil}`));
      }),
    );
}

/** `vestnik callbacks endpoints ...` */
export function addEndpointCommands(callbacks: Command, making: Making): void {
  const { t } = making;
  const endpoints = callbacks
    .command('endpoints')
    .summary(t('receivers of callbacks and their settings', 'получатели коллбэков и их настройки'));
  addReading(endpoints, making);
  addSaving(endpoints, making);
  addTrying(endpoints, making);
  addTesting(endpoints, making);
  addStates(endpoints, making);
}
