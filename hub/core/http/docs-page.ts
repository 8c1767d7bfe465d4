import type { OpenApiDocument, OpenApiOperation } from './openapi.ts';

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (sign) => ESCAPES[sign] ?? sign);
const pretty = (value: unknown): string => `<pre>${escapeHtml(JSON.stringify(value, null, 2))}</pre>`;

function operationHtml(path: string, method: string, operation: OpenApiOperation): string {
  const parameters = operation.parameters.map(
    (parameter) =>
      `<li><code>${escapeHtml(String(parameter['name']))}</code> (${parameter['in']}${parameter['required'] ? ', required' : ''}) ${escapeHtml(String(parameter['description'] ?? ''))}</li>`,
  );
  const responses = Object.entries(operation.responses).map(([status, response]) => {
    const schemas = Object.entries(response.content ?? {}).map(
      ([type, { schema }]) => `<code>${escapeHtml(type)}</code>${schema && !('$ref' in schema) ? pretty(schema) : ''}`,
    );
    return `<li><b>${status}</b> ${escapeHtml(response.description)} ${schemas.join(' ')}</li>`;
  });
  return `<details id="${escapeHtml(operation.operationId)}"><summary><b>${method.toUpperCase()}</b> <code>${escapeHtml(path)}</code> ${escapeHtml(operation.summary)}</summary>
<p>${escapeHtml(operation.description)}</p>
${parameters.length > 0 ? `<ul>${parameters.join('')}</ul>` : ''}
${operation.requestBody ? `<p>Body</p>${pretty(operation.requestBody['content'])}` : ''}
<ul>${responses.join('')}</ul></details>`;
}

/** The OpenAPI document as one page without scripts or anything from elsewhere. */
export function docsPage(document: OpenApiDocument): string {
  const sections = document.tags.map(({ name }) => {
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([, operation]) => operation.tags.includes(name))
        .map(([method, operation]) => operationHtml(path, method, operation)),
    );
    return `<h2>${escapeHtml(name)}</h2>\n${operations.join('\n')}`;
  });
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Vestnik REST</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}summary{cursor:pointer;padding:.3rem 0}pre{overflow:auto;background:#8882;padding:.5rem}</style></head>
<body><h1>Vestnik REST, version ${escapeHtml(document.info.version)}</h1><p>${escapeHtml(document.info.description)} The same as <a href="openapi.json">OpenAPI 3.1</a>.</p>
${sections.join('\n')}</body></html>`;
}
