import type { Command } from 'commander';
import { type AuditRecord, searchAudit } from '../core/identity/search-audit.ts';
import type { CommandContext } from './context.ts';
import { timeValue, wholeNumber } from './option-values.ts';
import { localTime, table } from './table.ts';

interface AuditOptions {
  readonly login?: string;
  readonly object?: string;
  readonly action?: string;
  readonly from?: Temporal.Instant;
  readonly to?: Temporal.Instant;
  readonly limit: number;
  readonly json?: boolean;
}

const changeOf = ({ before, after, reason }: AuditRecord): string =>
  [before && `- ${JSON.stringify(before)}`, after && `+ ${JSON.stringify(after)}`, reason && `(${reason})`].filter(Boolean).join(' ');

/** `vestnik audit`: who changed what, newest first. */
export function addAudit(program: Command, context: CommandContext): void {
  const { t, print } = context;
  program
    .command('audit')
    .summary(t('who changed what, when and from where', 'кто, что, когда и откуда изменил'))
    .description(t('The audit of changes, newest first.', 'Журнал изменений, новые записи первыми.'))
    .option('--login <login>', t('only by this operator', 'только этого оператора'))
    .option('--object <name>', t('only of this object, exactly', 'только этого объекта, точно'))
    .option(
      '--action <action>',
      t('only this action, or all that begin alike: tickets.client.*', 'только это действие или все с таким началом: tickets.client.*'),
    )
    .option('--from <time>', t('not earlier', 'не раньше'), timeValue(t))
    .option('--to <time>', t('earlier than', 'раньше чем'), timeValue(t))
    .option('--limit <count>', t('rows, 1 to 100000', 'число записей, от 1 до 100000'), wholeNumber(1, 100_000, t), 100)
    .option('--json', t('print JSON, one row a line', 'вывести JSON, по записи в строке'))
    .addHelpText(
      'after',
      `\n${t('Examples:', 'Примеры:')}\n  vestnik audit --login anna --from 2026-11-01\n  vestnik audit --object agency-17 --action 'tickets.client.*'\n  vestnik audit --limit 100000 --json > audit.ndjson`,
    )
    .action(({ limit, json, ...filter }: AuditOptions) =>
      context.withGround(async ({ database }) => {
        const rows: AuditRecord[] = [];
        for (let before: number | undefined = Number.MAX_SAFE_INTEGER; before !== undefined && rows.length < limit; ) {
          const page: Awaited<ReturnType<typeof searchAudit>> = await searchAudit(
            database.work,
            { ...filter, before },
            Math.min(1_000, limit - rows.length),
          );
          rows.push(...page.items);
          before = page.next;
        }
        if (json) {
          for (const row of rows) print(JSON.stringify(row));
          return;
        }
        const lines = rows.map((row) => [
          localTime(row.time),
          row.login,
          row.face,
          row.address ?? '-',
          row.action,
          row.object,
          changeOf(row),
        ]);
        print(
          table(
            [
              t('TIME', 'ВРЕМЯ'),
              t('LOGIN', 'ЛОГИН'),
              t('FACE', 'ВХОД'),
              t('ADDRESS', 'АДРЕС'),
              t('ACTION', 'ДЕЙСТВИЕ'),
              t('OBJECT', 'ОБЪЕКТ'),
              t('CHANGE', 'ИЗМЕНЕНИЕ'),
            ],
            lines,
          ),
        );
      }),
    );
}
