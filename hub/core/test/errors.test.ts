import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ERRORS, type ErrorCode, HubError, isDatabaseAway, toHubError } from '../errors.ts';

const entries = Object.entries(ERRORS) as [ErrorCode, (typeof ERRORS)[ErrorCode]][];

describe('the table', () => {
  test.each(entries)('%s is complete', (code, { status, en, ru, next }) => {
    expect(code).toMatch(/^[A-Z][A-Z_]+$/);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
    expect(en).toMatch(/^[A-Z].*[^.]$/);
    expect(ru).toMatch(/^[А-ЯЁ].*[^.]$/);
    expect(next).toMatch(/\.$/);
  });

  test('and its page agree: every code with its status, and no other', () => {
    const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
    const rows = [...page.matchAll(/^\| (\d{3}) \| `?([A-Z][A-Z_]+)`? \||^\| `?([A-Z][A-Z_]+)`? \| (\d{3}) \|/gm)].map((match) => [
      match[2] ?? match[3],
      Number(match[1] ?? match[4]),
    ]);
    expect(rows.sort()).toEqual(entries.map(([code, { status }]) => [code, status]).sort());
  });

  test('what only passes with time says so by its status', () => {
    for (const [code, { status }] of entries)
      if (['BUSY', 'TOO_MANY_REQUESTS', 'STORE_UNAVAILABLE', 'SHUTTING_DOWN'].includes(code)) expect([429, 503]).toContain(status);
  });
});

describe('HubError', () => {
  test('has the text of the table unless it is given one', () => {
    expect(new HubError('NOT_FOUND').message).toBe(ERRORS.NOT_FOUND.en);
    const error = new HubError('VALIDATION', 'name: too long', {
      details: [{ code: 'TOO_LONG', path: '/name', message: 'x' }],
      retryAfter: 3,
      cause: 'why',
    });
    expect([error.status, error.message, error.details.length, error.retryAfter, error.cause]).toEqual([
      422,
      'name: too long',
      1,
      3,
      'why',
    ]);
  });
});

describe('what was thrown becomes an error of the table', () => {
  test.each([
    ['connection refused', Object.assign(new Error('x'), { code: 'ECONNREFUSED' })],
    ['the server is stopping', Object.assign(new Error('x'), { code: '57P01' })],
    ['the disk is full', Object.assign(new Error('x'), { code: '53100' })],
    ['the connection was lost', new Error('Connection terminated unexpectedly')],
    ['no free connection', new Error('timeout exceeded when trying to connect')],
  ])('%s: STORE_UNAVAILABLE, with a time to come again', (_, thrown) => {
    const error = toHubError(thrown);
    expect([error.code, error.retryAfter, error.cause]).toEqual(['STORE_UNAVAILABLE', 1, thrown]);
  });

  test.each([
    ['a wrong statement', Object.assign(new Error('x'), { code: '42601' })],
    ['a broken rule of the schema', Object.assign(new Error('x'), { code: '23505' })],
    ['a defect', new TypeError('x is undefined')],
    ['a text', 'thrown'],
    ['nothing', undefined],
  ])('%s: INTERNAL, with its cause', (_, thrown) => {
    expect([toHubError(thrown).code, toHubError(thrown).cause]).toEqual(['INTERNAL', thrown]);
    expect(isDatabaseAway(thrown)).toBe(false);
  });

  test('an error of the table stays what it is', () => {
    const error = new HubError('BUSY');
    expect(toHubError(error)).toBe(error);
  });
});
