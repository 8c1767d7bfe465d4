import { type Command, InvalidArgumentError, Option } from 'commander';
import { validate } from '../../core/http/validate.ts';
import type { CommandPorts } from '../../core/module.ts';
import { identifier } from '../../core/terminal/arguments.ts';
import { renderTable } from '../../core/terminal/table.ts';
import { type Making, type Translate, toJson, withExamples, withJson } from '../../core/terminal/words.ts';
import { priceChangesSchema, pricesSchema, shownPrices, toPrices } from '../api/tariff-prices.ts';
import { renewPlanFees } from '../renew-plan-fees.ts';
import { changePricesFrom, PRICE_UNITS, setTariffPrices } from '../set-tariff-prices.ts';
import { commandAct } from './command-act.ts';
import { jsonFile } from './json-file.ts';

const dayOption =
  (t: Translate) =>
  (text: string): Temporal.PlainDate => {
    try {
      return Temporal.PlainDate.from(text);
    } catch {
      throw new InvalidArgumentError(t('a day such as 2026-11-22.', 'день, например 2026-11-22.'));
    }
  };

type Shown = Awaited<ReturnType<typeof shownPrices>>;

const table = ({ prices }: Shown, t: Translate): string =>
  renderTable(
    [t('SERVICE', 'УСЛУГА'), t('UNIT', 'ЗА'), t('PRICE', 'ЦЕНА'), t('FROM', 'С'), t('TO', 'ПО')],
    prices.map(({ service_id, unit, price, valid_from, valid_to }) => [service_id, unit, price, valid_from, valid_to]),
  );

/** `vestnik billing tariff-plan prices|price|set-prices|renew-fees` */
export function addPriceCommands(noun: Command, { t, withPorts }: Making): void {
  const plan = (command: Command): Command => command.argument('<id>', t('number of the plan', 'номер тарифного плана'), identifier(t));
  const print = ({ print: say }: CommandPorts, shown: Shown, options: { readonly json?: boolean }): void =>
    say(options.json ? toJson(shown) : table(shown, t));
  const show = plan(noun.command('prices'))
    .summary(t('show the price list', 'показать цены'))
    .option('--on <day>', t('only what counts on this day', 'только действующие в этот день'), dayOption(t));
  withJson(show, t).action((id: number, options) =>
    withPorts(async (ports) => print(ports, await ports.database.transaction((tx) => shownPrices(tx, id, options.on)), options)),
  );
  const one = plan(noun.command('price'))
    .summary(t('another price from a day on; what was before stays', 'новая цена с указанного дня; прежняя до него остаётся'))
    .requiredOption('--service <id>', t('the service', 'услуга'), identifier(t))
    .addOption(new Option('--unit <unit>', t('price of what', 'цена за что')).choices(PRICE_UNITS).default('month'))
    .option('--price <amount>', t('such as 450.00', 'например 450.00'))
    .option('--none', t('from then on there is none', 'с этого дня цены нет'))
    .requiredOption('--from <day>', t('the first day of the price', 'первый день цены'));
  withExamples(withJson(one, t), t, 'tariff-plan price 3 --service 1 --price 450.00 --from 2027-01-01').action((id: number, options) =>
    withPorts(async (ports) => {
      const price = { service_id: options.service, unit: options.unit, price: options.none ? null : options.price };
      const { from, prices } = validate(priceChangesSchema, { from: options.from, prices: [price] }, 'body');
      const shown = await ports.database.transaction(async (tx) => {
        const news = prices.map(({ service_id, ...rest }) => ({ ...rest, serviceId: service_id }));
        await changePricesFrom(tx, commandAct(ports), id, { from, prices: news });
        return shownPrices(tx, id, undefined);
      });
      print(ports, shown, options);
    }),
  );
  const renew = plan(noun.command('renew-fees'))
    .summary(t('take the fees of its contracts anew from a month on', 'пересчитать абонплату договоров с этим тарифом'))
    .requiredOption(
      '--from <day>',
      t('its month is the first; closed months stay', 'с месяца этого дня; закрытые месяцы остаются'),
      dayOption(t),
    );
  withJson(renew, t).action((id: number, options) =>
    withPorts(async (ports) => {
      const sum = { contracts: 0, changed: 0 };
      for (let after: number | null = 0; after !== null; ) {
        const part = await renewPlanFees(ports.database, commandAct(ports), { planId: id, from: options.from, after, limit: 1_000 });
        sum.contracts += part.contracts;
        sum.changed += part.changed;
        after = part.next;
      }
      const said = t(`${sum.contracts} contracts, ${sum.changed} changed`, `договоров: ${sum.contracts}, изменено: ${sum.changed}`);
      ports.print(options.json ? toJson(sum) : said);
    }),
  );
  const all = plan(noun.command('set-prices'))
    .summary(t('put a price list in place of the present one', 'заменить весь список цен'))
    .requiredOption(
      '--file <file>',
      t(
        'prices as JSON, as `prices --json` prints them; - reads standard input',
        'цены в JSON, как выводит `prices --json`; - читает стандартный ввод',
      ),
    );
  withJson(all, t).action((id: number, options) =>
    withPorts(async (ports) => {
      const file = await jsonFile(options.file);
      const list = typeof file === 'object' && file !== null && 'prices' in file ? file.prices : file;
      const { prices } = validate(pricesSchema, { prices: list }, 'body');
      const shown = await ports.database.transaction(async (tx) => {
        await setTariffPrices(tx, commandAct(ports), id, toPrices(prices));
        return shownPrices(tx, id, undefined);
      });
      print(ports, shown, options);
    }),
  );
}
