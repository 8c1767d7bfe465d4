import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { HubError } from '../errors.ts';
import { type Caller, requireRight, requireScope } from '../identity/caller.ts';
import { requestContext } from '../telemetry/request-context.ts';
import { addressOf } from './authenticate.ts';
import { checkBodyHeaders, jsonOf } from './request-body.ts';
import type { Call, Route } from './route.ts';
import { validate } from './validate.ts';

/** Routes by module: the key is the path below /api/v1, `tickets` or empty. */
export type RouteTable = Readonly<Record<string, readonly Route[]>>;

/** A route with its whole path. */
export interface PlacedRoute {
  readonly module: string;
  /** `/api/v1/tickets/clients/:name` */
  readonly url: string;
  readonly route: Route;
}

export const API_PREFIX = '/api/v1';

export const placeRoutes = (table: RouteTable): PlacedRoute[] =>
  Object.entries(table).flatMap(([module, routes]) =>
    routes.map((route) => ({ module, url: `${API_PREFIX}${module && `/${module}`}${route.path}`, route })),
  );

export interface RouterOptions {
  readonly routes: readonly PlacedRoute[];
  /** Default limit of a body, bytes. */
  readonly bodyLimit: number;
  authenticate(request: FastifyRequest): Promise<Caller>;
}

/** Who passed the login; kept beside the request, so that no handler can be reached without it. */
const callers = new WeakMap<FastifyRequest, Caller>();

/** The caller of a request that has passed the login; undefined before it and on public routes. */
export const callerOf = (request: FastifyRequest): Caller | undefined => callers.get(request);

/** Which route a request has reached; what fails before it, or elsewhere, has none. */
const routes = new WeakMap<FastifyRequest, Route>();
export const routeOf = (request: FastifyRequest): Route | undefined => routes.get(request);

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

async function answer(route: Route, request: FastifyRequest, reply: FastifyReply, caller: Caller): Promise<unknown> {
  const body = route.raw ? request.body : route.body && validate(route.body, jsonOf(request.body), 'body', route.anyText);
  const call = {
    params: route.params && validate(route.params, request.params, 'params'),
    query: route.query && validate(route.query, request.query, 'query'),
    body: route.raw ? undefined : body,
    caller,
    request,
    reply,
  } as Call<undefined, undefined, undefined>;
  reply.code(route.status ?? 200);
  const result = await requestContext.run({ requestId: request.id }, () => route.handle(call));
  if (result === reply || reply.sent) return reply;
  if (result === undefined) return reply.code(route.status ?? 204).send();
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(result));
}

/**
 * Registers routes. The order of every request: login, right, headers of the body, the body itself, its JSON, the schemas, the handler; so
 * that a stranger can neither make the hub read a body nor learn what a schema wants.
 */
export function registerRoutes(app: FastifyInstance, options: RouterOptions): void {
  // Keyed by the path without the names of its parameters.
  const byShape = new Map<string, { readonly url: string; readonly methods: Set<string> }>();
  for (const { url, route } of options.routes) {
    const limit = route.bodyLimit ?? options.bodyLimit;
    app.route({
      method: route.method,
      url,
      bodyLimit: limit,
      onRequest: async (request, reply) => {
        routes.set(request, route);
        if (route.right !== 'public') {
          const caller = await options.authenticate(request);
          if (route.scoped) requireScope(caller, route.right);
          else if (route.right !== 'login') requireRight(caller, route.right);
          callers.set(request, caller);
        }
        await route.admit?.(request, reply);
        checkBodyHeaders(request, route, limit);
      },
      handler: (request, reply) => {
        const anonymous: Caller = { login: 'anonymous', rights: [], face: 'rest', address: addressOf(request), requestId: request.id };
        return answer(route, request, reply, callers.get(request) ?? anonymous);
      },
    });
    const shape = url.replace(/:[A-Za-z]+/g, ':');
    const present = byShape.get(shape);
    if (present && present.url !== url) throw new Error(`${present.url} and ${url} are one path to OpenAPI: name their parameters alike`);
    const methods = present?.methods ?? new Set<string>();
    methods.add(route.method);
    if (route.method === 'GET') methods.add('HEAD');
    byShape.set(shape, { url, methods });
  }
  for (const { url, methods } of byShape.values()) {
    const allow = [...methods].join(', ');
    app.route({
      method: METHODS.filter((method) => !methods.has(method)),
      url,
      onRequest: async (request, reply) => {
        reply.header('allow', allow);
        throw new HubError('METHOD_NOT_ALLOWED', `${request.method} is not used here, but ${allow}`);
      },
      handler: async () => undefined,
    });
  }
}
