import { isDeepStrictEqual } from 'node:util';
import type { Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { validate } from '../core/http/validate.ts';
import { audit } from '../core/identity/audit.ts';
import { lockDirectory } from '../core/identity/sql/directory.ts';
import type { Act } from './act.ts';
import { wrongField } from './directories/wrong-field.ts';
import { maskOf } from './group-mask.ts';
import { findFence } from './list-fences.ts';
import { type FenceFields, fenceChange, type OperatorFence } from './operator-fence.ts';
import { requireVersion } from './require-version.ts';
import { dropFence, knownDomains, knownGroups, storeFence } from './sql/operator-fences.ts';
import { heldParameters } from './sql/parameter-group-members.ts';

/** Which fence, and the version of it that was read; undefined: whatever there is. */
interface FenceWish {
  readonly login: string;
  readonly version?: number | undefined;
}

/**
 * Nobody lets himself out, nor others out of a fence in which he stands: what he does not see he cannot give away.
 * @throws HubError FORBIDDEN with the reason `fence`
 */
function requireAuthority({ fence, caller }: Act, login: string): void {
  const fenced = fence.someOf !== 0n || fence.noneOf !== 0n || fence.domains !== null || fence.parameters.size > 0;
  if (!fenced && caller.login !== login) return;
  throw new HubError(
    'FORBIDDEN',
    fenced ? 'who has a fence changes no fences' : 'nobody changes their own fence: ask another administrator',
    {
      reason: 'fence',
      russian: fenced
        ? 'Оператор с ограничениями не может менять ограничения операторов'
        : 'Нельзя менять собственные ограничения: обратитесь к другому администратору',
    },
  );
}

async function checkKnown(tx: Transaction, change: Partial<FenceFields>): Promise<void> {
  const wanted = {
    groups: { ids: change.groups ?? [], of: knownGroups, words: { en: 'group', ru: 'группа' } },
    domains: { ids: change.domains ?? [], of: knownDomains, words: { en: 'domain', ru: 'домен' } },
    parameters: {
      ids: (change.parameters ?? []).map(({ parameter_id: id }) => id),
      of: heldParameters,
      words: { en: 'parameter', ru: 'параметр' },
    },
  };
  for (const [field, { ids, of, words }] of Object.entries(wanted)) {
    if (ids.length === 0) continue;
    const known = new Set((await of(tx, ids)).map(({ id }) => id));
    const missing = ids.filter((id) => !known.has(id)).join(', ');
    if (missing !== '')
      throw wrongField(field, 'unknown_reference', {
        en: `there is no ${words.en} ${missing}`,
        ru: `${words.ru} ${missing}: нет в справочнике`,
      });
  }
}

/** What the audit keeps; `config` may hold secrets of programs. */
const audited = (fence: FenceFields, fields: readonly (keyof FenceFields)[]): Record<string, unknown> =>
  Object.fromEntries(fields.map((field) => [field, field === 'config' ? '***' : fence[field]]));

/**
 * Changes what an operator may see and do (spec 2.14); fields that are left out stay. It counts at once on every hub.
 * @param input.change groups, groups_mode, domains, parameters, description, config
 * @throws HubError NOT_FOUND, FORBIDDEN (`fence`), VALIDATION, STALE_VERSION
 */
export async function setFence(tx: Transaction, act: Act, input: FenceWish & { readonly change: unknown }): Promise<OperatorFence> {
  const change = validate(fenceChange, input.change, 'body') as Partial<FenceFields>;
  // Changes of operators come one after another; the trigger that tells the hubs takes the same lock.
  await lockDirectory(tx);
  const before = await findFence(tx, input.login);
  const { login } = before;
  requireAuthority(act, login);
  requireVersion(`fence of ${login}`, before.version, input.version);
  const fields = (Object.keys(change) as (keyof FenceFields)[]).filter(
    (field) => change[field] !== undefined && !isDeepStrictEqual(change[field], before[field]),
  );
  if (fields.length === 0) return before;
  await checkKnown(tx, change);
  const next = { ...before, ...(Object.fromEntries(fields.map((field) => [field, change[field]])) as Partial<FenceFields>) };
  const rules = Object.fromEntries(next.parameters.map(({ parameter_id: id, rule }) => [id, rule]));
  const { groups, groups_mode: mode, domains, config, description } = next;
  await storeFence(tx, before.operator_id, maskOf(groups), mode === 'except' ? 1 : 0, domains, rules, config, description);
  await audit(tx, act.caller, {
    action: 'billing.fence.set',
    object: login,
    before: audited(before, fields),
    after: audited(next, fields),
  });
  return findFence(tx, login);
}

/**
 * Takes the fence of an operator away, with its remarks: the operator sees every contract then. It counts at once on every hub.
 * @throws HubError NOT_FOUND (operator, fence), FORBIDDEN (`fence`), STALE_VERSION
 */
export async function removeFence(tx: Transaction, act: Act, input: FenceWish): Promise<void> {
  await lockDirectory(tx);
  const before = await findFence(tx, input.login);
  const { login } = before;
  requireAuthority(act, login);
  requireVersion(`fence of ${login}`, before.version, input.version);
  if (before.version === 0)
    throw new HubError('NOT_FOUND', `the operator ${login} has no fence`, {
      reason: 'fence',
      russian: `У оператора ${login} нет ограничений`,
    });
  await dropFence(tx, before.operator_id);
  const fields = ['groups', 'groups_mode', 'domains', 'parameters', 'description', 'config'] as const;
  await audit(tx, act.caller, { action: 'billing.fence.remove', object: login, before: audited(before, fields) });
}
