import type { Command } from 'commander';
import { identifier } from '../../core/terminal/arguments.ts';
import { renderTable } from '../../core/terminal/table.ts';
import { type Making, toJson, withExamples, withJson } from '../../core/terminal/words.ts';
import { activateOption, deactivateOption } from '../activate-option.ts';
import { showOffer, showOption } from '../api/contract-options.ts';
import { listContractOptions } from '../list-contract-parts.ts';
import { listOptionOffers } from '../list-option-offers.ts';
import { commandAct } from './command-act.ts';
import { contractArgument, contractIdOf } from './contracts-arguments.ts';

/** `vestnik billing contract option ...` */
export function addContractOptionCommands(contract: Command, { t, withPorts }: Making): void {
  const option = contract.command('option').summary(t('tariff options of a contract', 'тарифные опции договора'));
  withJson(
    contractArgument(option.command('list'), t)
      .summary(t('what it has or had, the newest first', 'что есть и было, новые сначала'))
      .option('--active', t('only those in force now', 'только действующие')),
    t,
  ).action((which: string, options) =>
    withPorts(async (ports) => {
      const act = commandAct(ports);
      const db = ports.database.work;
      const rows = (await listContractOptions(db, act, await contractIdOf(db, act, which), options.active === true)).map(showOption);
      if (options.json) return ports.print(toJson(rows));
      const titles = ['ID', t('OPTION', 'ОПЦИЯ'), t('FROM', 'С'), t('UNTIL', 'ДО'), t('CHARGED', 'СПИСАНО')];
      const cells = rows.map((row) => [
        row.id,
        row.title,
        Temporal.Instant.from(row.from),
        row.to === null ? null : Temporal.Instant.from(row.to),
        row.sum,
      ]);
      ports.print(renderTable(titles, cells));
    }),
  );
  withJson(contractArgument(option.command('offers'), t).summary(t('what it could have today', 'что можно подключить сегодня')), t).action(
    (which: string, options) =>
      withPorts(async (ports) => {
        const act = commandAct(ports);
        const db = ports.database.work;
        const offers = (await listOptionOffers(db, act, await contractIdOf(db, act, which))).map(showOffer);
        if (options.json) return ports.print(toJson(offers));
        const titles = [
          t('OPTION', 'ОПЦИЯ'),
          t('TITLE', 'НАЗВАНИЕ'),
          t('MODE', 'РЕЖИМ'),
          t('TITLE', 'НАЗВАНИЕ'),
          t('CHARGE', 'СПИСАНИЕ'),
          t('WHY NOT', 'ПОЧЕМУ НЕТ'),
        ];
        const cells = offers.flatMap((offer) =>
          offer.modes.map((mode) => [offer.id, offer.title, mode.id, mode.title, mode.sum, offer.refusal]),
        );
        ports.print(renderTable(titles, cells));
      }),
  );
  const activate = contractArgument(option.command('activate'), t)
    .argument('<option>', t('number of the option, as offers prints it', 'номер опции, как его печатает offers'), identifier(t))
    .argument('<mode>', t('number of its mode', 'номер режима'), identifier(t))
    .summary(t('activate an option; its charge is written at once', 'подключить опцию; расход записывается сразу'));
  withExamples(withJson(activate, t), t, 'contract option activate 17 8 80').action(
    (which: string, optionId: number, modeId: number, options) =>
      withPorts(async (ports) => {
        const act = commandAct(ports);
        const contractId = await contractIdOf(ports.database.work, act, which);
        const id = await ports.database.transaction((tx) => activateOption(tx, act, { contractId, optionId, modeId, web: false }));
        ports.print(
          options.json
            ? toJson({ id })
            : t(`contract ${contractId}: option ${id} activated`, `договор ${contractId}: опция ${id} подключена`),
        );
      }),
  );
  contractArgument(option.command('end'), t)
    .argument('<activation>', t('number of the activation, as list prints it', 'номер подключения, как его печатает list'), identifier(t))
    .summary(t('end an option as its mode says', 'отключить опцию, как велит её режим'))
    .action((which: string, activation: number) =>
      withPorts(async (ports) => {
        const act = commandAct(ports);
        const id = await contractIdOf(ports.database.work, act, which);
        await ports.database.transaction((tx) => deactivateOption(tx, act, id, activation));
        ports.print(t(`contract ${id}: option ${activation} ended`, `договор ${id}: опция ${activation} отключена`));
      }),
    );
}
