import type { Queryable } from '../core/database/statement.ts';
import { type Page, pageOf } from '../core/http/page.ts';
import { type Caller, scopeOf } from '../core/identity/caller.ts';
import type { Family } from './family.ts';
import { listCursor } from './list-cursor.ts';
import { type EndpointView, viewOf } from './show-endpoint.ts';
import { endpointPage } from './sql/endpoints.ts';
import { signingSecretsOf } from './sql/signing-secrets.ts';

/** A text to look for, anywhere in a field: its own % and _ mean themselves. */
const contains = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`;

/** A list holds no templates: each may have 256 KiB. */
export type EndpointSummary = Omit<EndpointView, 'body' | 'headers' | 'client_cert' | 'ca'>;

function summaryOf({ body: _, headers: __, client_cert: ___, ca: ____, ...summary }: EndpointView): EndpointSummary {
  return summary;
}

/** Endpoints that the caller may see, in the order of their ids. @throws HubError BAD_REQUEST on a damaged cursor. */
export async function listEndpoints(
  db: Queryable,
  caller: Caller,
  options: {
    readonly family?: Family | undefined;
    readonly enabled?: boolean | undefined;
    readonly q?: string | undefined;
    readonly after?: string | undefined;
    readonly limit: number;
  },
): Promise<Page<EndpointSummary>> {
  const { family, enabled, q, after, limit } = options;
  const scope = scopeOf(caller, 'callbacks.read');
  const rows = await endpointPage(
    db,
    listCursor.idOf(after),
    scope === 'all' ? null : [...scope],
    family ?? null,
    enabled ?? null,
    q === undefined ? null : contains(q),
    limit + 1,
  );
  const page = pageOf(rows, limit, ({ endpointId }) => listCursor.after(endpointId));
  const secrets = await signingSecretsOf(
    db,
    page.items.map(({ endpointId }) => endpointId),
  );
  return { items: page.items.map((row) => summaryOf(viewOf(row, secrets))), next: page.next };
}
