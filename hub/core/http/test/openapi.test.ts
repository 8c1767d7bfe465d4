import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { loadConfiguration } from '../../../config.ts';
import { ERRORS } from '../../errors.ts';
import { identityRoutes } from '../../identity/api.ts';
import { createHealth } from '../../telemetry/health.ts';
import { startMetrics } from '../../telemetry/metrics.ts';
import { HTTP_METRICS } from '../metrics.ts';
import type { OpenApiDocument } from '../openapi.ts';
import { route } from '../route.ts';
import type { RouteTable } from '../router.ts';
import { createHttpServer } from '../server.ts';
import { checkDocumented, documentedFetch } from './support/documented-fetch.ts';
import { startTestServer, type TestServer } from './support/test-server.ts';

const thing = z.strictObject({
  name: z
    .string()
    .max(10)
    .describe('what it is called')
    .meta({ examples: ['box'] }),
  size: z.int().optional(),
});

const ROUTES: RouteTable = {
  thing: [
    route({
      method: 'POST',
      path: '/things/:group',
      right: 'thing.manage',
      summary: 'Make a thing <b>now</b>',
      params: z.object({ group: z.enum(['a', 'b']) }),
      query: z.strictObject({ dry: z.coerce.boolean().optional().describe('only try') }),
      body: thing,
      answer: thing,
      status: 201,
      also: { 200: 'It was there' },
      errors: ['OPERATION_CONFLICT', 'BUSY'],
      async handle({ body, reply, query }) {
        if (query.dry) reply.code(200);
        if (body.name === 'odd') reply.code(202);
        return body.name === 'lie' ? { nam: 1 } : body;
      },
    }),
    route({
      method: 'GET',
      path: '/things',
      right: 'login',
      summary: 'List',
      answer: z.object({ items: z.array(thing) }),
      async handle() {
        return { items: [{ name: 'x' }] };
      },
    }),
    route({
      method: 'DELETE',
      path: '/things/:group',
      right: 'thing.manage',
      summary: 'Drop',
      params: z.object({ group: z.string() }),
      async handle() {
        return undefined;
      },
    }),
    route({
      method: 'GET',
      path: '/file',
      right: 'public',
      summary: 'A file',
      produces: ['application/zip'],
      async handle({ reply }) {
        return reply.type('application/zip').send('PK');
      },
    }),
    route({
      method: 'POST',
      path: '/raw',
      right: 'thing.manage',
      summary: 'Raw',
      raw: ['application/zip'],
      answer: z.object({}),
      async handle() {
        return {};
      },
    }),
  ],
};

let database: TestDatabase;
let hub: TestServer;
let document: OpenApiDocument;
let manager: { authorization: string };

beforeAll(async () => {
  database = await createTestDatabase();
  hub = await startTestServer(database, ROUTES, { http: { publicUrl: 'https://hub.example.org' } });
  document = (await (await fetch(`${hub.url}/api/v1/openapi.json`)).json()) as OpenApiDocument;
  manager = await hub.operator('manager', '*');
});

afterAll(async () => {
  await hub.stop();
  await database.drop();
});

describe('the document', () => {
  test('says what a route needs, takes and answers', () => {
    const operation = document.paths['/api/v1/thing/things/{group}']?.['post'];
    expect(document).toMatchObject({ openapi: '3.1.0', info: { version: '1.2.3' }, servers: [{ url: 'https://hub.example.org' }] });
    expect(operation).toMatchObject({
      operationId: 'postThingThingsGroup',
      tags: ['thing'],
      'x-right': 'thing.manage',
      security: [{ basic: [] }, { bearer: [] }, { session: [] }],
      parameters: [
        { name: 'group', in: 'path', required: true, schema: { enum: ['a', 'b'] } },
        { name: 'dry', in: 'query', required: false, description: 'only try' },
      ],
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: {
              properties: { name: { examples: ['box'], description: 'what it is called' } },
              required: ['name'],
              additionalProperties: false,
            },
          },
        },
      },
    });
    expect(Object.keys(operation?.responses ?? {})).toEqual([
      '200',
      '201',
      '400',
      '401',
      '403',
      '404',
      '408',
      '409',
      '413',
      '415',
      '422',
      '429',
      '500',
      '503',
    ]);
    expect(operation?.responses['409']?.description).toContain('OPERATION_CONFLICT');
    expect(operation?.responses['429']?.description).toContain('BUSY');
  });

  test('says where no login is needed, no body comes, and which bytes are taken or sent', () => {
    const file = document.paths['/api/v1/thing/file']?.['get'];
    expect([file?.security, file?.responses['200']?.content]).toEqual([[], { 'application/zip': {} }]);
    expect(document.paths['/api/v1/thing/things/{group}']?.['delete']?.responses['204']?.content).toBeUndefined();
    expect(document.paths['/api/v1/thing/raw']?.['post']?.requestBody).toEqual({ required: true, content: { 'application/zip': {} } });
  });

  test('has every error code of the table in its form of problems, and its references resolve', () => {
    const problem = document.components.schemas['Problem'] as { properties: { code: { enum: string[] } } };
    expect(problem.properties.code.enum).toEqual(Object.keys(ERRORS));
    for (const [, name] of JSON.stringify(document).matchAll(/#\/components\/schemas\/(\w+)/g))
      expect(document.components.schemas).toHaveProperty(name ?? '');
  });

  test('has unique names of operations, also for the routes of identity', async () => {
    const defaults = loadConfiguration({ environment: {}, cwd: '/' });
    const routes = identityRoutes({ identity: hub.identity, authority: { rootPem: '' }, database: database.database });
    const options = {
      configuration: { ...defaults, http: { ...defaults.http, port: 0 } },
      identity: hub.identity,
      events: hub.events,
      routes: { ...ROUTES, identity: routes },
    };
    const metrics = startMetrics(HTTP_METRICS);
    const server = await createHttpServer({ ...options, health: createHealth({}), metrics, version: '1' });
    await server.listen();
    const full = (await (await fetch(`${server.address}/api/v1/openapi.json`)).json()) as OpenApiDocument;
    await server.stop(100);
    metrics.stop();
    const names = Object.values(full.paths).flatMap((methods) => Object.values(methods).map((operation) => operation.operationId));
    expect(names.length).toBeGreaterThan(20);
    expect(new Set(names).size).toBe(names.length);
  });

  test('two routes of one path with parameters of other names are a defect that the start tells', async () => {
    const other = route({ method: 'PUT', path: '/things/:id', right: 'login', summary: 'Put', async handle() {} });
    await expect(startTestServer(database, { thing: [...(ROUTES['thing'] ?? []), other] })).rejects.toThrow(
      /things\/:group and .*things\/:id are one path/,
    );
  });

  test('is also a page, which runs nothing', async () => {
    const response = await fetch(`${hub.url}/api/v1/docs`);
    const page = await response.text();
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'unsafe-inline'/);
    expect(page).toContain('/api/v1/thing/things/{group}');
    expect(page).toContain('Make a thing &lt;b&gt;now&lt;/b&gt;');
    expect(page).not.toMatch(/<script|src=|href="http/);
  });
});

describe('answers are held against the document', () => {
  const post = async (name: string, query = '', group = 'a'): Promise<Response> => {
    const call = await documentedFetch(hub.url);
    return call(`/api/v1/thing/things/${group}${query}`, {
      method: 'POST',
      headers: { ...manager, 'content-type': 'application/json' },
      body: JSON.stringify({ name }),
    });
  };

  test('every route of this document, right and wrong, answers what is documented', async () => {
    const call = await documentedFetch(hub.url);
    expect((await post('box')).status).toBe(201);
    expect((await post('box', '?dry=1')).status).toBe(200);
    expect((await post('box', '', 'z')).status).toBe(400);
    expect((await post('far too long a name')).status).toBe(422);
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const method of Object.keys(methods)) {
        const headers = { 'content-type': 'application/json' };
        const init = method === 'get' ? {} : { body: '{}' };
        for (const login of [{}, manager]) {
          if (path.endsWith('/events') && 'authorization' in login) continue;
          const response = await call(path.replaceAll(/\{\w+\}/g, 'a'), {
            method: method.toUpperCase(),
            headers: { ...headers, ...login },
            ...init,
          });
          expect(response.status).toBeLessThan(500);
        }
      }
    }
  });

  test('an undocumented status, a differing body, an unknown path are told', async () => {
    await expect(post('odd')).rejects.toThrow(/answered 202 .*documented are 200, 201/);
    await expect(post('lie')).rejects.toThrow(/differs from the document/);
    const answer = { method: 'GET', status: 200, type: 'application/json', body: '{}' };
    expect(() => checkDocumented(document, { ...answer, path: '/api/v1/nothing' })).toThrow(/does not have this operation/);
    expect(() =>
      checkDocumented(document, { ...answer, path: '/api/v1/thing/things', body: '{"items":[{"name":"x","extra":1}]}' }),
    ).toThrow(/differs/);
    expect(() => checkDocumented(document, { ...answer, path: '/api/v1/thing/things', type: 'text/html' })).toThrow(
      /documented are application\/json/,
    );
  });
});
