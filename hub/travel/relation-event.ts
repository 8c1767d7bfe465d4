import type { NewEvent } from '../core/events/publish.ts';
import type { Caller } from '../core/identity/caller.ts';
import type { FarEnd, RelationFields } from './relation.ts';
import { farEndOf, RELATIONS } from './relation.ts';
import { type Related, staticEvent } from './static-event.ts';

/** A relation and its ends, as its event needs them. */
export type RelationNews = RelationFields & {
  readonly id_Relation: number;
  readonly id_Dictionary: number;
  readonly subject: Readonly<Record<string, unknown>>;
  readonly relatedName: string;
  readonly organizationId: number | null;
};

const FAR_KINDS: Readonly<Record<FarEnd, Related['kind']>> = {
  ReserveType: 'ReserveType',
  id_MetaCode: 'SimpleMetaCode',
  id_Organization: 'Organization',
  id_Person: 'Person',
};

/** The far end of a relation in words. */
export function relatedOf(relation: RelationNews): Related {
  return { id: farEndOf(relation) ?? 0, kind: FAR_KINDS[RELATIONS[relation.kind].far], name: relation.relatedName };
}

/** The event of a relation that was made, removed, or saved again as it was. */
export function relationEvent(caller: Caller, relation: RelationNews, action: 'create' | 'delete' | 'save'): NewEvent {
  const { kind, id_Relation, id_Organization, id_Person, ReserveType, subject } = relation;
  // The far end after the subject: the subject of a code-on-code relation has an id_MetaCode of its own.
  const as = (Type: string) => ({ ...subject, id_Relation, Type, id_Organization, id_Person, ReserveType });
  return staticEvent(caller, {
    kind,
    action,
    subject: `relation/${id_Relation}`,
    organizationId: relation.organizationId,
    id_Object: id_Relation,
    ...(id_Person === null ? { id_Dictionary: relation.id_Dictionary } : { id_Person }),
    before: action === 'create' ? undefined : as('Relate'),
    after: action === 'delete' ? undefined : as('Relate'),
    ...(action === 'delete' && { unrelated: as('Unrelate') }),
    related: relatedOf(relation),
  });
}
