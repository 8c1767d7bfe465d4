import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { ErrorCode, HubError } from '../errors.ts';
import type { Caller } from '../identity/caller.ts';

type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined;

/** One request that has passed login, right and schema. */
export interface Call<P, Q, B> {
  readonly params: Parsed<P>;
  readonly query: Parsed<Q>;
  readonly body: Parsed<B>;
  readonly caller: Caller;
  /** The raw request and reply, for the few routes that stream or set headers. */
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/**
 * One REST route below /api/v1/<module>. From it come the check of the right, validation, the OpenAPI page and the handler.
 * A handler answers what `answer` describes, or sends by itself and answers `reply`.
 */
export interface Route<
  P extends z.ZodType | undefined = z.ZodType | undefined,
  Q extends z.ZodType | undefined = z.ZodType | undefined,
  B extends z.ZodType | undefined = z.ZodType | undefined,
  A extends z.ZodType | undefined = z.ZodType | undefined,
> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path below the module's prefix, with fastify's parameters: `/clients/:name`. */
  readonly path: string;
  /** The right that the caller needs; `login` for any logged-in operator; `public` for nobody in particular. */
  readonly right: string;
  /** The right may be limited to organizations: the handler asks `scopeOf(caller, right)` and shows nothing beyond it. */
  readonly scoped?: boolean;
  readonly summary: string;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly answer?: A;
  /** HTTP status of success. (Default: 200, or 204 when the handler answers undefined) */
  readonly status?: number;
  /** Content types this route takes instead of parsed JSON; `body` is then left out and `call.request.body` is a Buffer. `any`: whatever comes. */
  readonly raw?: readonly string[] | 'any';
  /** Called before a byte of the body is read: where a public route bounds what strangers may do. A throw refuses the request. */
  readonly admit?: (request: FastifyRequest, reply: FastifyReply) => Promise<void>;
  /** The handler itself refuses texts that cannot be stored (NUL, half a character), with codes of its own. (Default: they are refused before it) */
  readonly anyText?: boolean;
  /** Limit of the body in bytes. (Default: `http.bodyLimit`) */
  readonly bodyLimit?: number;
  /** Further successes by status, with what they mean; they answer the same `answer`. */
  readonly also?: Readonly<Record<number, string>>;
  /** Content types of the answer besides `answer` as JSON, for a route that sends by itself. */
  readonly produces?: readonly string[];
  /** The code that an old protocol of the module has for an error of this route; it is shown beside the hub's own, as `lineCode`. (Default: none) */
  readonly lineCode?: (error: HubError) => string | undefined;
  /** Codes it answers beyond those that every route of its kind may answer (openapi.ts, `usualErrors`). */
  readonly errors?: readonly ErrorCode[];
  handle(call: Call<P, Q, B>): Promise<unknown>;
}

/** Keeps the types of one route together. @example route({ method: 'GET', path: '/clients', right: 'tickets.view', ... }) */
export function route<
  P extends z.ZodType | undefined = undefined,
  Q extends z.ZodType | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
  A extends z.ZodType | undefined = undefined,
>(definition: Route<P, Q, B, A>): Route {
  return definition as unknown as Route;
}
