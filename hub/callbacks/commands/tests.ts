import { type Command, Option } from 'commander';
import { validate } from '../../core/http/validate.ts';
import type { CommandPorts } from '../../core/module.ts';
import { identifier } from '../../core/terminal/arguments.ts';
import { type Making, type Translate, toJson, withExamples, withJson } from '../../core/terminal/words.ts';
import { startAllowList } from '../allow-list.ts';
import { startBins } from '../bins.ts';
import { settingsInput } from '../endpoint.ts';
import type { TestPorts } from '../prepare-test.ts';
import { type TestAnswer, testEndpoint } from '../test-endpoint.ts';
import { startTicks } from '../tick-slot.ts';
import { sendMessage } from '../wire/send-message.ts';
import { createSender } from '../wire/sender.ts';
import { createTakeIntoBin } from '../wire/take-into-bin.ts';
import { portsOf } from './endpoint-saves.ts';
import { renderFinding } from './endpoint-tables.ts';
import { safeText } from './safe-text.ts';
import { settingsOf, withSettings } from './settings-options.ts';

/** Opens what a hub has running for sending, for as long as `act` takes. */
async function withSending<T>(ports: CommandPorts, act: (ports: TestPorts) => Promise<T>): Promise<T> {
  const { configuration, database, secretKey, hubId } = ports;
  const options = configuration.callbacks;
  const endpointPorts = portsOf(ports);
  const { policy, binBase } = endpointPorts;
  const undo: (() => Promise<void> | void)[] = [];
  try {
    const allowList = await startAllowList(database, policy);
    undo.push(() => allowList.stop());
    const proxy = options.egressProxy === undefined ? undefined : new URL(options.egressProxy);
    const sender = createSender({ judge: allowList.judge, policy, proxy });
    undo.push(() => sender.stop());
    const bins = startBins({ database, secretKey, keep: options.binRequests, days: options.binDays });
    undo.push(() => bins.stop());
    const ticks = startTicks({ database, hubId, zone: options.callbackIdZone });
    undo.push(() => ticks.stop());
    const send = sendMessage(sender, binBase, createTakeIntoBin(bins, options.binBytes));
    return await act({ ...endpointPorts, database, hubId, ticks, send, testsPerMinute: options.testsPerMinute });
  } finally {
    for (const step of undo.reverse()) await step();
  }
}

function printTest(print: (text: string) => void, t: Translate, answer: TestAnswer): void {
  for (const finding of answer.findings) print(renderFinding(t, finding));
  const { request, answer: came, timing } = answer;
  if (request) {
    print(`${request.method} ${request.url}`);
    for (const [name, value] of request.headers) print(`${name}: ${value}`);
    if (request.body) print(`\n${safeText(request.body.text)}`);
  }
  if (came) {
    print(`\n${came.status}`);
    for (const [name, value] of came.headers) print(safeText(`${name}: ${value}`));
    if (came.body && came.body.text !== '') print(`\n${safeText(came.body.text)}`);
  }
  const took = timing?.['end'] === undefined ? '' : t(`, ${Math.round(timing['end'] ?? 0)} ms`, `, ${Math.round(timing['end'] ?? 0)} мс`);
  print(`\n${answer.state}${answer.code === null ? '' : `: ${answer.code}`}${took}`);
  const why = t(answer.message ?? '', answer.russian ?? answer.message ?? '');
  if (why !== '') print(why);
  print(t(`delivery ${answer.delivery_id} of the log`, `доставка ${answer.delivery_id} в журнале`));
}

/** `vestnik callbacks endpoints test` */
export function addTesting(endpoints: Command, { t, withPorts }: Making): void {
  const command = endpoints
    .command('test')
    .summary(t('send a test and show what comes of it', 'отправить тест и показать, что получилось'))
    .argument('<id>', '', identifier(t))
    .option('--event-position <position>', t('a past event, by its position', 'прошедшее событие по его позиции'))
    .addOption(
      new Option('--sample <set>', t('made-up values (default: typical)', 'набор придуманных значений (обычно typical)')).choices([
        'typical',
        'empty',
        'nasty',
        'long',
        'create',
        'delete',
      ]),
    );
  withExamples(
    withJson(withSettings(command, t), t),
    t,
    'endpoints test 3',
    'endpoints test 3 --body edited.xml --event-position 1234-567',
  ).action((id: number, options) =>
    withPorts(async (ports) => {
      const change = validate(settingsInput, await settingsOf(options), 'body', true);
      const input = { id, change, event: options.eventPosition, sample: options.sample };
      const answer = await withSending(ports, (sending) => testEndpoint(ports.caller, sending, input));
      if (answer.state !== 'delivered') process.exitCode = 1;
      if (options.json) return ports.print(toJson(answer));
      printTest(ports.print, t, answer);
    }),
  );
}
