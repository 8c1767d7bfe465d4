import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { unzipSync } from 'fflate';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { loadConfiguration } from '../../config.ts';
import { renderFields, renderTable } from '../../core/terminal/table.ts';
import { moduleCommands } from '../../core/test/support/module-commands.ts';
import { addCommands } from '../commands/index.ts';
import { writePrivateFile } from '../commands/private-file.ts';
import { deliver, openWorkbench, storeDocuments, type Workbench } from './support/administration.ts';
import { failure } from './support/failure.ts';

let bench: Workbench;
let folder: string;
beforeAll(async () => {
  bench = await openWorkbench();
});
afterAll(() => bench.drop());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vestnik-commands-'));
  await bench.events();
  await bench.audits();
});
afterEach(async () => {
  process.exitCode = undefined;
  await rm(folder, { recursive: true, force: true });
});

const configuration = loadConfiguration({ environment: { VESTNIK_TICKETS__FEED_NAMES: 'hub.example.org' }, cwd: '/' });

const tickets = moduleCommands('tickets', addCommands, () => ({ configuration, database: bench.database, authority: bench.authority }));
const json = async (...words: string[]) => JSON.parse(await tickets([...words, '--json']));
/** A command line that is refused before anything is done. */
const refused = async (...words: string[]): Promise<CommanderError> => {
  const error = await tickets(words).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof CommanderError)) throw new Error('expected a complaint about the command line', { cause: error });
  return error;
};

describe('a client on the command line', () => {
  test('is added with its kit in a file that only its owner can read', async () => {
    const out = join(folder, 'agency-17.zip');
    const said = await tickets(['client', 'add', 'agency-17', '--title', 'Ветер', '--agency', '17мов', '--agency', '17MOV', '--out', out]);
    expect(said).toContain(`client agency-17 added; its kit is ${out}`);
    expect(statSync(out).mode & 0o777).toBe(0o600);
    const files = unzipSync(readFileSync(out));
    expect(Object.keys(files).sort()).toEqual(['Stat_Client.conf', 'agency-17.pem', 'ca.crt']);
    expect(Buffer.from(files['Stat_Client.conf'] ?? []).toString()).toContain('Connect = hub.example.org:8443');
    expect((await bench.audits()).map(({ login, action }) => [login, action])).toEqual([
      ['cli:alice', 'tickets.client.add'],
      ['cli:alice', 'tickets.certificate.issue'],
    ]);
    expect(await tickets(['client', 'show', 'agency-17'])).toContain('agency 17МОВ|17MOV');
  });

  test('whose file is there already is not added, and the file stays as it is', async () => {
    const out = join(folder, 'taken.zip');
    await writeFile(out, 'precious');
    const error = await failure(tickets(['client', 'add', 'taken', '--title', 'T', '--everything', '--out', out]));
    expect([error.code, error.message]).toEqual(['CONFLICT', expect.stringContaining('is there already')]);
    expect(readFileSync(out, 'utf8')).toBe('precious');
    expect((await failure(tickets(['client', 'show', 'taken']))).code).toBe('NOT_FOUND');
  });

  test('that cannot be added leaves no file behind', async () => {
    const out = join(folder, 'twice.zip');
    await bench.client({ name: 'twice' });
    expect((await failure(tickets(['client', 'add', 'twice', '--title', 'T', '--everything', '--out', out]))).code).toBe('CONFLICT');
    expect(existsSync(out)).toBe(false);
    const away = join(folder, 'none/x.zip');
    expect((await failure(tickets(['client', 'add', 'awry', '--title', 'T', '--out', away]))).message).toContain(
      'its folder does not exist',
    );
  });

  test('without a subscription is told what comes next', async () => {
    expect(await tickets(['client', 'add', 'quiet', '--title', 'T', '--out', join(folder, 'q.zip')])).toContain(
      'it receives nothing yet: vestnik tickets client subscribe quiet',
    );
  });

  test('is renewed into a PEM of its own and revoked by serial', async () => {
    await bench.client({ name: 'renewing' });
    const out = join(folder, 'renewing.pem');
    const made = await json('client', 'renew', 'renewing', '--out', out, '--days', '10');
    expect(statSync(out).mode & 0o777).toBe(0o600);
    expect(new X509Certificate(readFileSync(out)).serialNumber.toLowerCase()).toBe(made.serial);
    expect(readFileSync(out, 'utf8')).toContain('PRIVATE KEY');
    expect(await tickets(['client', 'revoke', 'renewing', '--serial', made.serial, '--reason', 'lost'])).toContain(made.serial);
    expect((await failure(tickets(['client', 'revoke', 'renewing', '--reason', 'lost']))).code).toBe('CONFLICT');
    expect((await refused('client', 'renew', 'renewing', '--out', out, '--days', '9999')).code).toBe('commander.invalidArgument');
  });

  test('is changed, subscribed and unsubscribed', async () => {
    await bench.client({ name: 'various', subscriptions: [], contacts: ['a@b.example'] });
    expect(await tickets(['client', 'set', 'various', '--title', 'New', '--no-contacts', '--warn-age', '7,1', '--warn-queued', '5'])).toBe(
      'client various changed\n',
    );
    expect(await json('client', 'show', 'various')).toMatchObject({
      title: 'New',
      contacts: [],
      warnAgeDays: [1, 7],
      warnQueued: 5,
      selfReplay: false,
    });
    expect(await tickets(['client', 'set', 'various', '--warn-age', 'default', '--warn-queued', 'default', '--self-replay'])).toContain(
      'changed',
    );
    expect(await json('client', 'show', 'various')).toMatchObject({ warnAgeDays: null, warnQueued: null, selfReplay: true });
    expect(await tickets(['client', 'set', 'various', '--title', 'New'])).toBe('nothing to change\n');
    const row = await json('client', 'subscribe', 'various', '--carrier', 's7', '--carrier-scope', 'any', '--kind', 'refund');
    expect(row).toMatchObject({ carrier: ['S7'], carrierScope: 'any', kind: ['refund'] });
    expect(await tickets(['client', 'unsubscribe', 'various', '--id', String(row.subscriptionId)])).toContain('1');
    expect((await failure(tickets(['client', 'subscribe', 'various']))).code).toBe('VALIDATION');
    for (const words of [['--id', 'x'], [], ['--id', '1', '--all']]) await refused('client', 'unsubscribe', 'various', ...words);
    for (const days of ['31', '0', '1;2', '']) await refused('client', 'set', 'various', '--warn-age', days);
  });

  test('is held, released, closed and opened', async () => {
    await bench.client({ name: 'stated' });
    await refused('client', 'hold', 'stated');
    expect(await tickets(['client', 'hold', 'stated', '--reason', 'x'])).toBe('client stated is held\n');
    expect(await tickets(['client', 'list', '--state', 'held'], 'ru')).toMatch(/stated\s+Party\s+приостановлен/);
    expect(await tickets(['client', 'release', 'stated'])).toContain('released');
    expect(await tickets(['client', 'close', 'stated', '--reason', 'left'])).toContain('closed');
    expect((await failure(tickets(['client', 'release', 'stated']))).message).toContain('is closed');
    expect(await tickets(['client', 'open', 'stated'])).toContain('open');
  });
});

describe('a mailbox on the command line', () => {
  test('is shown, withdrawn from and replayed into', async () => {
    const client = await bench.client({ name: 'boxed' });
    const made = await storeDocuments(bench.database, [client], ['BOX1', 'BOX2', 'BOX3']);
    await deliver(bench.database, client, 1);
    expect(await json('mailbox', 'boxed')).toMatchObject({ queued: 2, queuedExact: true, state: 'active' });
    expect(await tickets(['mailbox', 'boxed', '--list'])).toMatch(/BOX2[\s\S]*BOX3/);
    expect(await tickets(['withdraw', 'boxed', '--seq', '2', '--reason', 'x'])).toContain(`document ${made[1]?.documentId}`);
    expect(await tickets(['mailbox', 'boxed', '--history'])).toMatch(/2\s+withdrawn[\s\S]*1\s+delivered/);
    expect(await tickets(['mailbox', 'boxed', '--expired'])).not.toContain('BOX');
    expect(await tickets(['mailbox', 'boxed', '--list', '--limit', '1'])).not.toContain('more');
    expect(await json('replay', 'boxed', '--seq', '1-2', '--dry-run')).toEqual({
      matched: 2,
      replayed: 2,
      withoutBody: 0,
      queued: 0,
      dryRun: true,
    });
    expect(await tickets(['replay', 'boxed', '--from', '2026-01-01'])).toMatch(/queued\s+2 \(4-5\)/);
    expect(await json('replay', 'boxed', '--number', 'BOX1', '--number', 'BOX3')).toMatchObject({ matched: 2, replayed: 0, queued: 2 });
  });

  test.each([
    [[]],
    [['--seq', '5-1']],
    [['--seq', '0']],
    [['--seq', 'x']],
    [['--to', '2026-01-01']],
    [['--from', 'yesterday']],
    [['--from', '2026-02-30']],
    [['--number', 'A', '--seq', '1']],
  ])('replay %j is refused as a command line', async (words) => {
    await refused('replay', 'boxed', ...words);
    expect(await bench.events()).toEqual([]);
  });
});

test('documents are found and shown; their XML is the stored text', async () => {
  const client = await bench.client({ name: 'reader' });
  const [made] = await storeDocuments(bench.database, [client], ['FIND1']);
  const id = made?.documentId ?? '';
  expect(await tickets(['find', 'find-1'])).toContain(id);
  expect(await tickets(['find', 'NOTHING'], 'ru')).toBe('документов нет\n');
  expect(await tickets(['show', id])).toMatch(/reader\s+1\s+queued/);
  expect(await tickets(['show', id, '--xml'])).toContain('<BSONUM>FIND1</BSONUM>');
  expect((await bench.audits()).map((entry) => entry.action)).toContain('tickets.document.read');
  expect((await failure(tickets(['show', '4214200000001']))).message).toContain('vestnik tickets find');
});

describe('files on the command line', () => {
  const xml = (number: string) =>
    `<?xml version="1.0" encoding="UTF-8"?>\n<TICKETS>\n  <TICKET><TYPE>ETICKET</TYPE><OPTYPE>SALE</OPTYPE><TRANS_TYPE>SALE</TRANS_TYPE><BSONUM>${number}</BSONUM></TICKET>\n</TICKETS>\n`;

  test('are imported from files and folders, each told with its findings; errors end with 9', async () => {
    await bench.client({ name: 'importer' });
    await mkdir(join(folder, 'in'));
    await writeFile(join(folder, 'in/a.xml'), xml('IMP1'));
    await writeFile(join(folder, 'in/b.zip'), 'not a zip');
    const said = await tickets(['import', join(folder, 'in'), '--client', 'importer', '--queue']);
    expect(said).toMatch(/a\.xml: documents 1, imported 1, known 0/);
    expect(said).toContain('b.zip: it is not a zip archive');
    expect(process.exitCode).toBe(9);
    expect(await json('mailbox', 'importer')).toMatchObject({ queued: 1 });
  });

  test('are checked without a database, in both languages and as JSON; exit code 9 tells of errors', async () => {
    await writeFile(join(folder, 'good.xml'), xml('CHK1'));
    const written: string[] = [];
    const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
    const check = async (...words: string[]): Promise<string> => {
      written.length = 0;
      const program = new Command('vestnik').exitOverride();
      addCommands(
        program.command('tickets'),
        () => Promise.reject(new Error('no database is needed')),
        (_, ru) => ru,
      );
      await program.parseAsync(['tickets', 'check', ...words], { from: 'user' });
      return written.join('');
    };
    try {
      expect(await check(join(folder, 'good.xml'))).toContain('Файлов: 1');
      const before = process.exitCode;
      await writeFile(join(folder, 'bad.xml'), '<TICKETS><TICKET>');
      const report = JSON.parse(await check(folder, '--json'));
      expect([before, process.exitCode]).toEqual([undefined, 9]);
      expect(report.totals.files).toBe(2);
    } finally {
      write.mockRestore();
    }
  });
});

describe('what is printed', () => {
  test('stands in columns, numbers on the right, without control characters of foreign texts', () => {
    expect(
      renderTable(
        ['NAME', 'N', 'OK'],
        [
          ['ветер', 5, true],
          ['a\u001b[31m\n', 1_000, null],
        ],
      ),
    ).toBe('NAME        N  OK\nветер       5  +\na\ufffd[31m\ufffd  1000  -');
    expect(
      renderFields([
        ['a', 'x'],
        ['long', undefined],
      ]),
    ).toBe('a     x\nlong  -');
  });

  test('every command has its help in both languages with examples of itself', async () => {
    for (const language of ['en', 'ru'] as const) {
      const program = new Command('vestnik');
      addCommands(
        program,
        () => Promise.resolve(),
        (en, ru) => (language === 'ru' ? ru : en),
      );
      const walk = (command: Command): Command[] => [command, ...command.commands.flatMap((sub) => walk(sub as Command))];
      const commands = walk(program).filter((command) => command.name() !== 'vestnik' && command.name() !== 'help');
      expect(commands.length).toBeGreaterThan(18);
      for (const command of commands) {
        const text = `${command.summary()} ${command.options.map((option) => option.description).join(' ')}`;
        expect(/[а-я]/.test(text.replaceAll(/17МОВ/g, '')), `${command.name()} in ${language}`).toBe(language === 'ru');
      }
    }
  });
});

describe('a private file', () => {
  test('is given back when the work fails', async () => {
    const path = join(folder, 'secret');
    await expect(
      writePrivateFile(path, async (write) => {
        await write('half');
        throw new Error('the commit failed');
      }),
    ).rejects.toThrow('the commit failed');
    expect(existsSync(path)).toBe(false);
  });
});
