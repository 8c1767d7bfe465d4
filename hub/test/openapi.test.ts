import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { loadConfiguration } from '../config.ts';
import type { OpenApiDocument } from '../core/http/openapi.ts';
import { documentedFetch } from '../core/http/test/support/documented-fetch.ts';
import { type Hub, startHub } from '../hub.ts';
import { newFolder } from './support/command.ts';

/** The whole hub: every operation that its document names is called, and whatever it answers must be documented. */
let database: TestDatabase;
let hub: Hub;
let document: OpenApiDocument;
let call: Awaited<ReturnType<typeof documentedFetch>>;
let admin: { authorization: string };

beforeAll(async () => {
  database = await createTestDatabase();
  hub = await startHub(
    loadConfiguration({
      cwd: newFolder(),
      environment: {
        VESTNIK_DATABASE__URL: database.url,
        VESTNIK_HTTP__PORT: '0',
        VESTNIK_TICKETS__FEED_PORT: '0',
        VESTNIK_ALERTS__LINE__PORT: '0',
        VESTNIK_TICKETS__FEED_HOST: '127.0.0.1',
      },
    }),
  );
  const url = hub.addresses['http'] ?? '';
  document = (await (await fetch(`${url}/api/v1/openapi.json`)).json()) as OpenApiDocument;
  call = await documentedFetch(url);
  const { login, password } = hub.administrator ?? { login: '', password: '' };
  admin = { authorization: `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}` };
});

afterAll(async () => {
  await hub.stop();
  await database.drop();
});

/** Values for parameters of paths: names and numbers of things that are not there, and none at all. */
const VALUES = ['1', 'nobody', '00000000-0000-7000-8000-000000000000', 'a%2Fb', '%00', 'x'.repeat(300)];

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );

/** Calls at once, and how long all of them may take. */
const AT_ONCE = 8;
const LONG = 120_000;

/** Never ends. */
const isApart = (path: string): boolean => path.endsWith('/events');

describe('every operation answers only what the document says', () => {
  test('there are operations of the core and of the modules', () => {
    expect(operations().length).toBeGreaterThan(30);
    expect(document.tags.map((tag) => tag.name)).toEqual(expect.arrayContaining(['identity', 'tickets', 'hub']));
  });

  test('to a stranger: 401 wherever a login is needed', async () => {
    for (const { path, method, operation } of operations()) {
      const response = await call(path.replaceAll(/\{\w+\}/g, '1'), { method });
      if (operation['x-right'] === 'public') expect([401, 403], `${method} ${path}`).not.toContain(response.status);
      else expect(response.status, `${method} ${path}`).toBe(401);
    }
  });

  /** Calls and gathers what was not documented, so that one run tells all. */
  const gather = async (wrong: string[], path: string, init: RequestInit): Promise<number> => {
    try {
      const response = await call(path, init);
      await response.body?.cancel();
      if (response.status >= 500) wrong.push(`${init.method} ${path}: ${response.status}`);
      return response.status;
    } catch (error) {
      wrong.push(error instanceof Error ? error.message : String(error));
      return 0;
    }
  };
  /** Many operations, several at once; one of the hub's modules alone has hundreds. */
  const each = async <T>(all: readonly T[], act: (one: T) => Promise<void>): Promise<void> => {
    const left = all.values();
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (const one of left) await act(one);
      }),
    );
  };
  const named = (path: string, value: string): string => path.replaceAll(/\{\w+\}/g, value);

  test(
    'to an administrator who asks for things that are not there',
    async () => {
      const wrong: string[] = [];
      await each(operations(), async ({ path, method }) => {
        if (isApart(path)) return;
        for (const value of path.includes('{') ? VALUES : ['']) await gather(wrong, named(path, value), { method, headers: admin });
      });
      expect(wrong).toEqual([]);
    },
    LONG,
  );

  test(
    'to an administrator who sends nonsense',
    async () => {
      const wrong: string[] = [];
      await each(operations(), async ({ path, method, operation }) => {
        for (const type of Object.keys((operation.requestBody?.['content'] as object | undefined) ?? {})) {
          const headers = { ...admin, 'content-type': type };
          for (const body of ['{}', '[]', 'null', '{"a":1}', '{']) await gather(wrong, named(path, 'nobody'), { method, body, headers });
          expect(
            await gather(wrong, named(path, 'nobody'), { method, body: 'x', headers: { ...admin, 'content-type': 'text/x-none' } }),
          ).toBe(415);
        }
        if (method === 'GET' && !isApart(path))
          await gather(wrong, `${named(path, 'nobody')}?limit=x&after=%00&from=yesterday`, { method, headers: admin });
      });
      expect(wrong).toEqual([]);
    },
    LONG,
  );
});

test('the rights that the document names can all be granted', () => {
  const granted = new Set([...Object.keys(hub.identity.rights), 'public', 'login']);
  expect(
    operations()
      .filter(({ operation }) => !granted.has(operation['x-right']))
      .map(({ path }) => path),
  ).toEqual([]);
});

test('the parameters of a path are those that stand in it', () => {
  for (const { path, method, operation } of operations()) {
    const inPath = operation.parameters.filter((parameter) => parameter['in'] === 'path').map((parameter) => parameter['name']);
    expect(inPath.sort(), `${method} ${path}`).toEqual((path.match(/(?<=\{)\w+(?=\})/g) ?? []).sort());
  }
});

// A misspelled filter would list everything, and a misspelled serial would revoke every certificate.
test('a parameter that the query does not have is refused wherever there is a query', async () => {
  const withQuery = operations().filter(({ operation }) => operation.parameters.some((parameter) => parameter['in'] === 'query'));
  expect(withQuery.length).toBeGreaterThan(10);
  for (const { path, method } of withQuery) {
    const response = await call(`${path.replaceAll(/\{\w+\}/g, '1')}?serail=1`, { method, headers: admin });
    // A body that is not there is told first.
    if (response.status === 415) continue;
    expect(await response.json(), `${method} ${path}`).toMatchObject({
      code: 'BAD_REQUEST',
      details: expect.arrayContaining([expect.objectContaining({ code: 'UNKNOWN_FIELD', path: '/serail' })]),
    });
  }
});
