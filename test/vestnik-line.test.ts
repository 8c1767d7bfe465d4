import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Outcome, runLine } from '../client/line/test/scripted-server.ts';
import { type LineBench, openLineBench, PASSWORD } from '../hub/alerts/line/test/support/line-bench.ts';
import { wav } from '../hub/alerts/test/support/wav.ts';
import { createFolder } from './support/folder.ts';

/** vestnik-line against the hub's own line server: what one side writes the other one reads. */
const folder = createFolder('vestnik-line');
let bench: LineBench;

const REPORT = Buffer.from(`<!doctype html><title>Отчёт</title>${'<p>строка</p>'.repeat(1000)}`);

beforeAll(async () => {
  bench = await openLineBench({
    async *reportOf() {
      yield REPORT.subarray(0, 5000);
      yield REPORT.subarray(5000);
    },
  });
  writeFileSync(folder.at('password'), `${PASSWORD}\n`);
});
afterAll(async () => {
  await bench?.stop();
  folder.remove();
});

function line(argv: readonly string[], input = '', login = 'admin'): Promise<Outcome> {
  const [host = '', port = ''] = bench.server.address.split(':');
  const where = ['--host', host, '--port', port, '--fingerprint', bench.server.fingerprint];
  return runLine([...where, '--login', login, '--password-file', folder.at('password'), ...argv], input);
}

test('a directory is built by a script and listed again', async () => {
  const script = [
    'ADDGROUP "Цех 2" "ночная смена, 100%"',
    'ADDABONENT BEGIN',
    'ADDABONENT DATA 1 0 "Иванов И.И." 10 2026-07-01 2026-07-14 4321 "" "АО «Заря»" "" "" "" "a\\nb \\\\ \\"c\\""',
    'ADDABONENT PHONE 1 "+79161234567" 1',
    'ADDABONENT EMAIL ivanov@example.org',
    'ADDLIST Дежурные ""',
    'LISTADDABONENTS 1 1',
  ];
  const built = await line(['--stop'], script.join('\n'));
  expect(built).toMatchObject({ exit: 0, error: '' });
  expect(built.out.split('\n')[0]).toBe('ADDGROUP OK 1 "Цех 2" "ночная смена, 100%"');
  expect(built.out).toContain('\nADDABONENT END\n');

  const people = (await line(['--json', 'GETABONENTS', '0', '1'])).out
    .trim()
    .split('\n')
    .map((text) => JSON.parse(text));
  expect(people.map(({ kind }) => kind)).toEqual(['BEGIN', 'DATA', 'PHONE', 'EMAIL', 'END']);
  expect(people[1].values).toMatchObject({
    0: '1',
    1: '1',
    3: 'Иванов И.И.',
    4: '10',
    5: '2026-07-01',
    6: '2026-07-14',
    7: '4321',
    11: 'АО «Заря»',
    15: 'a\nb \\ "c"',
  });
  expect(people[2].values).toEqual(['1', '+79161234567', '1']);
  expect((await line(['GETGROUPS'])).out).toBe('GETGROUPS BEGIN\nGETGROUPS DATA 1 "Цех 2" "ночная смена, 100%"\nGETGROUPS END\n');
});

test('refusals of the server are told with their words and end with 1', async () => {
  expect(await line(['GETABONENT', '999999'])).toMatchObject({ exit: 1, error: 'GETABONENT ERR_GETABONENT Абонент не найден.' });
  expect(await line(['ADDGROUP', 'цех 2', ''])).toMatchObject({ exit: 1, error: 'ADDGROUP ERR_ADDGROUP не удалось создать группу.' });
  await bench.operator('guest', ['alerts.view']);
  expect(await line(['ADDGROUP', 'Цех 3', ''], '', 'guest')).toMatchObject({ exit: 1, error: expect.stringContaining('ERR_NOACCESS') });
  expect(await line(['PING'], '', 'nobody')).toMatchObject({ exit: 1, error: expect.stringContaining('ERR_BADLOGIN') });
});

test('raw lines go and come as they are', async () => {
  const raw = await line(['--raw'], 'UPDATLIST 1 Дежурные%201 x%25\nPING a%20b\nFOO\n');
  expect(raw.out).toMatch(/^UPDATLIST OK 1 Дежурные%201 x%25\nPING OK a%20b\nFOO ERR_BADSYNTAX /);
  expect(raw.exit).toBe(1);
});

test('a task keeps every value that a client gave it', async () => {
  const values = [
    '5',
    '101',
    '2;1111100;09:00;w=08:00-20:00;late=5',
    '1;fire2;1',
    '1;4711;+7916*',
    '1;тревога-2',
    '1;t=30',
    'rounds=2;x=a=b;subject=Сбор\\; срочно',
  ];
  const script = [
    'ADDMESSAGE 3 Сбор "" "" "Сбор, {name}"',
    `ADDTASK 2 0 "Сбор дежурных" 1 1 ${values.map((value) => JSON.stringify(value)).join(' ')}`,
  ];
  expect(await line(['--stop'], script.join('\n'))).toMatchObject({ exit: 0, error: '' });
  const [answer] = (await line(['--json', 'GETTASK', '1'])).out.split('\n');
  expect(JSON.parse(answer!).values).toEqual(['1', '2', 'Сбор дежурных', '1', '1', ...values]);
  expect((await line(['GETTASKINFO', '1'])).error).toContain('ERR_TASKNOTRUNNING');
  expect(await line(['watch', '1'])).toMatchObject({ exit: 1, error: expect.stringContaining('ERR_TASKNOTRUNNING') });
  expect((await line(['watch', '77'])).error).toContain('ERR_GETTASK');
});

test('a run that has ended is watched at once, and its report is stored', async () => {
  await bench.rows(
    `INSERT INTO alerts_run (task_id, number, type, status, priority, channels, frozen, initiator, ended_at)
     VALUES (1, 1, 2, 4, 5, '', '{}', '{"login":"admin","how":"line","from":""}', now())`,
  );
  await bench.rows('UPDATE alerts_task SET runs = 1, status = 4');
  expect(await line(['watch', '1'])).toMatchObject({
    exit: 0,
    out: expect.stringMatching(/^run 1, [\d-]+T[\d:]+, finished: done 0 of 0, .*\n$/),
  });
  expect(await line(['report', '1', '--out', folder.at('report.html')])).toMatchObject({ exit: 0 });
  expect(readFileSync(folder.at('report.html'))).toEqual(REPORT);
  expect(await line(['report', '1', '--run', '2', '--out', folder.at('none')])).toMatchObject({
    exit: 1,
    error: expect.stringContaining('ERR_GETREPORT'),
  });
});

test('a sound file goes and comes back', async () => {
  const sound = wav();
  writeFileSync(folder.at('Сирена 1.wav'), sound);
  expect(await line(['send', folder.at('Сирена 1.wav')])).toMatchObject({
    exit: 0,
    out: `SENDRAWFILE OK "Сирена 1.wav" ${sound.length}\n`,
  });
  const back = (await line(['--json', 'GETRAWFILE', 'Сирена 1.wav'])).out
    .trim()
    .split('\n')
    .map((text) => JSON.parse(text));
  expect(Buffer.concat(back.filter(({ kind }) => kind === 'DATA').map(({ values }) => Buffer.from(values[0], 'hex')))).toEqual(
    Buffer.from(sound),
  );
  writeFileSync(folder.at('no.wav'), 'PK\x03\x04 a zip');
  expect(await line(['send', folder.at('no.wav')])).toMatchObject({ exit: 1, error: expect.stringContaining('ERR_BADSYNTAX') });
});
