import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { billingCommands } from './support/billing-commands.ts';
import { type BillingRest, openBillingRest } from './support/billing-rest.ts';

let bench: BillingRest;
let folder: string;
beforeAll(async () => {
  bench = await openBillingRest();
  folder = await mkdtemp(join(tmpdir(), 'vestnik-tariffs-'));
});
afterAll(async () => {
  await bench.stop();
  await rm(folder, { recursive: true, force: true });
});

const billing = billingCommands(() => bench);
const json = async (...words: (string | number)[]) => JSON.parse(await billing([...words, '--json']));
const refused = (...words: (string | number)[]): Promise<unknown> =>
  billing(words).then(
    (said) => `not refused: ${said}`,
    (error: unknown) => error,
  );
const file = async (name: string, content: unknown): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};

describe('on the command line', () => {
  test('an instance is made with settings, each of which can be changed by itself', async () => {
    const made = await json('module', 'add', 'Абонплата', '--kind', 'npay', '--set', 'manage=true', '--set', 'unlockBalanceLimit=50');
    expect(made).toMatchObject({ kind: 'npay', settings: { manage: true, unlockBalanceLimit: '50' }, version: 1 });
    const { id } = made;
    expect(await billing(['module', 'change', id, '--set', 'statusPairs=0:3,3:0', '--set', 'unlockBalanceLimit='])).toBe(
      `module ${id} changed\n`,
    );
    expect(await json('module', 'show', id)).toEqual(await bench.ok('GET', `/modules/${id}`));
    expect((await json('module', 'show', id)).settings).toEqual({ manage: true, statusPairs: '0:3,3:0' });
    expect(await refused('module', 'change', id, '--set', 'manage=maybe')).toMatchObject({ code: 'BAD_REQUEST', reason: 'settings' });
    expect(await refused('module', 'change', id, '--set', 'manage')).toMatchObject({ code: 'BAD_REQUEST' });
    expect(await refused('module', 'add', 'x')).toMatchObject({ code: 'VALIDATION' });
    expect(await billing(['module', 'kinds'], 'ru')).toMatch(/npay +Абонплата[\s\S]*npay +lockedStatus +3 +статус должника/);
    expect(await billing(['module', 'list', '--kind', 'npay'])).toMatch(/ID +KIND +TITLE +SETTINGS\n +1 +npay +Абонплата/);
  });

  test('a pattern is made, shown, changed and deleted', async () => {
    const said = await billing([
      'pattern',
      'add',
      'Физлица',
      '--number-mask',
      'Ф-NNN',
      '--mode',
      'debit',
      '--modules',
      '1',
      '--limit',
      '-5.5',
    ]);
    const id = Number(/^pattern (\d+) added\n$/.exec(said)?.[1]);
    expect(await json('pattern', 'show', id)).toMatchObject({
      ...{ title: 'Физлица', number_mask: 'Ф-NNN', next_title: 'Ф-001', mode: 'debit', modules: [1], limit: '-5.50' },
    });
    expect(await billing(['pattern', 'change', id, '--title', 'Частные', '--counter', '41'], 'ru')).toBe(`изменено: шаблон ${id}\n`);
    expect(await billing(['pattern', 'show', id], 'ru')).toMatch(
      /название +Частные[\s\S]*последний выданный номер +41[\s\S]*следующий договор +Ф-042/,
    );
    expect(await refused('pattern', 'change', id, '--mode', 'both')).toBeInstanceOf(CommanderError);
    expect(await refused('pattern', 'change', id, '--number-mask', 'Ф')).toMatchObject({ reason: 'number_mask' });
    expect(await billing(['pattern', 'list', '--search', 'част'])).toContain('Частные');
    expect(await billing(['pattern', 'delete', id])).toBe(`pattern ${id} deleted\n`);
    expect(await refused('pattern', 'show', id)).toMatchObject({ code: 'NOT_FOUND' });
    const audited = await bench.rows('SELECT login, face, action FROM audit WHERE object = $1 ORDER BY id', [`pattern/${id}`]);
    expect(audited).toEqual(
      ['create', 'change', 'delete'].map((verb) => ({ login: 'cli:alice', face: 'cli', action: `billing.pattern.${verb}` })),
    );
  });

  test('a tariff plan gets its prices one by one, and as a whole', async () => {
    const service = await json('service', 'add', 'Интернет', '--module', 1);
    const plan = await json('tariff-plan', 'add', 'Дом 100', '--person-type', 'person', '--no-used');
    expect(plan).toMatchObject({ person_type: 'person', used: false });
    const price = (amount: string, from: string) =>
      json('tariff-plan', 'price', plan.id, '--service', service.id, '--price', amount, '--from', from);
    await price('400', '2026-01-01');
    const shown = await price('450.00', '2027-01-01');
    expect(shown.prices).toMatchObject([
      { price: '400.00', valid_from: '2026-01-01', valid_to: '2026-12-31' },
      { price: '450.00', valid_from: '2027-01-01', valid_to: null },
    ]);
    expect(await billing(['tariff-plan', 'prices', plan.id, '--on', '2027-02-01'])).toMatch(
      /^SERVICE +UNIT +PRICE +FROM +TO\n +\d+ +month +450\.00 +2027-01-01 +-\n$/,
    );
    expect(await billing(['tariff-plan', 'renew-fees', plan.id, '--from', '2026-01-01'])).toBe('0 contracts, 0 changed\n');
    const ended = await json('tariff-plan', 'price', plan.id, '--service', service.id, '--none', '--from', '2027-01-01');
    expect(ended.prices).toHaveLength(1);
    expect(await refused('tariff-plan', 'price', plan.id, '--service', service.id, '--from', '2027-01-01')).toMatchObject({
      code: 'VALIDATION',
    });
    expect(await refused('tariff-plan', 'prices', plan.id, '--on', 'tomorrow')).toBeInstanceOf(CommanderError);
    // What `prices --json` prints can be given back.
    const back = await file('prices.json', shown);
    expect((await json('tariff-plan', 'set-prices', plan.id, '--file', back)).prices).toEqual(shown.prices);
    expect(await refused('tariff-plan', 'set-prices', plan.id, '--file', await file('bad.json', '{'))).toMatchObject({
      code: 'BAD_REQUEST',
    });
    expect(await refused('tariff-plan', 'set-prices', plan.id, '--file', join(folder, 'none'))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await billing(['tariff-plan', 'list'])).toMatch(/Дом 100 +- +person/);
  });

  test('sets, groups and options', async () => {
    const [service] = (await json('service', 'list', '--module', 1)).items;
    const set = await json('service-set', 'add', 'Основные', '--module', 1, '--services', service.id);
    expect(set).toMatchObject({ module_id: 1, services: [service.id] });
    const [plan] = (await json('tariff-plan', 'list')).items;
    expect(plan).not.toHaveProperty('config');
    const group = await json('tariff-group', 'add', 'Домашние', '--plans', `${plan.id}:2026-01-01..`, '--position', -3);
    expect(group).toMatchObject({ position: -3, plans: [{ plan_id: plan.id, date_from: '2026-01-01', date_to: null }] });
    expect((await json('tariff-group', 'change', group.id, '--plans', '')).plans).toEqual([]);
    expect(await refused('tariff-group', 'add', 'x', '--plans', 'a')).toBeInstanceOf(CommanderError);

    const modes = await file('modes.json', { modes: [{ title: 'На месяц' }], comment: 'из файла' });
    const option = await json('tariff-option', 'add', 'Турбо', '--tariffs', plan.id, '--file', modes, '--date-to', '2030-01-01');
    expect(option).toMatchObject({ comment: 'из файла', tariffs: [plan.id], date_to: '2030-01-01', modes: [{ title: 'На месяц' }] });
    const changed = await json('tariff-option', 'change', option.id, '--no-enabled', '--date-to', '');
    expect(changed).toEqual({ ...option, enabled: false, date_to: null, version: 2 });
    expect(await refused('tariff-option', 'add', 'x', '--file', await file('list.json', []))).toMatchObject({ code: 'BAD_REQUEST' });
    expect(await refused('tariff-plan', 'delete', plan.id)).toMatchObject({ code: 'CONFLICT', reason: 'tariff_plan_held' });
  });

  test('a list that goes on says how', async () => {
    for (const title of ['Список-1', 'Список-2', 'Список-3']) await billing(['tariff-plan', 'add', title]);
    const said = await billing(['tariff-plan', 'list', '--search', 'список', '--limit', '2']);
    expect(said).not.toContain('Список-3');
    const after = /more with --after (\S+)/.exec(said)?.[1] ?? '';
    expect(await billing(['tariff-plan', 'list', '--search', 'список', '--after', after])).toContain('Список-3');
  });
});
