import { z } from 'zod';
import type { JsonSchema, OpenApiDocument } from '../../openapi.ts';

/** Which operation of the document a path belongs to; the one with fewer parameters wins. */
function findPath(document: OpenApiDocument, path: string): string | undefined {
  const fits = Object.keys(document.paths).filter((template) =>
    new RegExp(`^${template.replace(/[.]/g, '\\.').replace(/\{[^}]+\}/g, '[^/]+')}$`).test(path),
  );
  return fits.sort((one, other) => one.split('{').length - other.split('{').length)[0];
}

const resolve = (document: OpenApiDocument, schema: JsonSchema): JsonSchema => {
  const name = typeof schema['$ref'] === 'string' ? schema['$ref'].split('/').at(-1) : undefined;
  return name === undefined ? schema : (document.components.schemas[name] ?? {});
};

/** Patterns of JSON Schema are Unicode ones; zod reads them without that, and would take `\p{Cc}` for the letters p, C, c. */
const readable = (schema: JsonSchema): JsonSchema =>
  JSON.parse(JSON.stringify(schema, (key, value) => (key === 'pattern' && String(value).includes('\\p{') ? undefined : value)));

/** @throws Error naming what the document does not say: path, method, status, content type, or where the body differs. */
export function checkDocumented(
  document: OpenApiDocument,
  answer: { method: string; path: string; status: number; type: string; body: string },
): void {
  const { method, path, status, type, body } = answer;
  const said = `${method} ${path} answered ${status} ${type}`;
  const template = findPath(document, path);
  const operation = template && document.paths[template]?.[method.toLowerCase()];
  if (!operation) throw new Error(`${said}: the document does not have this operation`);
  const response = operation.responses[status];
  if (!response) throw new Error(`${said}: documented are ${Object.keys(operation.responses).join(', ')}; body: ${body.slice(0, 300)}`);
  const bare = type.split(';', 1)[0]?.trim() ?? '';
  if (body === '') return;
  // A route that describes no answer sends what it likes with a success.
  if (!response.content) {
    if (status < 300 && method === 'GET') return;
    throw new Error(`${said}: documented without a body`);
  }
  const content = response.content[bare];
  if (!content) throw new Error(`${said}: documented are ${Object.keys(response.content).join(', ')}`);
  if (!content.schema) return;
  const parsed = z
    .fromJSONSchema(readable(resolve(document, content.schema)) as Parameters<typeof z.fromJSONSchema>[0])
    .safeParse(JSON.parse(body));
  if (!parsed.success) throw new Error(`${said}, but its body differs from the document: ${z.prettifyError(parsed.error)}`);
}

/**
 * A fetch that fails on whatever /api/v1/openapi.json does not say: for tests of routes.
 * @example const call = await documentedFetch(url); await call('/api/v1/tickets/clients', { headers });
 */
export async function documentedFetch(base: string): Promise<(path: string, init?: RequestInit) => Promise<Response>> {
  const document = (await (await fetch(`${base}/api/v1/openapi.json`)).json()) as OpenApiDocument;
  return async (path, init = {}) => {
    const response = await fetch(`${base}${path}`, init);
    const copy = response.clone();
    const type = response.headers.get('content-type') ?? '';
    const body = type.startsWith('text/event-stream') ? '' : await copy.text();
    checkDocumented(document, { method: init.method ?? 'GET', path: path.split('?', 1)[0] ?? '', status: response.status, type, body });
    return response;
  };
}
