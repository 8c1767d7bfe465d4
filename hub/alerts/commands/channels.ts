import type { Command } from 'commander';
import { validate } from '../../core/http/validate.ts';
import { identifier, wholeNumber } from '../../core/terminal/arguments.ts';
import { renderTable } from '../../core/terminal/table.ts';
import { toJson, withExamples, withJson } from '../../core/terminal/words.ts';
import { addChannelGroup } from '../add-channel-group.ts';
import { channelJson, groupJson, newGroupBody } from '../api/channel-answers.ts';
import { changeChannel } from '../change-channel.ts';
import { changeChannelGroup, channelGroupChange } from '../change-channel-group.ts';
import { channelKinds } from '../channels/kinds.ts';
import { deleteChannelGroup } from '../delete-channel-group.ts';
import { listChannelGroups, showChannelGroup } from '../list-channel-groups.ts';
import { listChannels, showChannel } from '../list-channels.ts';
import { RESULT, type Result } from '../result.ts';
import { testChannelGroup } from '../test-channel-group.ts';
import type { AlertMaking } from './alert-ports.ts';
import { awaitTest, testText } from './await-test.ts';
import { shownState } from './shown-words.ts';
import { addThing } from './things.ts';

/** Settings are checked and sealed here; drivers are made by hubs only, so nothing is signed. */
const KINDS = channelKinds(new Uint8Array(32));

/** `vestnik alerts channel list|enable|disable` */
function addChannels(alerts: Command, { t, withPorts }: AlertMaking): void {
  const channel = alerts.command('channel').summary(t('channels and what they do', 'каналы и что они делают'));
  withJson(channel.command('list').summary(t('all channels', 'все каналы')), t).action(({ json }) =>
    withPorts(async ({ database, print }) => {
      const items = (await listChannels(database.work)).map(channelJson);
      if (json) return print(toJson({ items }));
      const titles = ['N', t('KIND', 'ВИД'), t('NAME', 'ИМЯ'), t('ENABLED', 'ВКЛЮЧЁН'), t('STATE', 'СОСТОЯНИЕ'), 'INFO'];
      print(
        renderTable(
          titles,
          items.map(({ number, kind, name, enabled, state, info }) => [number, kind, name, enabled, shownState(state ?? 'off', t), info]),
        ),
      );
    }),
  );
  for (const [verb, enabled, summary] of [
    ['enable', true, t('switch a channel on', 'включить канал')],
    ['disable', false, t('switch a channel off', 'отключить канал')],
  ] as const) {
    channel
      .command(verb)
      .summary(summary)
      .argument('<number>', '', identifier(t))
      .action((number: number) =>
        withPorts(async (ports) => {
          await showChannel(ports.database.work, number);
          const change = { number, enabled, name: (stored: string) => stored, settings: new Map<string, string>() };
          const { name } = await ports.database.transaction((tx) => changeChannel(tx, ports.act(), KINDS, change));
          ports.print(
            enabled
              ? t(`channel ${number} (${name}) is on`, `канал ${number} («${name}») включён`)
              : t(`channel ${number} (${name}) is off`, `канал ${number} («${name}») отключён`),
          );
        }),
      );
  }
}

/** `vestnik alerts channel-group ...` */
function addGroups(alerts: Command, making: AlertMaking): void {
  const { t, withPorts } = making;
  const group = addThing<ReturnType<typeof groupJson> & { readonly name: string }>(alerts, making, {
    noun: 'channel-group',
    many: { en: 'channel groups', ru: 'группы каналов' },
    titles: [
      ['KIND', 'ВИД'],
      ['ENABLED', 'ВКЛЮЧЕНА'],
      ['CHANNELS', 'КАНАЛЫ'],
    ],
    cells: ({ kind, enabled, channels }) => [kind, enabled, channels.join(',')],
    example: '--from smtp.json --set kind=smtp --set name=Mail',
    async list(db, _act, wish) {
      const { items, next } = await listChannelGroups(db, wish);
      return { items: items.map(groupJson), next };
    },
    show: async (db, _act, id) => groupJson(await showChannelGroup(db, id)),
    add: async (tx, act, fields) =>
      groupJson(await showChannelGroup(tx, await addChannelGroup(tx, act, KINDS, validate(newGroupBody, fields, 'body')))),
    async change(tx, act, { id, fields, version }) {
      await changeChannelGroup(tx, act, KINDS, { id, change: validate(channelGroupChange, fields, 'body'), version });
      return groupJson(await showChannelGroup(tx, id));
    },
    remove: deleteChannelGroup,
  });
  withExamples(
    group
      .command('test')
      .summary(t('send one message to one address', 'отправить одно сообщение на один адрес'))
      .argument('<id>', '', identifier(t))
      .argument('<address>', t('a phone or an e-mail address', 'телефон или адрес почты'))
      .option('--text <text>', t('what is sent', 'что отправить'))
      .option(
        '--wait <seconds>',
        t('how long to wait for what comes of it (default: 20)', 'сколько секунд ждать итога (по умолчанию 20)'),
        wholeNumber(t, 0, 3_600),
      ),
    t,
    'channel-group test 1 +79161234567',
  ).action((id: number, address: string, { text, wait = 20 }) =>
    withPorts(async (ports) => {
      const input = { address, ...(text !== undefined && { text }) };
      const run = await ports.database.transaction((tx) => testChannelGroup(tx, ports.act(), id, input, 'cli'));
      ports.print(t(`run ${run.id}: see /api/v1/alerts/runs/${run.id}`, `запуск ${run.id}: смотрите /api/v1/alerts/runs/${run.id}`));
      if (wait === 0) return;
      const attempt = await awaitTest(ports.database.work, run.id, wait);
      ports.print(testText(attempt, t));
      const fine: readonly Result[] = [RESULT.notified, RESULT.confirmed, RESULT.underWay];
      if (attempt && !fine.includes(attempt.result)) process.exitCode = 1;
    }),
  );
}

/** Channels and their groups on the command line. */
export function addChannelCommands(alerts: Command, making: AlertMaking): void {
  addChannels(alerts, making);
  addGroups(alerts, making);
}
