import type { Queryable } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { parsePosition } from '../core/events/position.ts';
import { type Caller, inScope, requireScope } from '../core/identity/caller.ts';
import { statesNow } from './deliver-callback.ts';
import type { EndpointSettings } from './endpoint.ts';
import { type Family, isOf, shortType } from './family.ts';
import { match, selectionOf, sightOf } from './matching.ts';
import type { RenderValues } from './message.ts';
import { type SampleSet, sampleValues } from './render/samples.ts';
import { allOrganizations } from './sql/projections.ts';
import { eventAt, type RecentEvent } from './sql/recent-events.ts';
import { valueContext, valuesOf } from './value-context.ts';

/** What a preview or a test is made of. */
export interface Example {
  readonly values: RenderValues;
  readonly eventId: string;
  readonly eventType: string;
  /** Whether an enabled endpoint would get the event; null for a sample. */
  readonly matches: boolean | null;
  /** Undefined for a sample. */
  readonly event: RecentEvent | undefined;
}

export interface ExampleInput {
  readonly family: Family;
  readonly organizationId: number | null;
  readonly settings: EndpointSettings;
  /** Position of an event, as `listRecentEvents` answers it; without it a sample. */
  readonly event?: string | undefined;
  readonly sample?: SampleSet | undefined;
  /** What the attempt says of itself. */
  readonly attempt: { readonly deliveryId: string; readonly attempt: number; readonly callbackId: bigint };
  /** What a sample says of its event. */
  readonly sampleIs: { readonly eventId: string; readonly eventType: string };
}

/** What an event is called that the endpoint would not get. */
function ownType(family: Family, { type, data }: RecentEvent): string {
  if (family === 'billing') return shortType(type);
  const { facets, kind } = data;
  return family === 'order' && Array.isArray(facets) ? String(facets[0]) : String(kind);
}

/**
 * The values of a past event, or sample ones.
 * @throws HubError NOT_FOUND; FORBIDDEN when an event is chosen without the right to see personal data.
 */
export async function loadExample(db: Queryable, caller: Caller, input: ExampleInput): Promise<Example> {
  const { family, organizationId, settings, attempt } = input;
  if (input.event === undefined) {
    const eventTime = Temporal.Now.instant().toString();
    const context = valueContext(settings, { ...attempt, ...input.sampleIs, eventTime });
    return { values: sampleValues(family, input.sample ?? 'typical', context), ...input.sampleIs, matches: null, event: undefined };
  }
  const scope = requireScope(caller, 'callbacks.payload');
  const { txid, id } = parsePosition(input.event);
  const [event] = await eventAt(db, txid, id);
  const organization = typeof event?.data['organization_id'] === 'number' ? event.data['organization_id'] : null;
  const known = new Map((await allOrganizations(db)).map((row) => [row.organizationId, { kind: row.kind, parent: row.parentId }] as const));
  const sees = sightOf(organizationId, known);
  if (!event || !inScope(scope, organization) || !isOf(family, event) || !sees(organization))
    throw new HubError('NOT_FOUND', `there is no event ${input.event} of this family that the endpoint may see`, {
      russian: `события ${input.event}, доступного этому получателю, нет`,
    });
  const { data, position } = event;
  const matched = match({ selection: selectionOf(family, settings), sees }, event);
  const eventType = matched?.eventType ?? ownType(family, event);
  const states = settings.values === 'at_send' && family === 'order' ? await statesNow(db, data) : undefined;
  const about = { ...attempt, eventId: position, eventTime: event.time.toString(), eventType, ...(states && { states }) };
  const values = valuesOf(family, data, valueContext(settings, about));
  return { values, eventId: position, eventType, matches: matched !== undefined, event };
}
