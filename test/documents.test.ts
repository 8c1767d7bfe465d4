import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FEED_ERRORS, FEED_LIMITS, FEED_PATHS } from '@vestnik/protocol/feed.ts';
import { describe, expect, test } from 'vitest';
import { billingFindings } from '../hub/commands/doctor/billing.ts';
import { ERRORS } from '../hub/core/errors.ts';
import { parsePull } from '../hub/tickets/feed/request.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

const PAGES = globSync('**/*.md', { cwd: ROOT, exclude: ['node_modules/**', '*/node_modules/**', '**/fixtures/**'] }).sort();

/** The text without code, whose brackets are no links. */
const prose = (text: string): string =>
  text.replaceAll(/^```[\s\S]*?^```/gm, '').replaceAll(/`[^`\n]*`/g, (code) => code.replaceAll(/[[\]()]/g, ' '));

/** What a heading is called in a link, as GitHub makes it. */
const anchorOf = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');

test('every page has been found', () =>
  expect(PAGES).toEqual(expect.arrayContaining(['README.md', 'docs/feed-protocol.md', 'hub/tickets/README.md'])));

test.each(PAGES)('links of %s lead to something', (page) => {
  const wrong: string[] = [];
  for (const [, target = ''] of prose(read(page)).matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^[a-z]+:/.test(target)) continue;
    const [path = '', anchor] = decodeURI(target).split('#', 2);
    const file = path === '' ? page : relative(ROOT, join(ROOT, dirname(page), path));
    if (!existsSync(join(ROOT, file))) wrong.push(target);
    else if (anchor !== undefined) {
      const headings = [...read(file).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));
      if (!headings.includes(anchor)) wrong.push(target);
    }
  }
  expect(wrong).toEqual([]);
});

test.each(PAGES)('files that %s names are there', (page) => {
  const named = [...read(page).matchAll(/`((?:hub|client|protocol|test|scripts|bench|examples|docs)\/[\w./-]+\.\w+)`/g)].map(
    ([, path = '']) => path,
  );
  expect(named.filter((path) => !existsSync(join(ROOT, path)) && !existsSync(join(ROOT, dirname(page), path)))).toEqual([]);
});

describe.each(['docs/feed-protocol.md', 'docs/feed-protocol.ru.md'])('%s agrees with the code', (page) => {
  const text = read(page);
  /** Numbers are grouped by a comma in English and a space in Russian. */
  const plain = text.replaceAll(/(?<=\d)[, \u00a0](?=\d{3})/g, '');
  const row = (name: string): string => plain.split('\n').find((line) => line.startsWith(`| \`${name}\` |`)) ?? '';

  test('every field of a pull has a row with its bounds and default', () => {
    const defaults = parsePull({});
    expect(row('max')).toContain(`0..${FEED_LIMITS.maxMessages} | ${defaults.max} |`);
    expect(row('maxBytes')).toContain(`${FEED_LIMITS.minBytes}..${FEED_LIMITS.maxBytes} | ${defaults.maxBytes} |`);
    expect(row('waitSeconds')).toContain(`0..${FEED_LIMITS.maxWaitSeconds} | ${defaults.waitSeconds} |`);
    expect(row('after')).toContain(`| ${defaults.after} |`);
    expect(row('ack')).toContain(`0..${FEED_LIMITS.acknowledgements}`);
    for (const field of ['ackThrough', 'ackExpired', 'report']) expect(row(field)).not.toBe('');
  });

  test('every error has a row with its status', () => {
    for (const [code, status] of Object.entries(FEED_ERRORS)) {
      expect(ERRORS[code as keyof typeof FEED_ERRORS].status).toBe(status);
      expect(plain).toContain(`| ${status} | \`${code}\` |`);
    }
  });

  test('every path is there, and the limits named in the text', () => {
    for (const path of Object.values(FEED_PATHS)) expect(text).toContain(path);
    for (const limit of [
      'gzipAbove',
      'exactQueue',
      'replaySelectors',
      'stuckReported',
      'requestsPerSecond',
      'sessionLeaseSeconds',
    ] as const)
      expect(plain).toMatch(new RegExp(`(?<!\\d)${FEED_LIMITS[limit]}(?!\\d)`));
    expect(FEED_LIMITS.requestBody).toBe(1024 ** 2);
    expect(text).toMatch(/1 (MiB|МиБ)/);
  });
});

test.each([
  ['README.md', 'README.ru.md'],
  ['docs/feed-protocol.md', 'docs/feed-protocol.ru.md'],
  ['docs/callbacks.md', 'docs/callbacks.ru.md'],
])('%s and %s have the same chapters, tables and commands', (english, russian) => {
  const shape = (page: string) => {
    const text = read(page);
    return {
      headings: [...text.matchAll(/^(#+) /gm)].map(([, marks]) => marks),
      rows: [...text.matchAll(/^\|.*\|$/gm)].length,
      commands: [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, commands]) => commands),
    };
  };
  expect(shape(russian)).toEqual(shape(english));
});

test.each([
  ['docs/billing.md', 0],
  ['docs/billing.ru.md', 1],
] as const)('%s counts what is served as doctor does', (page, language) => {
  const [finding] = billingFindings({ t: (...texts) => texts[language] });
  expect(read(page)).toContain(finding?.text);
});
