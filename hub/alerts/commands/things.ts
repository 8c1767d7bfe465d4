import type { Command } from 'commander';
import type { Queryable, Transaction } from '../../core/database/statement.ts';
import type { Page } from '../../core/http/page.ts';
import { identifier, wholeNumber } from '../../core/terminal/arguments.ts';
import { type Cell, renderTable } from '../../core/terminal/table.ts';
import { pageText, toJson, withExamples, withJson, withPage } from '../../core/terminal/words.ts';
import type { Act } from '../act.ts';
import type { AlertMaking } from './alert-ports.ts';
import { givenFields, withFields } from './given-fields.ts';
import { shownText } from './shown-words.ts';

/** One kind of thing that operators keep, as its commands need it. Things are shown as REST shows them. */
export interface ThingUse<T extends { readonly id: number; readonly name: string }> {
  readonly noun: string;
  readonly many: { readonly en: string; readonly ru: string };
  readonly titles: readonly (readonly [en: string, ru: string])[];
  cells(thing: T): readonly Cell[];
  readonly example: string;
  list(db: Queryable, act: Act, wish: { readonly after?: string; readonly limit: number; readonly search?: string }): Promise<Page<T>>;
  show(db: Queryable, act: Act, id: number): Promise<T>;
  add(tx: Transaction, act: Act, fields: unknown): Promise<T>;
  change(
    tx: Transaction,
    act: Act,
    wish: { readonly id: number; readonly fields: unknown; readonly version: number | undefined },
  ): Promise<T>;
  remove(tx: Transaction, act: Act, id: number): Promise<void>;
  /** Whether `list` can look for something. */
  readonly searches?: boolean;
}

/** `vestnik alerts <noun> list|show|add|set|delete` @returns the noun, for commands of its own */
export function addThing<T extends { readonly id: number; readonly name: string }>(
  alerts: Command,
  { t, withPorts }: AlertMaking,
  use: ThingUse<T>,
): Command {
  const { noun, many } = use;
  const command = alerts.command(noun).summary(t(many.en, many.ru));
  const table = (things: readonly T[]): string =>
    renderTable(
      ['ID', t('NAME', 'ИМЯ'), ...use.titles.map(([en, ru]) => t(en, ru))],
      things.map((thing) => [thing.id, shownText(thing.name), ...use.cells(thing)]),
    );
  const list = withPage(command.command('list').summary(t(`list ${many.en}`, `список: ${many.ru}`)), t);
  if (use.searches)
    list.option(
      '--search <text>',
      t('a part of the name, or the begin of a phone or e-mail', 'часть имени либо начало телефона или адреса'),
    );
  list.action(({ limit = 100, after, search, json }) =>
    withPorts(async (ports) => {
      const page = await use.list(ports.database.work, ports.act(), { limit, after, search });
      ports.print(json ? toJson(page) : pageText(table(page.items), page.next, t));
    }),
  );
  const one = (name: string, summary: string): Command => command.command(name).summary(summary).argument('<id>', '', identifier(t));
  one('show', t('all of it, as JSON', 'показать целиком в JSON')).action((id: number) =>
    withPorts(async (ports) => ports.print(toJson(await use.show(ports.database.work, ports.act(), id)))),
  );
  withExamples(
    withJson(withFields(command.command('add').summary(t('add one', 'добавить')), t), t),
    t,
    `${noun} add ${use.example}`,
  ).action((options) =>
    withPorts(async (ports) => {
      const fields = await givenFields(options);
      const made = await ports.database.transaction((tx) => use.add(tx, ports.act(), fields));
      ports.print(options.json ? toJson(made) : table([made]));
    }),
  );
  withJson(
    withFields(one('set', t('change fields of one', 'изменить поля')), t).option(
      '--version <n>',
      t('only if it is still this version', 'только если версия всё ещё эта'),
      wholeNumber(t, 1, 2_147_483_647),
    ),
    t,
  ).action((id: number, options) =>
    withPorts(async (ports) => {
      const fields = await givenFields(options);
      const changed = await ports.database.transaction((tx) => use.change(tx, ports.act(), { id, fields, version: options.version }));
      ports.print(options.json ? toJson(changed) : table([changed]));
    }),
  );
  one('delete', t('delete one', 'удалить')).action((id: number) =>
    withPorts(async (ports) => {
      await ports.database.transaction((tx) => use.remove(tx, ports.act(), id));
      ports.print(t(`${noun} ${id} is deleted`, `удалено: ${noun} ${id}`));
    }),
  );
  return command;
}
