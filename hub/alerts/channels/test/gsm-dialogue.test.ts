import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { infoOf, isRegistered, readFinal, readUnsolicited, referenceOf, registrationOf, signalOf } from '../gsm/at-answers.ts';
import { type AtDialogue, type AtNews, createAtDialogue } from '../gsm/at-dialogue.ts';
import { createAtLines } from '../gsm/at-lines.ts';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
const SESSION = '\r\nOK\r\n\r\n+CMT: ,23\r\n0791AB\r\n+CREG: 1,5\r\n\r\n> \r\n+CMGS: 12\r\n\r\n+CMS ERROR: 38\r\n';

describe('lines', () => {
  const read = (pieces: readonly Uint8Array[]): string[] => {
    const lines = createAtLines();
    lines.awaitPrompt(true);
    return pieces.flatMap((piece) => lines.feed(piece)).map((piece) => (piece.kind === 'prompt' ? '<prompt>' : piece.text));
  };
  const whole = ['OK', '+CMT: ,23', '0791AB', '+CREG: 1,5', '<prompt>', '+CMGS: 12', '+CMS ERROR: 38'];
  test('split in two at every place, and byte by byte, they are the same', () => {
    const session = bytes(SESSION);
    for (let at = 0; at <= session.length; at += 1) expect(read([session.subarray(0, at), session.subarray(at)])).toEqual(whole);
    expect(read(Array.from(session, (byte) => Uint8Array.of(byte)))).toEqual(whole);
  });
  test('a prompt is one only where one is awaited, at the beginning of a line', () => {
    const lines = createAtLines();
    expect(lines.feed(bytes('> text\r'))).toEqual([{ kind: 'line', text: '> text' }]);
    lines.awaitPrompt(true);
    expect(lines.feed(bytes('a > b\r\n>'))).toEqual([{ kind: 'line', text: 'a > b' }, { kind: 'prompt' }]);
  });
  test('endless lines cost no memory and are counted', () => {
    const lines = createAtLines();
    const noise = Buffer.alloc(100_000, 'x');
    for (let round = 0; round < 20; round += 1) expect(lines.feed(noise)).toEqual([]);
    expect(lines.feed(bytes('\r\nOK\r\n'))).toEqual([{ kind: 'line', text: 'OK' }]);
    expect(lines.dropped).toBe(1);
  });
});

describe('answers', () => {
  test.each([
    ['OK', { ok: true }],
    ['ERROR', { ok: false, code: 'ERROR' }],
    ['+CMS ERROR: 38', { ok: false, code: 'CMS 38' }],
    ['+CME ERROR:10', { ok: false, code: 'CME 10' }],
    ['+CMS ERROR: SIM busy', { ok: false, code: 'CMS ERROR' }],
    ['NO CARRIER', { ok: false, code: 'ERROR' }],
    ['OKAY', undefined],
    ['+CSQ: 20,0', undefined],
  ])('%s', (line, final) => expect(readFinal(line)).toEqual(final));
  test.each([
    ['+CMT: ,23', { kind: 'pdu-follows' }],
    ['+CDS: 24', { kind: 'pdu-follows' }],
    ['+CMTI: "SM",3', { kind: 'stored', storage: 'SM', index: 3 }],
    ['+CDSI: "SR",12', { kind: 'stored', storage: 'SR', index: 12 }],
    ['+CREG: 2', { kind: 'registration', status: 2 }],
    ['+CREG: 1,5', undefined],
    ['RING', undefined],
  ])('by itself: %s', (line, told) => expect(readUnsolicited(line)).toEqual(told));
  test('numbers inside them', () => {
    expect(infoOf(['x', '+CPIN: READY'], '+CPIN:')).toBe('READY');
    expect([registrationOf(['+CREG: 1,5']), registrationOf(['+CREG: 2,1,"00C3","1A2B"']), registrationOf(['+CREG: x'])]).toEqual([
      5,
      1,
      undefined,
    ]);
    expect([0, 1, 2, 3, 4, 5, 6, 7].filter(isRegistered)).toEqual([1, 5, 6, 7]);
    expect(['0,0', '31,99', '20,0', '99,99', '32,0', 'x'].map((level) => signalOf([`+CSQ: ${level}`]))).toEqual([
      -113,
      -51,
      -73,
      null,
      null,
      null,
    ]);
    expect(['0', '255', '256', '12,"26/11/22"', 'x'].map((given) => referenceOf([`+CMGS: ${given}`]))).toEqual([
      0,
      255,
      undefined,
      12,
      undefined,
    ]);
  });
});

describe('the dialogue', () => {
  let written: string[];
  let news: AtNews[];
  let silent: number;
  let dialogue: AtDialogue;
  const say = (text: string): void => dialogue.feed(bytes(text));
  const ask = (text: string, more = {}): ReturnType<AtDialogue['ask']> => dialogue.ask({ text, timeout: 100, ...more });
  /** Brings both sides together, as every first command does. */
  const meet = async (): Promise<void> => {
    const met = ask('AT');
    say('\r\nOK\r\n');
    await vi.advanceTimersByTimeAsync(10);
    say('\r\nOK\r\n');
    await met;
    written.length = 0;
  };
  beforeEach(() => {
    vi.useFakeTimers();
    [written, news, silent] = [[], [], 0];
    const ports = { write: (text: string) => written.push(text), news: (told: AtNews) => news.push(told), silent: () => (silent += 1) };
    dialogue = createAtDialogue(ports, { promptTimeout: 100, quiet: 10 });
  });
  afterEach(() => {
    dialogue.close();
    vi.useRealTimers();
  });

  test('begins by bringing both sides together', async () => {
    const answer = ask('AT+CSQ');
    expect(written).toEqual(['\x1bAT\r']);
    say('\r\n+CMGS: 7\r\n\r\nOK\r\n\r\nOK\r\n');
    await vi.advanceTimersByTimeAsync(10);
    expect(written).toEqual(['\x1bAT\r', 'AT+CSQ\r']);
    say('AT+CSQ\r\r\n+CSQ: 20,0\r\n\r\nOK\r\n');
    expect(await answer).toEqual({ kind: 'ok', lines: ['+CSQ: 20,0'] });
  });
  test('one command at a time, an urgent one before those that wait', async () => {
    await meet();
    const all = [ask('AT+A'), ask('AT+B'), ask('AT+CNMA', { urgent: true })];
    for (const _ of all) {
      say('\r\nOK\r\n');
      await vi.advanceTimersByTimeAsync(0);
    }
    expect(written).toEqual(['AT+A\r', 'AT+CNMA\r', 'AT+B\r']);
    expect((await Promise.all(all)).map(({ kind }) => kind)).toEqual(['ok', 'ok', 'ok']);
  });
  test('a text goes out when the modem asks for it; messages come in between', async () => {
    await meet();
    const answer = ask('AT+CMGS=20', { payload: '00AA', expects: '+CMGS:' });
    say('AT+CMGS=20\r\r\n> ');
    expect(written).toEqual(['AT+CMGS=20\r', '00AA\x1a']);
    say('00AA\x1a\r\n+CMT: ,23\r\n07AB\r\n+CREG: 2\r\n+CMGS: 5\r\n\r\nOK\r\n');
    expect(await answer).toMatchObject({ kind: 'ok', lines: ['+CMGS: 5'] });
    expect(news).toEqual([
      { kind: 'pdu', hex: '07AB' },
      { kind: 'registration', status: 2 },
    ]);
    expect(dialogue.strays).toBe(0);
    say('\r\nNONSENSE\r\n');
    expect(dialogue.strays).toBe(1);
  });
  test('without a prompt nothing was sent, and ESC ends the asking', async () => {
    await meet();
    const answer = ask('AT+CMGS=20', { payload: '00AA' });
    await vi.advanceTimersByTimeAsync(100);
    expect(await answer).toEqual({ kind: 'silent', payloadSent: false });
    expect(written).toEqual(['AT+CMGS=20\r', '\x1b']);
  });
  test('an answer that comes late is not taken for that of the next command', async () => {
    await meet();
    const late = ask('AT+CMGS=20', { payload: '00AA', expects: '+CMGS:' });
    say('> ');
    await vi.advanceTimersByTimeAsync(100);
    expect(await late).toEqual({ kind: 'silent', payloadSent: true });
    const next = ask('AT+CSQ', { expects: '+CSQ:' });
    say('\r\n+CMGS: 5\r\n\r\nOK\r\n');
    await vi.advanceTimersByTimeAsync(5);
    say('\r\nOK\r\n');
    await vi.advanceTimersByTimeAsync(10);
    say('\r\nOK\r\n\r\n+CSQ: 3,0\r\n\r\nOK\r\n');
    expect(await next).toMatchObject({ kind: 'ok', lines: expect.arrayContaining(['+CSQ: 3,0']) });
  });
  test('a modem that never stops talking has answered all the same', async () => {
    const answer = ask('AT+CSQ');
    const babble = setInterval(() => say('\r\nOK\r\n^BOOT:1\r\n'), 5);
    await vi.advanceTimersByTimeAsync(110);
    clearInterval(babble);
    expect(written.at(-1)).toBe('AT+CSQ\r');
    say('\r\nOK\r\n');
    expect((await answer).kind).toBe('ok');
  });
  test('three silent commands in a row are told, once; an answer in between begins anew', async () => {
    await meet();
    const first = ask('AT+A');
    await vi.advanceTimersByTimeAsync(100);
    expect((await first).kind).toBe('silent');
    await meet();
    const second = ask('AT+B');
    await vi.advanceTimersByTimeAsync(1_000);
    expect((await second).kind).toBe('silent');
    expect(silent).toBe(0);
    const third = ask('AT+C');
    // Twice the words that bring both sides together, each as long as a prompt may take.
    await vi.advanceTimersByTimeAsync(199);
    expect(silent).toBe(0);
    await vi.advanceTimersByTimeAsync(2);
    expect(silent).toBe(1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(silent).toBe(1);
    dialogue.close();
    expect(await third).toEqual({ kind: 'closed', payloadSent: false });
  });
  test('taken back: before the text has left nothing goes out, behind it nobody waits', async () => {
    await meet();
    const [waiting, asking, sending] = [new AbortController(), new AbortController(), new AbortController()];
    const answers = [
      ask('AT+CMGS=1', { payload: 'AA', signal: asking.signal }),
      ask('AT+CMGS=2', { payload: 'BB', signal: waiting.signal }),
      ask('AT+CMGS=3', { payload: 'CC', signal: sending.signal, expects: '+CMGS:' }),
    ];
    waiting.abort();
    asking.abort();
    expect(await answers[0]).toEqual({ kind: 'withdrawn', payloadSent: false });
    expect(await answers[1]).toEqual({ kind: 'withdrawn', payloadSent: false });
    say('\r\n> \r\nOK\r\n');
    await vi.advanceTimersByTimeAsync(10);
    expect(written).toEqual(['AT+CMGS=1\r', '\x1b', '\x1bAT\r', 'AT+CMGS=3\r']);
    say('\r\n> ');
    sending.abort();
    expect(await answers[2]).toEqual({ kind: 'withdrawn', payloadSent: true });
    expect(dialogue.busy).toBe(true);
    say('\r\n+CMGS: 1\r\n\r\nOK\r\n');
    expect(dialogue.busy).toBe(false);
  });
  test('random bytes, between and inside answers: every command is answered, memory is bounded', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 80 }), { maxLength: 12 }), async (noise) => {
        const fuzzed: AtDialogue = createAtDialogue(
          { write: () => {}, news: () => {}, silent: () => fuzzed.close() },
          { promptTimeout: 20, quiet: 5 },
        );
        const answers = [
          fuzzed.ask({ text: 'AT+CSQ', timeout: 20 }),
          fuzzed.ask({ text: 'AT+CMGS=1', timeout: 20, payload: 'AA', expects: '+CMGS:' }),
        ];
        for (const piece of noise) {
          fuzzed.feed(piece);
          await vi.advanceTimersByTimeAsync(7);
        }
        await vi.advanceTimersByTimeAsync(200);
        for (const answer of await Promise.all(answers)) expect(answer.kind).toMatch(/^(ok|refused|silent|closed)$/);
        fuzzed.close();
        expect(vi.getTimerCount()).toBe(0);
      }),
      { numRuns: 200 },
    );
  });
});
