import type { Queryable } from '../core/database/statement.ts';
import type { Caller } from '../core/identity/caller.ts';
import { certificateEnd } from './client-certificate.ts';
import type { EndpointSettings } from './endpoint.ts';
import type { Family } from './family.ts';
import { loadEndpoint } from './load-endpoint.ts';
import type { EndpointRow, EndpointWarning } from './sql/endpoints.ts';
import { type SigningSecretRow, signingSecretsOf } from './sql/signing-secrets.ts';

/** An endpoint as it is shown: its settings with `***` for secrets, and what is about it. */
export type EndpointView = EndpointSettings & {
  readonly id: number;
  readonly version: number;
  readonly family: Family;
  readonly organization_id: number | null;
  readonly enabled: boolean;
  readonly disabled_by: 'user' | 'hub' | null;
  readonly state_reason: string | null;
  readonly state_at: Temporal.Instant;
  readonly warnings: readonly EndpointWarning[];
  /** When the client certificate ends. */
  readonly client_cert_until: Temporal.Instant | null;
  /** Secrets in force, the newest first; never themselves. */
  readonly signing_secrets: readonly {
    readonly id: string;
    readonly made_at: Temporal.Instant;
    readonly valid_until: Temporal.Instant | null;
  }[];
  readonly created_at: Temporal.Instant;
  readonly changed_at: Temporal.Instant;
};

export function viewOf(row: EndpointRow, secrets: readonly SigningSecretRow[]): EndpointView {
  const { settings } = row;
  return {
    id: row.endpointId,
    version: row.version,
    family: row.family,
    organization_id: row.organizationId,
    enabled: row.enabled,
    disabled_by: row.disabledBy,
    state_reason: row.stateReason,
    state_at: row.stateAt,
    warnings: row.warnings,
    ...settings,
    client_cert_until: (settings.client_cert && certificateEnd(settings.client_cert.certificate)) ?? null,
    signing_secrets: secrets
      .filter(({ endpointId }) => endpointId === row.endpointId)
      .map(({ secretId, madeAt, validUntil }) => ({ id: secretId, made_at: madeAt, valid_until: validUntil })),
    created_at: row.createdAt,
    changed_at: row.changedAt,
  };
}

/** @param right by which it is seen: whoever saves sees what was saved. @throws HubError NOT_FOUND. */
export async function showEndpoint(
  db: Queryable,
  caller: Caller,
  id: number,
  right: 'callbacks.read' | 'callbacks.write' = 'callbacks.read',
): Promise<EndpointView> {
  const row = await loadEndpoint(db, caller, right, id);
  return viewOf(row, await signingSecretsOf(db, [id]));
}
