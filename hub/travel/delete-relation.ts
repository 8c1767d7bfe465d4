import type { Transaction } from '../core/database/statement.ts';
import { publish } from '../core/events/publish.ts';
import { audit } from '../core/identity/audit.ts';
import { type Caller, requireScope } from '../core/identity/caller.ts';
import { requireRelationRight } from './add-relation.ts';
import { notThere, organizationsOf } from './find-object.ts';
import { relationEvent } from './relation-event.ts';
import { lockRelation, relationById, removeRelations } from './sql/relations.ts';

/** Unties a relation. @throws HubError NOT_FOUND, FORBIDDEN. */
export async function deleteRelation(tx: Transaction, caller: Caller, id: number): Promise<void> {
  const scope = organizationsOf(requireScope(caller, 'static.write'));
  const [there] = await lockRelation(tx, id);
  const [relation] = there ? await relationById(tx, scope, id) : [];
  if (!relation) throw notThere({ en: 'relation', ru: 'связь' }, id);
  requireRelationRight(caller, relation.kind);
  await removeRelations(tx, [id]);
  const { kind, id_Subject, ReserveType, id_MetaCode, id_Organization, id_Person } = relation;
  await audit(tx, caller, {
    action: 'travel.relation.delete',
    object: String(id),
    before: { kind, id_Subject, ReserveType, id_MetaCode, id_Organization, id_Person },
  });
  await publish(tx, relationEvent(caller, relation, 'delete'));
}
