import type { Command } from 'commander';
import type { Transaction } from '../../core/database/statement.ts';
import { identifier } from '../../core/terminal/arguments.ts';
import { renderTable } from '../../core/terminal/table.ts';
import { type Making, toJson, withExamples, withJson } from '../../core/terminal/words.ts';
import type { Act } from '../act.ts';
import { showOutcome } from '../api/what-if.ts';
import { changeStatus } from '../change-status.ts';
import type { Money } from '../money.ts';
import { previewOutcome } from '../preview-outcome.ts';
import { savePayment } from '../save-payment.ts';
import { setContractLimit } from '../set-limit.ts';
import { commandAct } from './command-act.ts';
import { amountOption, contractArgument, contractIdOf, endOf } from './contracts-arguments.ts';
import { withStatusOptions } from './statuses.ts';

/** `vestnik billing what-if ...`: nothing is stored. */
export function addWhatIfCommands(billing: Command, { t, withPorts }: Making): void {
  const whatIf = billing
    .command('what-if')
    .summary(t('what a change would do, without storing it', 'что изменит действие, ничего не сохраняя'));
  const preview = (which: string, json: boolean, change: (tx: Transaction, act: Act, id: number) => Promise<unknown>): Promise<void> =>
    withPorts(async (ports) => {
      const act = commandAct(ports);
      const id = await contractIdOf(ports.database.work, act, which);
      const outcome = showOutcome(await previewOutcome(ports.database, act, id, (tx, previewed) => change(tx, previewed, id)));
      if (json) return ports.print(toJson(outcome));
      const { before, after } = outcome;
      ports.print(
        renderTable(
          ['', t('NOW', 'СЕЙЧАС'), t('THEN', 'СТАНЕТ')],
          [
            [t('balance', 'баланс'), before.balance.outgoing, after.balance.outgoing],
            [t('available', 'доступно'), before.balance.available, after.balance.available],
            [t('fees of the month', 'абонплата месяца'), before.balance.accounts, after.balance.accounts],
            [t('limit', 'лимит'), before.limit, after.limit],
            [t('in debt', 'в долгу'), before.in_debt, after.in_debt],
            [t('status', 'статус'), String(before.status), String(after.status)],
          ],
        ),
      );
    });
  const payment = contractArgument(whatIf.command('payment'), t)
    .argument('<amount>', t('the amount', 'сумма'), amountOption(t))
    .requiredOption('--type <id>', t('type of payments', 'тип прихода'), identifier(t))
    .summary(t('after a payment', 'после платежа'));
  withExamples(withJson(payment, t), t, 'what-if payment 17 300 --type 1').action((which: string, sum: Money, options) =>
    preview(which, options.json === true, (tx, act, contractId) =>
      savePayment(tx, act, { contractId, typeId: options.type, sum, day: act.today }),
    ),
  );
  withJson(
    withStatusOptions(contractArgument(whatIf.command('status'), t), t).summary(t('after a status', 'после смены статуса')),
    t,
  ).action((which: string, status: number, options) =>
    preview(which, options.json === true, (tx, act, id) =>
      changeStatus(
        tx,
        act,
        id,
        { status, dateFrom: options.from ?? act.today, dateTo: endOf(options.to), comment: '' },
        { reason: 'manual' },
      ),
    ),
  );
  withJson(
    contractArgument(whatIf.command('limit'), t)
      .argument('<amount>', t('the limit', 'лимит'), amountOption(t))
      .summary(t('after another limit', 'после смены лимита')),
    t,
  ).action((which: string, limit: Money, options) =>
    preview(which, options.json === true, (tx, act, id) => setContractLimit(tx, act, id, limit)),
  );
}
