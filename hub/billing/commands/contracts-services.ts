import type { Command } from 'commander';
import { identifier, wholeNumber } from '../../core/terminal/arguments.ts';
import { renderTable } from '../../core/terminal/table.ts';
import { type Making, type Translate, toJson, withExamples, withJson } from '../../core/terminal/words.ts';
import { showObject } from '../api/contract-services.ts';
import { showTariff } from '../api/contract-tariffs.ts';
import { attachModules, detachModules } from '../attach-modules.ts';
import { listContractTariffs, listServiceObjects } from '../list-contract-parts.ts';
import { moneyText } from '../money.ts';
import { planFees } from '../plan-fees.ts';
import { deleteContractTariff, findContractTariff, saveContractTariff } from '../save-contract-tariff.ts';
import { deleteServiceObject, findServiceObject, saveServiceObject } from '../save-service-object.ts';
import { commandAct } from './command-act.ts';
import { contractArgument, contractIdOf, dayOption, dayOrNone, endOf, periodText } from './contracts-arguments.ts';

const withDays = (command: Command, t: Translate): Command =>
  command
    .option('--from <day>', t('the first day (default: today)', 'первый день (по умолчанию сегодня)'), dayOption(t))
    .option('--to <day>', t('the last day, or none (default)', 'последний день или none (по умолчанию)'), dayOrNone(t));

function addTariffs(contract: Command, { t, withPorts }: Making): void {
  const tariff = contract.command('tariff').summary(t('tariff plans of a contract', 'тарифы договора'));
  withJson(contractArgument(tariff.command('list'), t).summary(t('tariff plans by their first day', 'тарифы по первому дню')), t).action(
    (which: string, options) =>
      withPorts(async (ports) => {
        const act = commandAct(ports);
        const db = ports.database.work;
        const rows = (await listContractTariffs(db, act, await contractIdOf(db, act, which), null)).map(showTariff);
        if (options.json) return ports.print(toJson(rows));
        const titles = ['ID', t('PLAN', 'ТАРИФ'), t('TITLE', 'НАЗВАНИЕ'), t('DAYS', 'СРОК'), t('COMMENT', 'КОММЕНТАРИЙ')];
        ports.print(
          renderTable(
            titles,
            rows.map((row) => [row.id, row.plan_id, row.title, periodText(row.date_from, row.date_to), row.comment]),
          ),
        );
      }),
  );
  const add = contractArgument(tariff.command('add'), t)
    .argument('<plan>', t('number of the tariff plan', 'номер тарифного плана'), identifier(t))
    .summary(t('give a contract a tariff plan', 'назначить договору тариф'))
    .option('--comment <text>', t('a comment', 'комментарий'));
  withExamples(withJson(withDays(add, t), t), t, 'contract tariff add 17 3 --from 2026-12-01').action(
    (which: string, plan: number, options) =>
      withPorts(async (ports) => {
        const act = commandAct(ports);
        const contractId = await contractIdOf(ports.database.work, act, which);
        const { from = act.today, to, comment } = options;
        const id = await ports.database.transaction((tx) =>
          saveContractTariff(tx, act, { id: 0, contractId, planId: plan, dateFrom: from, dateTo: endOf(to), comment }),
        );
        ports.print(
          options.json ? toJson({ id }) : t(`contract ${contractId}: tariff ${id} added`, `договор ${contractId}: тариф ${id} назначен`),
        );
      }),
  );
  contractArgument(tariff.command('end'), t)
    .argument('<tariff>', t('number of the tariff, as list prints it', 'номер тарифа, как его печатает list'), identifier(t))
    .argument('<day>', t('its last day, or none', 'последний день или none'), dayOrNone(t))
    .summary(t('set the last day of a tariff', 'задать последний день тарифа'))
    .action((which: string, id: number, end: Parameters<typeof endOf>[0]) =>
      withPorts(async (ports) => {
        const act = commandAct(ports);
        const contractId = await contractIdOf(ports.database.work, act, which);
        await ports.database.transaction(async (tx) => {
          const { planId, dateFrom } = await findContractTariff(tx, act, id, contractId);
          await saveContractTariff(tx, act, { id, contractId, planId, dateFrom, dateTo: endOf(end) });
        });
        ports.print(t(`contract ${contractId}: tariff ${id} changed`, `договор ${contractId}: тариф ${id} изменён`));
      }),
    );
  contractArgument(tariff.command('remove'), t)
    .argument('<tariff>', t('number of the tariff, as list prints it', 'номер тарифа, как его печатает list'), identifier(t))
    .summary(t('take a tariff off, as if it had never been there', 'снять тариф, как если бы его не было'))
    .action((which: string, id: number) =>
      withPorts(async (ports) => {
        const act = commandAct(ports);
        const contractId = await contractIdOf(ports.database.work, act, which);
        await ports.database.transaction((tx) => deleteContractTariff(tx, act, id, contractId));
        ports.print(t(`contract ${contractId}: tariff ${id} removed`, `договор ${contractId}: тариф ${id} снят`));
      }),
    );
}

const LARGEST_COUNT = 1_000_000;

function addObjects(contract: Command, { t, withPorts }: Making): void {
  const object = contract
    .command('object')
    .summary(t('service objects: what recurring fees are taken for', 'объекты услуг: за что берётся абонплата'));
  withJson(
    contractArgument(object.command('list'), t).summary(t('service objects by their first day', 'объекты услуг по первому дню')),
    t,
  ).action((which: string, options) =>
    withPorts(async (ports) => {
      const act = commandAct(ports);
      const db = ports.database.work;
      const rows = (await listServiceObjects(db, act, await contractIdOf(db, act, which), null)).map(showObject);
      if (options.json) return ports.print(toJson(rows));
      const titles = ['ID', t('SERVICE', 'УСЛУГА'), t('TITLE', 'НАЗВАНИЕ'), t('COUNT', 'КОЛИЧЕСТВО'), t('DAYS', 'СРОК')];
      ports.print(
        renderTable(
          titles,
          rows.map((row) => [row.id, row.service_id, row.service_title, row.count, periodText(row.date_from, row.date_to)]),
        ),
      );
    }),
  );
  const add = contractArgument(object.command('add'), t)
    .argument('<service>', t('number of the service', 'номер услуги'), identifier(t))
    .summary(t('give a contract a service object', 'добавить договору объект услуги'))
    .option('--count <number>', t('how many (default: 1)', 'сколько (по умолчанию 1)'), wholeNumber(t, 0, LARGEST_COUNT))
    .option('--comment <text>', t('a comment', 'комментарий'));
  withJson(withDays(add, t), t).action((which: string, serviceId: number, options) =>
    withPorts(async (ports) => {
      const act = commandAct(ports);
      const contractId = await contractIdOf(ports.database.work, act, which);
      const { from = act.today, to, count = 1, comment = '' } = options;
      const id = await ports.database.transaction((tx) =>
        saveServiceObject(tx, act, { id: 0, contractId, serviceId, objectId: 0, count, dateFrom: from, dateTo: endOf(to), comment }),
      );
      ports.print(
        options.json
          ? toJson({ id })
          : t(`contract ${contractId}: service object ${id} added`, `договор ${contractId}: объект услуги ${id} добавлен`),
      );
    }),
  );
  contractArgument(object.command('end'), t)
    .argument('<object>', t('number of the object, as list prints it', 'номер объекта, как его печатает list'), identifier(t))
    .argument('<day>', t('its last day, or none', 'последний день или none'), dayOrNone(t))
    .summary(t('set the last day of a service object', 'задать последний день объекта услуги'))
    .action((which: string, id: number, end: Parameters<typeof endOf>[0]) =>
      withPorts(async (ports) => {
        const act = commandAct(ports);
        const contractId = await contractIdOf(ports.database.work, act, which);
        await ports.database.transaction(async (tx) =>
          saveServiceObject(tx, act, { ...(await findServiceObject(tx, act, id, contractId)), dateTo: endOf(end) }),
        );
        ports.print(t(`contract ${contractId}: service object ${id} changed`, `договор ${contractId}: объект услуги ${id} изменён`));
      }),
    );
  contractArgument(object.command('remove'), t)
    .argument('<object>', t('number of the object, as list prints it', 'номер объекта, как его печатает list'), identifier(t))
    .summary(t('remove a service object with what was accrued for it', 'удалить объект услуги вместе с начисленным за него'))
    .action((which: string, id: number) =>
      withPorts(async (ports) => {
        const act = commandAct(ports);
        const contractId = await contractIdOf(ports.database.work, act, which);
        await ports.database.transaction((tx) => deleteServiceObject(tx, act, id, contractId));
        ports.print(t(`contract ${contractId}: service object ${id} removed`, `договор ${contractId}: объект услуги ${id} удалён`));
      }),
    );
}

/** Tariffs, modules, service objects and fees: `vestnik billing contract tariff|module|object|fees ...` */
export function addContractServiceCommands(contract: Command, making: Making): void {
  const { t, withPorts } = making;
  addTariffs(contract, making);
  addObjects(contract, making);
  contractArgument(contract.command('module'), t)
    .argument('<module>', t('number of the module instance', 'номер экземпляра модуля'), identifier(t))
    .summary(t('attach a module instance to a contract, or detach it', 'подключить договору модуль или отключить'))
    .option('--off', t('detach it', 'отключить'))
    .action((which: string, module: number, options) =>
      withPorts(async (ports) => {
        const act = commandAct(ports);
        const id = await contractIdOf(ports.database.work, act, which);
        await ports.database.transaction((tx) => (options.off ? detachModules : attachModules)(tx, act, id, [module]));
        ports.print(
          options.off
            ? t(`contract ${id}: module ${module} detached`, `договор ${id}: модуль ${module} отключён`)
            : t(`contract ${id}: module ${module} attached`, `договор ${id}: модуль ${module} подключён`),
        );
      }),
    );
  withJson(
    contractArgument(contract.command('fees'), t)
      .summary(t('recurring fees: what is accrued, and what it will be', 'абонплата: начислено и сколько будет'))
      .option('--from <day>', t('a day of the first month (default: today)', 'день первого месяца (по умолчанию сегодня)'), dayOption(t))
      .option(
        '--to <day>',
        t('a day of the last month (default: the first one)', 'день последнего месяца (по умолчанию первый)'),
        dayOption(t),
      ),
    t,
  ).action((which: string, options) =>
    withPorts(async (ports) => {
      const act = commandAct(ports);
      const db = ports.database.work;
      const { from = act.today, to = from } = options;
      const fees = await planFees(db, act, await contractIdOf(db, act, which), from, to);
      const rows = fees.map(({ month, objectId, serviceId, accrued, planned }) => ({
        month: month.toString().slice(0, 7),
        service_object_id: objectId,
        service_id: serviceId,
        accrued: moneyText(accrued),
        planned: moneyText(planned),
      }));
      if (options.json) return ports.print(toJson(rows));
      const titles = [t('MONTH', 'МЕСЯЦ'), t('OBJECT', 'ОБЪЕКТ'), t('SERVICE', 'УСЛУГА'), t('ACCRUED', 'НАЧИСЛЕНО'), t('WILL BE', 'БУДЕТ')];
      ports.print(
        renderTable(
          titles,
          rows.map((row) => [row.month, row.service_object_id, row.service_id, row.accrued, row.planned]),
        ),
      );
    }),
  );
}
