import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, CommanderError } from 'commander';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { exampleFile } from '../commands/config.ts';
import { exitCodeOf, failureLines } from '../commands/exit.ts';
import { languageOf, translator } from '../commands/language.ts';
import { createProgram } from '../commands/program.ts';
import { table } from '../commands/table.ts';
import { ConfigurationError } from '../config/source.ts';
import { describeConfiguration, loadConfiguration } from '../config.ts';
import { run } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { MODULES } from '../modules.ts';
import { newFolder, runCommand } from './support/command.ts';

const commandsOf = (command: Command): Command[] => [command, ...command.commands.flatMap(commandsOf)];

/** What `--help` prints. */
function helpOf(command: Command): string {
  const parts: string[] = [];
  command.configureOutput({ writeOut: (part) => void parts.push(part) });
  command.outputHelp();
  return parts.join('');
}

describe('help', () => {
  test.each(['ru', 'en'] as const)('every command of our own explains itself in %s, with examples', async (language) => {
    const program = await createProgram(language, {}, '/');
    const ofModule = (command: Command | null): boolean =>
      command !== null && (MODULES.some(({ name }) => name === command.name()) || ofModule(command.parent));
    const own = commandsOf(program).filter((command) => command.name() !== 'help' && !ofModule(command));
    expect(own.length).toBeGreaterThan(15);
    for (const command of own) {
      const help = helpOf(command);
      expect(help, command.name()).toContain(language === 'ru' ? 'Примеры:' : 'Examples:');
      expect(help, command.name()).toContain(language === 'ru' ? 'Использование:' : 'Usage:');
      expect(command === program || command.summary() !== '', command.name()).toBe(true);
      for (const option of command.options) expect(option.description, `${command.name()} ${option.flags}`).not.toBe('');
      if (language === 'ru') expect(help, command.name()).not.toMatch(/\b(Options|Commands|Arguments|default|choices):/);
    }
  });

  test('the first page groups the commands and tells the exit codes', async () => {
    const help = helpOf(await createProgram('ru', {}, '/'));
    expect(help).toMatch(
      /Работа:\n {2}serve[\s\S]*Настройка и обслуживание:\n {2}config[\s\S]*Люди и их права:\n {2}operator[\s\S]*Модули:\n {2}tickets/,
    );
    expect(help).toMatch(/Коды завершения:\n {2}0 /);
  });
});

test('the language: --lang, the terminal, the configuration', () => {
  expect(languageOf(['serve', '--lang', 'en'], { LANG: 'ru_RU.UTF-8' }, () => 'ru')).toBe('en');
  expect(languageOf(['--lang=ru'], {}, () => 'en')).toBe('ru');
  expect(languageOf([], { LANG: 'ru_RU.UTF-8' }, () => 'en')).toBe('ru');
  expect(languageOf([], { LC_ALL: 'en_GB', LANG: 'ru_RU' }, () => 'ru')).toBe('en');
  expect(languageOf([], { LANG: 'C.UTF-8' }, () => 'en')).toBe('en');
  expect(languageOf(['--lang'], { LANG: 'runic' }, () => 'en')).toBe('en');
});

describe('failures', () => {
  test.each([
    [new CommanderError(0, 'commander.helpDisplayed', ''), 0],
    [new CommanderError(1, 'commander.unknownCommand', ''), 2],
    [new ConfigurationError(['x']), 2],
    [new HubError('STORE_UNAVAILABLE'), 3],
    [Object.assign(new Error('x'), { code: 'ECONNREFUSED' }), 3],
    [new HubError('NOT_FOUND'), 4],
    [new HubError('CONFLICT'), 4],
    [new HubError('INTERNAL'), 1],
    [new TypeError('x'), 1],
  ])('%s ends with %i', (error, code) => expect(exitCodeOf(error)).toBe(code));

  test('are one line with the next step, without a stack', () => {
    const t = translator('en');
    expect(failureLines(new HubError('STORE_UNAVAILABLE', 'no answer'), 'en', t)).toEqual([
      'no answer (`vestnik doctor` shows what is wrong)',
    ]);
    expect(failureLines(new HubError('NOT_FOUND'), 'ru', translator('ru'))).toEqual(['Не найдено (что есть, покажет команда list)']);
    expect(failureLines(new TypeError('x is not a function'), 'en', t)).toEqual(['x is not a function (more with --debug)']);
    expect(failureLines(new HubError('VALIDATION', 'two faults', { details: [{ code: 'A', path: '/a', message: 'm' }] }), 'en', t)).toEqual(
      ['two faults', '  /a: m'],
    );
    const single = new HubError('VALIDATION', 'a: m', { details: [{ code: 'A', path: '/a', message: 'm' }] });
    expect(failureLines(single, 'en', t)).toEqual(['a: m']);
  });
});

test('a table aligns its columns and lets no control character through', () => {
  expect(
    table(
      ['A', 'LONG'],
      [
        ['Ёжик', 'x'],
        ['b', 'a\u001b[31m\nb'],
      ],
    ),
  ).toBe('A     LONG\nЁжик  x\nb     a?[31m?b');
});

test('the example file is valid and says what the defaults are', () => {
  const text = exampleFile(describeConfiguration());
  const cwd = newFolder();
  writeFileSync(join(cwd, 'vestnik.yaml'), text);
  expect(loadConfiguration({ environment: {}, cwd })).toEqual({
    ...loadConfiguration({ environment: {}, cwd: newFolder() }),
    dataFolder: join(cwd, 'vestnik-data'),
  });
  // With the comment signs of the settings taken away, every key is a known one.
  const open = text.replace(/^(\s*)# ([a-zA-Z]+:.*)$/gm, '$1$2').replace(/^(\s*)(url|publicUrl|feedAddress|certificate|key):$/gm, '');
  expect(Object.keys(parse(open) as object)).toEqual([
    'dataFolder',
    'language',
    'database',
    'http',
    'log',
    'identity',
    'events',
    'tickets',
    'travel',
    'callbacks',
    'billing',
    'alerts',
  ]);
});

describe('as a process', () => {
  let database: TestDatabase;
  let environment: Record<string, string>;
  const cwd = newFolder();
  const vestnik = (args: readonly string[], input?: string) =>
    runCommand(args, { environment, cwd, ...(input !== undefined && { input }) });

  beforeAll(async () => {
    database = await createTestDatabase();
    environment = { VESTNIK_DATABASE__URL: database.url };
  });
  afterAll(() => database.drop());

  test('a mistyped command: one line with the nearest, exit 2; a wrong configuration likewise with its line', async () => {
    writeFileSync(join(newFolder(), 'x'), '');
    const bad = newFolder();
    writeFileSync(join(bad, 'vestnik.yaml'), 'http:\n  prot: 1\n');
    const [typo, russian, configuration] = await Promise.all([
      vestnik(['sevre']),
      vestnik(['operator', 'lst', '--lang', 'ru']),
      runCommand(['config'], { cwd: bad }),
    ]);
    expect(typo).toEqual({ code: 2, out: '', err: "vestnik: unknown command 'sevre' (Did you mean serve?)\n" });
    expect(russian).toEqual({ code: 2, out: '', err: "vestnik: нет команды 'lst' (возможно, list)\n" });
    expect(configuration).toEqual({
      code: 2,
      out: '',
      err: `vestnik: ${join(bad, 'vestnik.yaml')}:2: unknown key "prot" in http; did you mean "port"?\n`,
    });
  });

  test('config --print hides the password', async () => {
    const { code, out } = await runCommand(['config', '--print'], {
      environment: { VESTNIK_DATABASE__URL: 'postgresql://me:hunter2@host/db' },
    });
    expect(code).toBe(0);
    expect((parse(out) as { database: { url: string } }).database.url).toBe('postgresql://me:***@host/db');
  });

  test('operators: add, list, rights, disable; every change is audited with its face', async () => {
    const added = await vestnik(
      ['operator', 'add', 'Anna', '--name', 'Анна', '--right', 'tickets.view', '--password-stdin'],
      'correct horse battery\n',
    );
    expect(added).toMatchObject({ code: 0, out: 'added anna; rights: tickets.view\n', err: '' });
    const again = await vestnik(['operator', 'add', 'anna']);
    expect([again.code, again.err]).toEqual([4, 'vestnik: there is an operator anna already\n']);
    const wrong = await vestnik(['operator', 'rights', 'anna', '--add', 'tickets.veiw']);
    expect([wrong.code, wrong.err]).toEqual([4, expect.stringMatching(/^vestnik: "tickets.veiw" is not a right of this hub\n$/)]);
    expect((await vestnik(['operator', 'rights', 'anna', '--add', 'tickets.manage', '--remove', 'tickets.view'])).out).toBe(
      'anna: tickets.manage\n',
    );
    const shown = (await vestnik(['operator', 'rights', 'anna'])).out;
    expect(shown).toMatch(/^anna: tickets\.manage\n\nMODULE +RIGHTS +GRANTED\n/);
    expect(shown).toMatch(/^tickets +\d+ +1$/m);
    expect(shown).toMatch(/^billing +\d{3,} +0$/m);
    expect(shown).toContain('\nthe rights of a module: vestnik operator rights anna --module ');
    expect(shown.split('\n').length).toBeLessThan(20);
    const ofTickets = (await vestnik(['operator', 'rights', 'anna', '--module', 'tickets', '--lang', 'ru'])).out;
    expect(ofTickets).toMatch(/^anna: tickets\.manage\n\nПРАВО +ВЫДАНО +ПОЗВОЛЯЕТ\n/);
    expect(ofTickets).toMatch(/^tickets\.manage +да +\S/m);
    expect(ofTickets).toMatch(/^tickets\.view +- +\S/m);
    expect(ofTickets).not.toContain('billing');
    const unknown = await vestnik(['operator', 'rights', 'anna', '--module', 'tikets']);
    expect([unknown.code, unknown.err]).toEqual([
      4,
      expect.stringMatching(/^vestnik: no module "tikets" has rights; there are .*\bbilling, .*tickets/),
    ]);
    expect(await vestnik(['operator', 'rights', 'anna', '--module', 'tickets', '--add', 'tickets.view'])).toMatchObject({ code: 2 });
    expect(await vestnik(['operator', 'rights', 'anna', 'tickets.view', '--module', 'tickets'])).toMatchObject({ code: 4 });
    expect((await vestnik(['operator', 'disable', 'anna'])).out).toBe('anna: disabled\n');
    const listed = JSON.parse((await vestnik(['operator', 'list', '--json'])).out) as object[];
    expect(listed).toEqual([expect.objectContaining({ login: 'anna', displayName: 'Анна', rights: ['tickets.manage'], enabled: false })]);
    const audit = (await vestnik(['audit', '--object', 'anna', '--json'])).out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { action: string; login: string; face: string });
    expect(audit.map((row) => row.action)).toEqual(['identity.operator.change', 'identity.operator.change', 'identity.operator.add']);
    expect(audit.every((row) => row.face === 'cli' && row.login.startsWith('cli:'))).toBe(true);
  });

  test('a password that is made is shown once; tokens: add, list, revoke', async () => {
    const made = await vestnik(['operator', 'add', 'robot', '--right', 'tickets.view']);
    expect(made.out).toMatch(/password, shown once: [a-z0-9]{5}(-[a-z0-9]{5}){3}\n$/);
    const token = await vestnik(['token', 'add', 'nightly', '--owner', 'robot', '--days', '7']);
    expect(token.out).toMatch(/token 1; rights: tickets\.view; expires: \d{4}-.*\nshown once: vst_[\w-]{43}\n/);
    expect((await vestnik(['token', 'revoke', '1'])).out).toBe('revoked 1\n');
    expect((await vestnik(['token', 'list'])).out).toMatch(/1 +robot +nightly +revoked/);
    expect(await vestnik(['token', 'revoke', '99'])).toMatchObject({
      code: 4,
      err: 'vestnik: there is no token 99 (the list command shows what there is)\n',
    });
    expect(await vestnik(['token', 'revoke', 'x'])).toMatchObject({ code: 2 });
  });

  test('migrate --status: all applied, exit 0; one missing, exit 1; migrate applies nothing twice', async () => {
    const status = await vestnik(['migrate', '--status']);
    expect([status.code, status.out]).toEqual([0, expect.stringMatching(/tickets +0001-tickets\.sql +\d{4}-/)]);
    expect((await vestnik(['migrate'])).out).toBe('the database is up to date\n');
    await run(database.database.work, "DELETE FROM migration WHERE module = 'tickets'");
    const missing = await vestnik(['migrate', '--status', '--json']);
    expect(missing.code).toBe(1);
    expect(
      (JSON.parse(missing.out) as { module: string; appliedAt: string | null }[]).find((row) => row.module === 'tickets')?.appliedAt,
    ).toBeNull();
  });

  test('a database that is not there: exit 3 within seconds, doctor says so with exit 1', async () => {
    const away = { environment: { VESTNIK_DATABASE__URL: 'postgresql://vestnik@127.0.0.1:1/x' } };
    const [list, doctor] = await Promise.all([runCommand(['operator', 'list'], away), runCommand(['doctor', '--json'], away)]);
    expect(list.code).toBe(3);
    expect(list.err).toMatch(/^vestnik: the database did not answer.*ECONNREFUSED.*\(`vestnik doctor` shows what is wrong\)\n$/);
    expect(doctor.code).toBe(1);
    const findings = JSON.parse(doctor.out) as { level: string; name: string; next?: string }[];
    expect(findings.filter((finding) => finding.level === 'fail')).toEqual([
      expect.objectContaining({ name: 'database', next: expect.stringContaining('database.url') }),
    ]);
    expect(findings.filter((finding) => finding.level !== 'ok').every((finding) => finding.next)).toBe(true);
  });
});
