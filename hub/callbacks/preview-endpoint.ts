import type { Queryable, Transaction } from '../core/database/statement.ts';
import { audit } from '../core/identity/audit.ts';
import { type Caller, requireScope } from '../core/identity/caller.ts';
import { requireOwner } from './add-endpoint.ts';
import { type CheckInput, checkEndpoint, type EndpointFinding, type EndpointPorts } from './check-endpoint.ts';
import { requireFamily } from './check-family-rights.ts';
import type { NewEndpointInput, SettingsInput } from './endpoint.ts';
import { openSecrets, takeSecrets } from './endpoint-secrets.ts';
import type { Family } from './family.ts';
import { MASK } from './header-secrets.ts';
import { loadEndpoint } from './load-endpoint.ts';
import { loadExample } from './load-example.ts';
import { compileMessage, RenderFault } from './message.ts';
import { profileSettings } from './profiles.ts';
import type { SampleSet } from './render/samples.ts';
import { type RecentEvent, recentEvents } from './sql/recent-events.ts';
import { ticksAt } from './ticks.ts';

/** What a receiver would get, with secrets as `***`. */
export interface Preview {
  readonly method: 'POST' | 'GET';
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The text of the body; null for GET. */
  readonly body: string | null;
  readonly bytes: number;
  readonly charset: string;
  readonly format: string;
  readonly notes: readonly string[];
  /** `@EventType` before the name map. */
  readonly event_type: string;
  /** Whether the endpoint would get the event, were it enabled; null for a sample. */
  readonly matches: boolean | null;
}

export interface PreviewAnswer {
  readonly findings: readonly EndpointFinding[];
  /** Null when the templates have errors, or this event cannot be sent. */
  readonly preview: Preview | null;
  /** Why this event cannot be sent, though the templates are good. */
  readonly fault: { readonly code: string; readonly message: string } | null;
}

/** Settings as they would be saved, of an endpoint that is there (`id`) or is yet to be added. */
export type Draft = { readonly id: number; readonly change: SettingsInput } | { readonly fresh: NewEndpointInput };

/** @throws HubError NOT_FOUND. */
async function draftOf(db: Queryable, caller: Caller, ports: EndpointPorts, draft: Draft): Promise<CheckInput> {
  if ('fresh' in draft) {
    const { family, organization_id: organizationId, profile, ...input } = draft.fresh;
    requireOwner(caller, organizationId);
    requireFamily(caller, family);
    return { family, organizationId, base: profileSettings(profile, family), secrets: { headers: [], clientKey: null }, input };
  }
  const row = await loadEndpoint(db, caller, 'callbacks.write', draft.id);
  requireFamily(caller, row.family);
  const secrets = openSecrets(ports.secretKey, draft.id, row.version, row.secrets);
  return { family: row.family, organizationId: row.organizationId, base: row.settings, secrets, input: draft.change };
}

/** Checks settings as a save would, and saves nothing (spec 5.6). @throws HubError NOT_FOUND. */
export async function lintEndpoint(
  db: Queryable,
  caller: Caller,
  ports: EndpointPorts,
  draft: Draft,
): Promise<{ ok: boolean; findings: readonly EndpointFinding[] }> {
  const { findings } = await checkEndpoint(db, ports, await draftOf(db, caller, ports, draft));
  return { ok: findings.every(({ severity }) => severity !== 'error'), findings };
}

/** Events of the last days, to choose one for a preview. Only for those who may read personal data of their organizations. */
export async function listRecentEvents(db: Queryable, caller: Caller, family: Family, limit: number): Promise<RecentEvent[]> {
  const scope = requireScope(caller, 'callbacks.payload');
  requireFamily(caller, family);
  return recentEvents(db, family, scope === 'all' ? null : [...scope], limit);
}

/** What `@{DeliveryId}` and `@{EventId}` are where there is none. */
const DELIVERY_ID = '0';
const SAMPLE_ID = 'sample';

/**
 * What would be sent for a recent event, or for sample values; nothing is sent (spec 5.6). Seeing an event is audited.
 * @param chosen.event position of an event, as `listRecentEvents` answers it; without it a sample.
 * @throws HubError NOT_FOUND, FORBIDDEN when an event is chosen without the right to see personal data.
 */
export async function previewEndpoint(
  db: Transaction,
  caller: Caller,
  ports: EndpointPorts,
  draft: Draft,
  chosen: { readonly event?: string | undefined; readonly sample?: SampleSet | undefined },
): Promise<PreviewAnswer> {
  const about = await draftOf(db, caller, ports, draft);
  const checked = await checkEndpoint(db, ports, about);
  const { findings, message, dictionaries } = checked;
  if (!message) return { findings, preview: null, fault: null };
  const { shown } = takeSecrets(checked.settings);
  // Compiled again without the secrets: what has none cannot show any.
  const masked = compileMessage({
    family: about.family,
    method: shown.method,
    url: shown.url,
    headers: shown.headers,
    body: shown.body,
    bodyFormat: shown.body_format,
    unknown: shown.unknown,
    signing: shown.signing,
    dictionaries,
  }).message;
  if (!masked) return { findings, preview: null, fault: null };
  const { settings } = checked;
  const { values, eventId, eventType, matches, event } = await loadExample(db, caller, {
    family: about.family,
    organizationId: about.organizationId,
    settings,
    ...chosen,
    attempt: { deliveryId: DELIVERY_ID, attempt: 1, callbackId: ticksAt(Date.now()) },
    sampleIs: { eventId: SAMPLE_ID, eventType: settings.events[0] ?? '' },
  });
  if (event) await audit(db, caller, { action: 'callbacks.event.preview', object: eventId, after: { subject: event.subject } });
  try {
    const { url, headers, body, notes } = masked.render(values);
    const signature: (readonly [string, string])[] = shown.signing
      ? [
          ['webhook-id', eventId],
          ['webhook-timestamp', String(Math.floor(Date.now() / 1000))],
          ['webhook-signature', `v1,${MASK}`],
        ]
      : [];
    return {
      findings,
      preview: {
        method: masked.method,
        url,
        headers: [...headers, ...signature],
        body: body === undefined ? null : new TextDecoder(masked.charset).decode(body),
        bytes: body?.length ?? 0,
        charset: masked.charset,
        format: masked.format,
        notes,
        event_type: eventType,
        matches,
      },
      fault: null,
    };
  } catch (error) {
    if (!(error instanceof RenderFault)) throw error;
    return { findings, preview: null, fault: { code: error.code, message: error.message } };
  }
}
