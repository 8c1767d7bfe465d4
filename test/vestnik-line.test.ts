import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Outcome, runLine } from '../client/line/test/scripted-server.ts';
import { type LineBench, openLineBench, PASSWORD } from '../hub/alerts/line/test/support/line-bench.ts';
import { createFolder } from './support/folder.ts';

/** vestnik-line against the hub's own line server: what one side writes the other one reads. */
const folder = createFolder('vestnik-line');
let bench: LineBench;

beforeAll(async () => {
  bench = await openLineBench();
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
