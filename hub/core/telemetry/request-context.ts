import { AsyncLocalStorage } from 'node:async_hooks';

/** What the log adds to every note that is said while a request is handled. */
export interface RequestContext {
  readonly requestId: string;
  /** What a part of the hub remembers of the request until it is answered, each under a symbol of its own. */
  [part: symbol]: unknown;
}

/** The request under way, wherever its handling has got to; undefined outside of requests. */
export const requestContext = new AsyncLocalStorage<RequestContext>();
