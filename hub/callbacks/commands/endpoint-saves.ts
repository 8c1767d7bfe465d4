import { type Command, Option } from 'commander';
import { validate } from '../../core/http/validate.ts';
import type { CommandPorts } from '../../core/module.ts';
import { identifier } from '../../core/terminal/arguments.ts';
import { type Making, toJson, withExamples, withJson } from '../../core/terminal/words.ts';
import { addEndpoint } from '../add-endpoint.ts';
import { binBase } from '../bin-address.ts';
import { changeEndpoint } from '../change-endpoint.ts';
import type { EndpointPorts } from '../check-endpoint.ts';
import { newEndpointInput, PROFILE_NAMES, settingsInput } from '../endpoint.ts';
import { FAMILIES } from '../family.ts';
import { createAddressPolicy } from '../guard/address-policy.ts';
import { lintEndpoint, previewEndpoint } from '../preview-endpoint.ts';
import { createOwnAddresses } from '../wire/own-addresses.ts';
import { printSaved, renderFinding } from './endpoint-tables.ts';
import { settingsOf, withSettings } from './settings-options.ts';

export const portsOf = ({ configuration, secretKey }: CommandPorts): EndpointPorts => ({
  secretKey,
  policy: createAddressPolicy(configuration.callbacks, createOwnAddresses()),
  binBase: binBase(configuration),
});

export function addSaving(endpoints: Command, { t, withPorts }: Making): void {
  const add = endpoints
    .command('add')
    .summary(t('add an endpoint, disabled', 'добавить получателя, отключённого'))
    .addOption(
      new Option(
        '--family <family>',
        t(
          'order (the default): orders and trips; static: other data of travel; billing: contracts and their money',
          'order (по умолчанию): заказы и командировки; static: прочие данные командировок; billing: договоры и их деньги',
        ),
      ).choices(FAMILIES),
    )
    .addOption(
      new Option(
        '--profile <profile>',
        t('defaults of what is left out (default: classic)', 'значения по умолчанию (обычно classic)'),
      ).choices(PROFILE_NAMES),
    )
    .option(
      '--organization <id>',
      t('owner, an organization (default: the hub itself)', 'владелец, организация (по умолчанию сам сервер)'),
      identifier(t),
    );
  withExamples(
    withJson(withSettings(add, t), t),
    t,
    'endpoints add --name SAP --url https://sap.client.example/in --headers headers.txt --body soap.xml',
    'endpoints add --family static --profile modern --file endpoint.json --set concurrency=16',
  ).action((options) =>
    withPorts(async (ports) => {
      const { database, caller, print } = ports;
      const { family, profile, organization: organization_id } = options;
      const named = Object.fromEntries(Object.entries({ family, profile, organization_id }).filter(([, value]) => value !== undefined));
      const given = { family: 'order', ...(await settingsOf(options)), ...named };
      const input = validate(newEndpointInput, given, 'body');
      const saved = await database.transaction((tx) => addEndpoint(tx, caller, portsOf(ports), input));
      if (options.json) return print(toJson(saved));
      printSaved(print, t, saved, t(`endpoint ${saved.id} added, disabled`, `получатель ${saved.id} добавлен, отключён`));
      print(t(`next: vestnik callbacks endpoints enable ${saved.id}`, `далее: vestnik callbacks endpoints enable ${saved.id}`));
    }),
  );
  withExamples(
    withJson(
      withSettings(
        endpoints
          .command('set')
          .summary(t('change settings: the next version', 'изменить настройки: следующая версия'))
          .argument('<id>', '', identifier(t)),
        t,
      ),
      t,
    ),
    t,
    'endpoints set 3 --url https://sap.client.example/new --set max_attempts=5',
  ).action((id: number, options) =>
    withPorts(async (ports) => {
      const { database, caller, print } = ports;
      const change = validate(settingsInput, await settingsOf(options), 'body');
      const saved = await database.transaction((tx) => changeEndpoint(tx, caller, portsOf(ports), { id, change }));
      if (options.json) return print(toJson(saved));
      printSaved(print, t, saved, t(`endpoint ${id} is at version ${saved.version}`, `получатель ${id}: версия ${saved.version}`));
    }),
  );
}

export function addTrying(endpoints: Command, { t, withPorts }: Making): void {
  const command = endpoints
    .command('lint')
    .summary(t('check settings as a save would; nothing is stored', 'проверить настройки как при сохранении; ничего не записывается'))
    .argument('<id>', '', identifier(t));
  withJson(withSettings(command, t), t).action((id: number, options) =>
    withPorts(async (ports) => {
      const { database, caller, print } = ports;
      const change = validate(settingsInput, await settingsOf(options), 'body', true);
      const { ok, findings } = await lintEndpoint(database.work, caller, portsOf(ports), { id, change });
      if (!ok) process.exitCode = 1;
      if (options.json) return print(toJson({ ok, findings }));
      for (const finding of findings) print(renderFinding(t, finding));
      if (findings.length === 0) print(t('nothing to complain of', 'замечаний нет'));
    }),
  );
  const preview = endpoints
    .command('preview')
    .summary(t('show what would be sent; nothing is', 'показать, что было бы отправлено; ничего не отправляется'))
    .argument('<id>', '', identifier(t))
    .option('--event-position <position>', t('an event, by its position', 'событие по его позиции'));
  withJson(withSettings(preview, t), t).action((id: number, options) =>
    withPorts(async (ports) => {
      const { database, caller, print } = ports;
      const change = validate(settingsInput, await settingsOf(options), 'body', true);
      const chosen = { event: options.eventPosition };
      const answer = await database.transaction((tx) => previewEndpoint(tx, caller, portsOf(ports), { id, change }, chosen));
      if (options.json) return print(toJson(answer));
      for (const finding of answer.findings) print(renderFinding(t, finding));
      const { preview: shown, fault } = answer;
      if (fault) print(`${fault.code}: ${fault.message}`);
      if (!shown) return;
      print(`${shown.method} ${shown.url}`);
      for (const [name, value] of shown.headers) print(`${name}: ${value}`);
      if (shown.body !== null) print(`\n${shown.body}`);
    }),
  );
}
