import type { Health } from '../telemetry/health.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { docsPage } from './docs-page.ts';
import type { OpenApiDocument } from './openapi.ts';
import { route } from './route.ts';
import { API_PREFIX, type PlacedRoute } from './router.ts';

const PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Paths for machines that watch the hub, and the description of the interface. They need no login. */
export function systemRoutes(health: Health, metrics: Metrics, document: OpenApiDocument): PlacedRoute[] {
  const json = JSON.stringify(document);
  const page = docsPage(document);
  const place = (url: string, summary: string, handle: Parameters<typeof route>[0]['handle']): PlacedRoute => ({
    module: '',
    url,
    route: route({ method: 'GET', path: url, right: 'public', summary, handle }),
  });
  return [
    place('/healthz', 'The process is alive', async () => ({ status: 'alive' })),
    place('/readyz', 'The hub may be given work', async ({ reply }) => {
      const { ready, state, checks } = await health.report();
      reply.code(ready ? 200 : 503);
      return { status: ready ? 'ready' : 'not ready', state, checks };
    }),
    place('/metrics', 'Metrics in the text form of Prometheus', async ({ reply }) =>
      reply.type(metrics.contentType).send(await metrics.page()),
    ),
    place(`${API_PREFIX}/openapi.json`, 'This interface as OpenAPI 3.1', async ({ reply }) =>
      reply.type('application/json; charset=utf-8').send(json),
    ),
    place(`${API_PREFIX}/docs`, 'This interface as a page', async ({ reply }) =>
      reply.type('text/html; charset=utf-8').header('content-security-policy', PAGE_POLICY).send(page),
    ),
  ];
}
