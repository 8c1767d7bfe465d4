import { z } from 'zod';
import { ERRORS, type ErrorCode } from '../errors.ts';
import { takenTypes } from './request-body.ts';
import type { Route } from './route.ts';
import type { PlacedRoute } from './router.ts';

/** An OpenAPI 3.1 document, as far as this file writes it. */
export interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly securitySchemes: Readonly<Record<string, unknown>>;
  };
}

export type JsonSchema = Readonly<Record<string, unknown>>;

export interface OpenApiResponse {
  readonly description: string;
  readonly content?: Readonly<Record<string, { readonly schema?: JsonSchema }>>;
}

export interface OpenApiOperation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description: string;
  readonly 'x-right': string;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters: readonly JsonSchema[];
  readonly requestBody?: JsonSchema;
  readonly responses: Readonly<Record<string, OpenApiResponse>>;
}

const toSchema = (schema: z.ZodType, io: 'input' | 'output'): JsonSchema => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
};

/** `/clients/:name/hold` -> `/clients/{name}/hold` */
const templated = (url: string): string => url.replace(/:([A-Za-z]+)/g, '{$1}');

/** Codes that every route of this kind may answer, whatever it does. */
export function usualErrors(route: Route): ErrorCode[] {
  const writes = route.method !== 'GET';
  const takesBody = route.body !== undefined || route.raw !== undefined;
  const named = route.right !== 'public';
  return [
    // A public route that takes a body is a login.
    ...(named || takesBody ? (['UNAUTHORIZED', 'TOO_MANY_REQUESTS', 'BUSY'] as const) : []),
    ...(named ? (['FORBIDDEN'] as const) : []),
    ...(named && writes ? (['CSRF'] as const) : []),
    ...(route.params ? (['BAD_REQUEST', 'VALIDATION', 'NOT_FOUND'] as const) : []),
    ...(route.query ? (['BAD_REQUEST', 'VALIDATION'] as const) : []),
    ...(takesBody ? (['MALFORMED_JSON', 'VALIDATION', 'REQUEST_TIMEOUT'] as const) : []),
    ...(writes ? (['TOO_LARGE', 'UNSUPPORTED_MEDIA', 'CONFLICT'] as const) : []),
    ...(route.method === 'PATCH' || route.method === 'PUT' ? (['STALE_VERSION'] as const) : []),
    'INTERNAL',
    'STORE_UNAVAILABLE',
    'SHUTTING_DOWN',
  ];
}

function parametersOf(schema: z.ZodType | undefined, place: 'path' | 'query'): JsonSchema[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = toSchema(schema, 'input') as { properties?: Record<string, JsonSchema>; required?: string[] };
  return Object.entries(properties).map(([name, { description, ...property }]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    ...(description !== undefined && { description }),
    schema: property,
  }));
}

function errorResponses(codes: readonly ErrorCode[]): Record<string, OpenApiResponse> {
  const byStatus = Map.groupBy(new Set(codes), (code) => ERRORS[code].status);
  const content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
  return Object.fromEntries(
    [...byStatus].map(([status, group]) => [
      status,
      { description: group.map((code) => `${code}: ${ERRORS[code].en}`).join('; '), content },
    ]),
  );
}

function successResponses(route: Route): Record<string, OpenApiResponse> {
  const content = {
    ...(route.answer && { 'application/json': { schema: toSchema(route.answer, 'output') } }),
    ...Object.fromEntries((route.produces ?? []).map((type) => [type, {}])),
  };
  const described = Object.keys(content).length > 0;
  // A route that describes no answer either sends by itself, which only a read or a stated status tells, or answers nothing.
  const status = route.status ?? (described || route.method === 'GET' ? 200 : 204);
  const success = (description: string): OpenApiResponse => (described ? { description, content } : { description });
  return {
    [status]: success(described ? 'Done' : 'Done, without a body'),
    ...Object.fromEntries(Object.entries(route.also ?? {}).map(([further, meaning]) => [further, success(meaning)])),
  };
}

function requestBodyOf(route: Route): JsonSchema | undefined {
  if (route.raw) return { required: true, content: Object.fromEntries(takenTypes(route).map((type) => [type, {}])) };
  if (!route.body) return undefined;
  return { required: !route.body.safeParse(undefined).success, content: { 'application/json': { schema: toSchema(route.body, 'input') } } };
}

function operationOf({ module, url, route }: PlacedRoute): OpenApiOperation {
  const requestBody = requestBodyOf(route);
  const right =
    route.right === 'public' ? 'Needs no login.' : route.right === 'login' ? 'Needs a login.' : `Needs the right \`${route.right}\`.`;
  return {
    operationId: `${route.method.toLowerCase()}${url.replace(/^\/api\/v1/, '').replace(/[^A-Za-z]+([A-Za-z]?)/g, (_, letter: string) => letter.toUpperCase())}`,
    tags: [module || 'hub'],
    summary: route.summary,
    description: right,
    'x-right': route.right,
    security: route.right === 'public' ? [] : [{ basic: [] }, { bearer: [] }, { session: [] }],
    parameters: [...parametersOf(route.params, 'path'), ...parametersOf(route.query, 'query')],
    ...(requestBody && { requestBody }),
    responses: { ...successResponses(route), ...errorResponses([...usualErrors(route), ...(route.errors ?? [])]) },
  };
}

const PROBLEM: JsonSchema = {
  type: 'object',
  description: 'Problem details (RFC 9457)',
  properties: {
    type: { type: 'string', examples: ['urn:vestnik:error:VALIDATION'] },
    title: { type: 'string', description: 'in Russian or English, by Accept-Language' },
    status: { type: 'integer' },
    code: { type: 'string', enum: Object.keys(ERRORS) },
    reason: { type: 'string', description: 'a finer code, where there is one' },
    lineCode: { type: 'string', description: 'of the alerts: the code of their line protocol for the same', examples: ['ERR_GETTASK'] },
    detail: { type: 'string' },
    instance: { type: 'string' },
    requestId: { type: 'string' },
    details: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          code: { type: 'string' },
          path: { type: 'string', description: 'JSON Pointer into the input' },
          message: { type: 'string' },
        },
        required: ['code', 'path', 'message'],
        additionalProperties: false,
      },
    },
  },
  required: ['type', 'title', 'status', 'code', 'detail', 'instance', 'requestId'],
  additionalProperties: false,
};

/** The document of exactly these routes. `publicUrl` is where people reach the hub. */
export function openApiDocument(
  routes: readonly PlacedRoute[],
  about: { readonly version: string; readonly publicUrl: string | undefined },
): OpenApiDocument {
  const paths: Record<string, Record<string, OpenApiOperation>> = {};
  for (const placed of routes) {
    const path = templated(placed.url);
    paths[path] = { ...paths[path], [placed.route.method.toLowerCase()]: operationOf(placed) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Vestnik',
      version: about.version,
      description:
        'Made from the routes themselves. Failures are problem details (RFC 9457) whose `code` is in the table of errors; every answer carries x-request-id.',
    },
    servers: [{ url: about.publicUrl ?? '/' }],
    tags: [...new Set(routes.map(({ module }) => module || 'hub'))].map((name) => ({ name })),
    paths,
    components: {
      schemas: { Problem: PROBLEM },
      securitySchemes: {
        basic: { type: 'http', scheme: 'basic' },
        bearer: { type: 'http', scheme: 'bearer', description: 'A token, vst_...' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'vestnik_session',
          description: 'A console session; requests that change things also send the header x-vestnik-request',
        },
      },
    },
  };
}
