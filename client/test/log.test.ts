import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLogFile, createLogger, localTime } from '../log.ts';
import { temporaryFolder, until } from './kit.ts';

let folder: string;
let path: string;
let fallback: string[];

beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder, 'Client.out');
  fallback = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const logFile = (change: Partial<Parameters<typeof createLogFile>[0]> = {}) =>
  createLogFile({ path, size: 1024 * 1024, files: 5, now: Date.now, language: 'en', fallback: (line) => fallback.push(line), ...change });

describe('lines', () => {
  test('time with offset, level, code, text', async () => {
    const file = logFile();
    const at = Date.UTC(2026, 10, 22, 11, 5, 0, 123);
    const log = createLogger('info', 'en', () => at, [file.write]);
    log.info('OT1003', { file: 'seq=1042 file=a.xml bytes=2210 id=0199c1d2' });
    log.debug('OT1007', {});
    log.error('OT2002', { dir: '/xml' });
    await file.close();
    const lines = readFileSync(path, 'utf8').split('\n');
    expect(lines[0]).toMatch(/^2026-11-\d\dT\d\d:\d5:00\.123[+-]\d\d:\d\d INFO OT1003 stored seq=1042 file=a\.xml bytes=2210 id=0199c1d2$/);
    expect(Date.parse(lines[0]!.slice(0, 29))).toBe(at);
    expect(lines[1]).toMatch(/ ERROR OT2002 folder \/xml is missing$/);
    expect(lines.length).toBe(3);
  });

  test('the level leaves out what is less important', () => {
    const codes = (level: 'error' | 'warn' | 'info' | 'debug') => {
      const lines: string[] = [];
      const log = createLogger(level, 'en', () => 0, [(line) => lines.push(line.split(' ')[1]!)]);
      for (const each of ['debug', 'info', 'warn', 'error'] as const) log[each]('OT1007', {});
      return lines;
    };
    expect(codes('error')).toEqual(['ERROR']);
    expect(codes('warn')).toEqual(['WARN', 'ERROR']);
    expect(codes('info')).toEqual(['INFO', 'WARN', 'ERROR']);
    expect(codes('debug')).toEqual(['DEBUG', 'INFO', 'WARN', 'ERROR']);
  });

  test('local time names its instant, before and after a change of the second', () => {
    for (const at of [0, 999, 1_000, 1_799_999_999_999, Date.UTC(2026, 6, 1)]) {
      expect(localTime(at)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d$/);
      expect(Date.parse(localTime(at))).toBe(at);
    }
  });

  test('what stood in the file before stays', async () => {
    const first = logFile();
    first.write('first');
    await first.close();
    const second = logFile();
    second.write('second');
    await second.close();
    expect(readFileSync(path, 'utf8')).toBe('first\nsecond\n');
  });
});

describe('rotation', () => {
  test('by size to .1 and on, the oldest falls out, no line is lost or split', async () => {
    const file = logFile({ size: 1_000, files: 3 });
    for (let i = 0; i < 60; i++) {
      file.write(`line ${String(i).padStart(3, '0')} ${'x'.repeat(90)}`);
      if (i % 5 === 4) await file.close();
    }
    await file.close();
    const names = readdirSync(folder).sort();
    expect(names.filter((name) => name !== 'Client.out')).toEqual(['Client.out.1', 'Client.out.2', 'Client.out.3']);
    const text = ['.3', '.2', '.1', ''].map((end) => (existsSync(path + end) ? readFileSync(path + end, 'utf8') : '')).join('');
    const numbers = [...text.matchAll(/line (\d{3}) x{90}\n/g)].map((match) => Number(match[1]));
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, i) => 60 - numbers.length + i));
    expect(numbers.length).toBeGreaterThanOrEqual(30);
    expect(text.replaceAll(/line \d{3} x{90}\n/g, '')).toBe('');
    for (const end of ['.1', '.2', '.3']) expect(statSync(path + end).size).toBeGreaterThanOrEqual(1_000);
  });

  test('where the rename is refused, writing goes on in the same file and the rename is tried again', async () => {
    // A folder in the place of `.1` that is not empty refuses both removal and rename, as a held file does on Windows.
    mkdirSync(join(`${path}.1`, 'held'), { recursive: true });
    const file = logFile({ size: 500, files: 1 });
    for (let i = 0; i < 20; i++) {
      file.write('y'.repeat(99));
      await file.close();
    }
    expect(statSync(path).size).toBe(2_000);
    rmSync(`${path}.1`, { recursive: true });
    file.write('after');
    await file.close();
    expect(statSync(`${path}.1`).size).toBe(2_006);
    expect(fallback).toEqual([]);
  });
});

describe('a log that cannot be written', () => {
  test('goes to the fallback, never throws, and is written again as soon as that is possible', async () => {
    const missing = join(folder, 'no', 'such');
    const file = logFile({ path: join(missing, 'Client.out') });
    file.write('one');
    file.write('two');
    await file.close();
    expect(fallback.join('\n').split('\n')).toEqual(['one', 'two']);
    mkdirSync(missing, { recursive: true });
    file.write('three');
    await file.close();
    expect(readFileSync(join(missing, 'Client.out'), 'utf8')).toBe('three\n');
  });

  test('a flood is bounded, and the loss is noted', async () => {
    const file = logFile();
    for (let i = 0; i < 25_000; i++) file.write(`line ${i}`);
    await until(() => existsSync(path) && statSync(path).size > 0);
    file.write('after');
    await file.close();
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    const lost = Number(/OT1110 .*: (\d+)$/.exec(lines.find((line) => line.includes('OT1110')) ?? '')?.[1]);
    expect(lost).toBeGreaterThan(10_000);
    expect(lines.length - 1 + lost).toBe(25_001);
  });

  test('a folder in its place', async () => {
    mkdirSync(path);
    const file = logFile();
    file.write('one');
    await file.close();
    expect(fallback).toEqual(['one']);
  });
});
