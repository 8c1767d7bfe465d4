import { type Command, Option } from 'commander';
import { identifier, moment } from '../../core/terminal/arguments.ts';
import { renderFields, renderTable } from '../../core/terminal/table.ts';
import { type Making, pageText, type Translate, toJson, withExamples, withJson, withPage } from '../../core/terminal/words.ts';
import { shownCall, shownIntegration, wholeCall } from '../api/journal.ts';
import { listCalls, listIntegrations, showCall } from '../list-calls.ts';
import { commandAct } from './command-act.ts';

/** Characters that a terminal would obey instead of show; lines and tabs stay. */
const OBEYED = /[^\P{Cc}\n\t]|\p{Cf}/gu;

interface Part {
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string | null;
  readonly bytes: number;
  readonly cut: boolean;
}

function partText(first: string, { headers, body, bytes, cut }: Part, t: Translate): string {
  const text = body ?? t(`(${bytes} bytes that are no text)`, `(${bytes} байт, не текст)`);
  const more = cut ? `\n${t(`... (${bytes} bytes in all)`, `... (всего ${bytes} байт)`)}` : '';
  return `${first}\n${headers.map(([name, value]) => `${name}: ${value}`).join('\n')}\n\n${text}${more}`.replace(OBEYED, '\ufffd');
}

function addList(journal: Command, { t, withPorts }: Making): void {
  const list = journal
    .command('list')
    .summary(t('recent calls, the newest first', 'последние вызовы, сначала новые'))
    .option('--login <login>', t('only calls of this operator', 'только вызовы этого оператора'))
    .addOption(
      new Option('--protocol <protocol>', t('only over this one', 'только по этому протоколу')).choices(['action', 'soap', 'json']),
    )
    .option('--operation <name>', t('only those whose name begins so', 'только с таким началом имени'))
    .option('--failed', t('only those that failed', 'только неудачные'))
    .option('--since <time>', t('from this time on', 'начиная с этого времени'), moment(t))
    .option('--until <time>', t('before this time', 'до этого времени'), moment(t))
    .option('--request-id <id>', t('the call with this request id', 'вызов с этим идентификатором запроса'));
  withExamples(
    withPage(list, t),
    t,
    'journal list --login desk --failed',
    'journal list --operation PaymentService --since 2026-11-22',
  ).action((options) =>
    withPorts(async (ports) => {
      const { after, limit = 100, json, ...filter } = options;
      const page = await listCalls(ports.database.work, commandAct(ports), filter, { after, limit });
      if (json) return ports.print(toJson({ items: page.items.map(shownCall), next: page.next }));
      const titles = [
        'ID',
        t('TIME', 'ВРЕМЯ'),
        t('LOGIN', 'ЛОГИН'),
        t('PROTOCOL', 'ПРОТОКОЛ'),
        t('OPERATION', 'ОПЕРАЦИЯ'),
        t('OUTCOME', 'ИТОГ'),
        t('MS', 'МС'),
      ];
      const rows = page.items.map((one) => [
        one.id,
        one.at,
        one.login,
        one.protocol,
        one.operation,
        one.outcome,
        Math.round(one.milliseconds),
      ]);
      ports.print(pageText(renderTable(titles, rows), page.next, t));
    }),
  );
}

/** `vestnik billing journal ...`: what foreign programs sent lately, and what they were answered. */
export function addJournalCommands(billing: Command, making: Making): void {
  const { t, withPorts } = making;
  const journal = billing.command('journal').summary(t('recent calls of foreign programs', 'последние вызовы сторонних программ'));
  addList(journal, making);

  withJson(
    journal
      .command('show')
      .argument('<id>', t('number of the call', 'номер вызова'), identifier(t))
      .summary(
        t('request and answer as they went over the wire, secrets as ***', 'запрос и ответ как они передавались, секреты заменены на ***'),
      ),
    t,
  ).action((id: number, options: { json?: boolean }) =>
    withPorts(async (ports) => {
      const call = wholeCall(await showCall(ports.database.work, commandAct(ports), id));
      if (options.json) return ports.print(toJson(call));
      const { request, answer, outcome, login, milliseconds, address, request_id, at } = call;
      ports.print(
        [
          renderFields([
            [t('time', 'время'), Temporal.Instant.from(at)],
            [t('login', 'логин'), login],
            [t('address', 'адрес'), address],
            [t('outcome', 'итог'), outcome],
            [t('milliseconds', 'миллисекунды'), milliseconds],
            [t('request id', 'идентификатор запроса'), request_id],
          ]),
          partText(`> ${request.method} ${request.url}`, request, t),
          partText(`< ${answer.status}`, answer, t),
        ].join('\n\n'),
      );
    }),
  );

  withJson(journal.command('integrations').summary(t('who calls over which protocol', 'кто и по какому протоколу обращается')), t).action(
    (options: { json?: boolean }) =>
      withPorts(async (ports) => {
        const rows = await listIntegrations(ports.database.work, commandAct(ports));
        if (options.json) return ports.print(toJson({ items: rows.map(shownIntegration) }));
        const titles = [
          t('LOGIN', 'ЛОГИН'),
          t('PROTOCOL', 'ПРОТОКОЛ'),
          t('CALLS', 'ВЫЗОВОВ'),
          t('FAILED', 'НЕУДАЧНЫХ'),
          t('LAST', 'ПОСЛЕДНИЙ'),
        ];
        ports.print(
          renderTable(
            titles,
            rows.map((row) => [row.login, row.protocol, row.calls, row.failed, row.lastAt]),
          ),
        );
      }),
  );
}
