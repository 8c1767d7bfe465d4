import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, type CommanderError } from 'commander';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { moduleCommands } from '../../core/test/support/module-commands.ts';
import { addCommands } from '../commands/index.ts';
import { ORDER_ACTIONS, TRIP_ACTIONS } from '../transitions.ts';
import { openTrips, type TripsBench } from './support/trips.ts';

let bench: TripsBench;
let folder: string;
beforeAll(async () => {
  bench = await openTrips();
  folder = await mkdtemp(join(tmpdir(), 'vestnik-trips-'));
});
afterAll(async () => {
  await bench.stop();
  await rm(folder, { recursive: true, force: true });
});

const travel = moduleCommands('travel', addCommands, () => bench.ports);
const json = async (...words: (string | number)[]) => JSON.parse(await travel([...words, '--json']));
const refused = (...words: (string | number)[]): Promise<string> =>
  travel(words).then(
    (said) => `not refused: ${said}`,
    (error: CommanderError & { reason?: string }) => error.reason ?? error.code,
  );

describe('vestnik travel trip', () => {
  test('books, cancels with a reason, shows and tells the history', async () => {
    const trip = await bench.trip({ Name: 'Петербург', OuterId: 'S-1' });
    const order = await bench.order({ ReserveType: 'rail', prices: [{ kind: 'fare', amount: '10', currency: 'RUB' }] }, trip);
    expect(await travel(['trip', 'book', trip])).toBe(`trip ${trip}: draft (draft)\n`);
    const shown = await travel(['trips', 'show', trip], 'ru');
    for (const text of ['Петербург', 'S-1', 'черновик', 'ж/д', 'inprocess (в обработке)', '10.00 RUB', 'add-order, book, set-codes'])
      expect(shown).toContain(text);
    expect(await travel(['trip', 'cancel', trip, '--reason', 'передумали'], 'ru')).toBe(`командировка ${trip}: canceled (отменена)\n`);
    const history = await travel(['trip', 'history', trip]);
    for (const text of ['cancel', 'inprocess (in process)', 'canceled (canceled)', 'cli:alice', 'передумали'])
      expect(history).toContain(text);
    expect((await json('trip', 'history', trip)).items.at(-1)).toMatchObject({ action: 'cancel', source: 'api', login: 'cli:alice' });
    expect((await json('trip', 'show', trip)).orders[0].id_Reserve).toBe(order);
    expect(await refused('trip', 'book', trip)).toBe('bad_state');
  });

  test('lists by filters, page by page', async () => {
    const organization = await bench.organization({ Name: 'Лист' });
    const trips = [await bench.trip({ id_Organization: organization, OuterId: 'A' }), await bench.trip({ id_Organization: organization })];
    const first = await travel(['trip', 'list', '--organization', organization, '--limit', 1]);
    expect(first).toContain('--after');
    expect((await json('trip', 'list', '--organization', organization, '--outer-id', 'A')).items).toMatchObject([
      { id_ComplexReserve: trips[0] },
    ]);
    expect((await json('trip', 'list', '--organization', organization, '--state', 'finished')).items).toEqual([]);
    expect((await json('trip', 'list', '--organization', organization, '--changed-since', '2099-01-01')).items).toEqual([]);
    expect(await refused('trip', 'list', '--state', 'lost')).toBe('commander.invalidArgument');
    expect(await refused('trip', 'list', '--changed-since', 'yesterday')).toBe('commander.invalidArgument');
    expect(await refused('trip', 'show', 'x')).toBe('commander.invalidArgument');
    expect(await refused('trip', 'show', 999_999)).toBe('not_found');
  });
});

describe('vestnik travel order', () => {
  test('goes through its states with what the supplier says', async () => {
    const order = await bench.order();
    await travel(['order', 'book', order]);
    expect(
      await travel(['order', 'confirm', order, '--locator', '0B1V2G', '--supplier', 'Sirena', '--time-limit', '2099-11-30T18:00:00Z']),
    ).toBe(`order ${order}: readyforissuance (ready for issuing)\n`);
    const shown = await travel(['order', 'show', order]);
    for (const text of ['0B1V2G', 'Sirena', 'flight', 'queue, ask-client, cancel']) expect(shown).toContain(text);
    expect((await json('order', 'time-limit', order, 'none')).time_limit).toBeNull();
    await travel(['order', 'queue', order]);
    const done = await json('order', 'complete', order, '--document', 'ticket:421:1', '--document', 'voucher:V-2');
    expect(done).toMatchObject({
      ReserveState: 'finished',
      documents: [
        { kind: 'ticket', number: '421:1' },
        { kind: 'voucher', number: 'V-2' },
      ],
    });
    expect(await refused('order', 'complete', order, '--document', 'passport:1')).toBe('VALIDATION');
    expect(await refused('order', 'cancel', order)).toBe('bad_state');
    expect(await travel(['order', 'history', order], 'ru')).toContain('finished (выполнен)');
    const { id_ComplexReserve: trip } = done;
    expect((await json('order', 'list', '--trip', trip, '--type', 'avia', '--state', 'finished')).items).toHaveLength(1);
    expect(await travel(['orders', 'list', '--trip', trip])).toContain(String(order));
  });

  test('saves a file that was attached', async () => {
    const order = await bench.order();
    const form = new FormData();
    form.append('ticket', new Blob(['билет']), 'Билет.pdf');
    const answer = await fetch(`${bench.address}/api/v1/orders/${order}/files`, {
      method: 'POST',
      body: form,
      headers: { authorization: `Basic ${Buffer.from('*:x').toString('base64')}` },
    });
    const { items } = (await answer.json()) as { items: { id_File: number; name: string }[] };
    expect(items[0]?.name).toBe('Билет.pdf');
    const path = join(folder, 'ticket.pdf');
    expect(await travel(['order', 'download', order, items[0]?.id_File ?? 0, '--out', path])).toBe(`Билет.pdf saved: ${path}\n`);
    expect(await readFile(path, 'utf8')).toBe('билет');
    expect(await refused('order', 'download', order, items[0]?.id_File ?? 0, '--out', path)).toBe('CONFLICT');
  });
});

test('every action has a command with help in both languages', () => {
  for (const [noun, actions] of [
    ['trip', TRIP_ACTIONS],
    ['order', ORDER_ACTIONS],
  ] as const)
    for (const language of ['en', 'ru'] as const) {
      const program = new Command('vestnik');
      addCommands(
        program.command('travel'),
        async () => undefined,
        (en, ru) => (language === 'ru' ? ru : en),
      );
      const group = program.commands[0]?.commands.find((command) => command.name() === noun);
      for (const action of actions) {
        const command = group?.commands.find((one) => one.name() === action.replaceAll('_', '-'));
        expect(command?.summary(), `${noun} ${action}`).toMatch(language === 'ru' ? /[а-я]/ : /^[a-z]/);
      }
    }
});
