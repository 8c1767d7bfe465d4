import type { NewEvent } from '../core/events/publish.ts';
import type { Caller } from '../core/identity/caller.ts';
import { type ChangeSource, sourceOf } from './source-of-change.ts';
import type { StaticKind } from './static-kinds.ts';
import { renderFragment, SHAPES, type XmlFields } from './xml-shapes.ts';

/** What the data of every event of travel begins with. */
export interface ChangeOrigin {
  readonly organization_id: number | null;
  readonly change_source: ChangeSource;
  /** Number of the operator; null: none acted. */
  readonly actor_id: number | null;
  readonly actor: string;
}

export const originOf = (caller: Caller, organizationId: number | null): ChangeOrigin => ({
  organization_id: organizationId,
  change_source: sourceOf(caller),
  actor_id: caller.operatorId ?? null,
  actor: caller.login,
});

/** The far end of a relation, which its XML does not always hold. */
export interface Related {
  readonly id: number | string;
  readonly kind: 'ReserveType' | 'SimpleMetaCode' | 'Organization' | 'Person';
  readonly name: string;
}

/** One change of one object of static data. */
export interface StaticChange {
  readonly kind: StaticKind;
  /** `save`: saved without a change. */
  readonly action: 'create' | 'update' | 'delete' | 'save';
  /** `person/5` */
  readonly subject: string;
  readonly organizationId: number | null;
  readonly id_Object: number;
  /** One of these two is the key by which deliveries keep their order. */
  readonly id_Person?: number;
  readonly id_Dictionary?: number;
  readonly before: XmlFields | undefined;
  readonly after: XmlFields | undefined;
  /** A removed relation, as receivers see it who want a word of farewell. */
  readonly unrelated?: XmlFields;
  readonly related?: Related;
  readonly object?: Readonly<Record<string, unknown>>;
}

/** The event of a change: both whole objects as XML, made now, so that later changes do not alter it (spec 1.4, 2.9). */
export function staticEvent(caller: Caller, change: StaticChange): NewEvent {
  const { kind, action, before, after, unrelated } = change;
  const fragment = (fields: XmlFields | undefined): string => (fields === undefined ? '' : renderFragment(kind, fields));
  return {
    type: `vestnik.travel.${kind}`,
    subject: change.subject,
    data: {
      family: 'static',
      ...originOf(caller, change.organizationId),
      kind,
      action,
      changed: action !== 'save',
      id_Object: change.id_Object,
      id_Person: change.id_Person ?? null,
      id_Dictionary: change.id_Dictionary ?? null,
      before: fragment(before),
      after: fragment(after),
      unrelated: fragment(unrelated),
      related: change.related ?? null,
      sensitive: SHAPES[kind].sensitive,
      object: change.object ?? {},
    },
  };
}
