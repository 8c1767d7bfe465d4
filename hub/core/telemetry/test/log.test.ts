import { Writable } from 'node:stream';
import { afterEach, describe, expect, test } from 'vitest';
import { notesOf } from '../channels.ts';
import { type Log, type LogOptions, startLog } from '../log.ts';
import { requestContext } from '../request-context.ts';

let log: Log | undefined;
let written = '';

function listen(options: Partial<LogOptions> = {}): void {
  written = '';
  const to = new Writable({
    write(chunk, _encoding, done) {
      written += String(chunk);
      done();
    },
  });
  log = startLog({ level: 'debug', format: 'json', to, ...options });
}

const lines = (): Record<string, unknown>[] =>
  written
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);

afterEach(() => log?.stop());

const notes = notesOf('test.part');

test('a note is one line of JSON with time, level, component and what it is about', () => {
  listen();
  notes.info('something\nhappened', { client: 'agency-17', count: 2 });
  expect(written.endsWith('\n')).toBe(true);
  expect(lines()).toEqual([
    {
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      pid: process.pid,
      from: 'test.part',
      msg: 'something\nhappened',
      client: 'agency-17',
      count: 2,
    },
  ]);
});

test('levels below the chosen one are left out', () => {
  listen({ level: 'warn' });
  notes.info('no');
  notes.warn('yes');
  expect(lines().map((line) => line['msg'])).toEqual(['yes']);
});

test('what is said while a request is handled carries its id', async () => {
  listen();
  await requestContext.run({ requestId: 'r-7' }, async () => {
    await new Promise((resolve) => setImmediate(resolve));
    notes.info('inside');
  });
  notes.info('outside');
  expect(lines().map((line) => line['requestId'])).toEqual(['r-7', undefined]);
});

test('pretty lines name the component and the text', () => {
  listen({ format: 'pretty' });
  notes.warn('it is slow', { ms: 7 });
  expect(written).toMatch(/WARN.*test\.part: it is slow.*"ms":7/);
});

test('after stop nothing is written', () => {
  listen();
  log?.stop();
  notes.error('no');
  expect(written).toBe('');
});

describe('errors', () => {
  test('are written with code, stack and causes, without the values that the driver quotes', () => {
    listen();
    const cause = Object.assign(new Error('duplicate key'), {
      code: '23505',
      detail: 'Key (passport)=(4510123456) already exists.',
      where: 'row 4510123456',
    });
    notes.error('it failed', {}, new Error('outer', { cause }));
    const [line] = lines();
    expect(line?.['error']).toMatchObject({
      name: 'Error',
      message: 'outer',
      stack: expect.stringContaining('log.test.ts'),
      cause: { code: '23505', message: 'duplicate key' },
    });
    expect(written).not.toContain('4510123456');
  });

  test('that refer to themselves, and things thrown that are no errors', () => {
    listen();
    const loop = new Error('loop');
    loop.cause = loop;
    notes.error('a', {}, loop);
    notes.error('b', {}, 'just text');
    expect(lines().map((line) => line['msg'])).toEqual(['a', 'b']);
    expect(lines()[1]?.['error']).toBe('just text');
  });
});

describe('secrets never reach the log', () => {
  test.each([
    ['password', { password: 'hunter2' }],
    ['nested token', { a: { accessToken: 'hunter2' } }],
    ['cookie', { headers: { cookie: 'hunter2' } }],
    ['authorization', { Authorization: 'Basic hunter2' }],
    ['a list under a secret name', { secrets: 1, clientSecret: ['hunter2'] }],
    ['a URL with a password', { url: 'postgresql://vestnik:hunter2@db.example.org/vestnik' }],
    ['a private key', { text: 'x -----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY----- y' }],
    ['a cut private key', { text: '-----BEGIN EC PRIVATE KEY-----\nhunter2' }],
    ['bytes', { body: Buffer.from('hunter2') }],
    ['an error with a URL', { error: new Error('cannot reach postgresql://u:hunter2@h/d') }],
  ])('%s', (_, about) => {
    listen();
    notes.info('x', about);
    notes.error('y', {}, new Error(`at postgresql://u:hunter2@h`));
    expect(lines().length).toBe(2);
    expect(written).not.toContain('hunter2');
    expect(written).not.toContain(Buffer.from('hunter2').join(','));
  });

  test('numbers and flags under such names stay, for they say how many', () => {
    listen();
    notes.info('x', { tokens: 7, token: 3, password: true });
    expect(lines()[0]).toMatchObject({ tokens: 7, token: 3, password: true });
  });
});

test('huge and endless values are bounded', () => {
  listen();
  const endless: Record<string, unknown> = {};
  endless['self'] = endless;
  notes.info('x', { text: 'a'.repeat(1_000_000), list: Array.from({ length: 10_000 }, () => 1), endless, big: 10n ** 30n });
  expect(written.length).toBeLessThan(5_000);
  expect(lines()[0]).toMatchObject({ text: expect.stringContaining('(1000000 characters)'), big: '1000000000000000000000000000000' });
});
