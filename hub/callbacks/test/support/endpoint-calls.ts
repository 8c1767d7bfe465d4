import { expect } from 'vitest';
import type { Answer } from '../../../test/support/module-rest.ts';
import type { EndpointBench } from './endpoints.ts';

interface CallOptions {
  readonly as?: string;
  readonly headers?: Record<string, string>;
}

/** What the tests of endpoints ask REST for. */
export interface EndpointCalls {
  /** @param path below /callbacks @param options.as rights; every right unless given */
  call(method: string, path: string, body?: unknown, options?: CallOptions): Promise<Answer>;
  /** Adds an endpoint of orders, `SAP` at https://a.ru/in, unless `settings` say otherwise. @returns it as it is shown */
  add(settings?: object): Promise<Answer['json']>;
  /** The events of an endpoint, by their types. */
  types(id: number): Promise<string[]>;
}

/** @param bench asked for with each call, as it is opened before the tests and after this */
export function endpointCalls(bench: () => EndpointBench): EndpointCalls {
  const call: EndpointCalls['call'] = (method, path, body, options = {}) =>
    bench().rest.send(method, `/callbacks${path}`, { ...options, ...(body !== undefined && { body }) });
  return {
    call,
    async add(settings = {}) {
      const { status, json } = await call('POST', '/endpoints', { family: 'order', name: 'SAP', url: 'https://a.ru/in', ...settings });
      expect(json.detail).toBeUndefined();
      expect(status).toBe(201);
      return json;
    },
    async types(id) {
      const rows = await bench().rows<{ type: string }>('SELECT type FROM event WHERE subject = $1 ORDER BY id', [`endpoint/${id}`]);
      return rows.map(({ type }) => type);
    },
  };
}
