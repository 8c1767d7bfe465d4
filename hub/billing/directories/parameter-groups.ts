import * as z from 'zod';
import { HubError } from '../../core/errors.ts';
import { type Entry, entryNumber } from '../directory-entry.ts';
import { directoryTable } from '../sql/directory-table.ts';
import { parameterGroupUses } from '../sql/directory-uses.ts';
import { addGroupMembers, dropGroupMembers, heldParameters } from '../sql/parameter-group-members.ts';
import { type Directory, directory } from './directory.ts';
import { line, members } from './fields.ts';
import { hiddenParameters } from './parameters.ts';
import { usedBy } from './users.ts';
import { wrongField } from './wrong-field.ts';

const member = z.strictObject({
  parameter_id: entryNumber,
  position: z.int().min(-1_000_000).max(1_000_000).default(0).meta({ description: 'place on the form' }),
  customer_read: z.boolean().default(false),
  customer_write: z.boolean().default(false),
});
type Member = z.output<typeof member>;

export type ParameterGroup = Entry & { title: string; comment: string; members: readonly Member[] };

const MOST_MEMBERS = 1_000;

const MEMBERS = `COALESCE((SELECT json_agg(json_build_object('parameter_id', m.parameter_id, 'position', m.position, 'customer_read', m.customer_read,
  'customer_write', m.customer_write) ORDER BY m.position, m.parameter_id) FROM billing_parameter_group_member m
  WHERE m.parameter_group_id = t.parameter_group_id), '[]')`;

/** Which parameters contracts show, in which order, and what the customer may do with them (spec 2.3). */
export const PARAMETER_GROUPS: Directory<ParameterGroup> = directory<ParameterGroup>({
  name: 'parameter-group',
  path: 'parameter-groups',
  one: { en: 'parameter group', ru: 'группа параметров' },
  many: { en: 'groups of parameters', ru: 'группы параметров' },
  table: directoryTable({
    name: 'parameterGroup',
    table: 'billing_parameter_group',
    id: 'parameter_group_id',
    columns: { title: 'title', comment: 'comment' },
    shown: { members: MEMBERS },
    order: ['title'],
  }),
  fields: {
    title: line(200, { en: 'title', ru: 'название' }),
    comment: line(1_000, { en: 'remark', ru: 'примечание' }, { default: '' }),
    members: members(member, MOST_MEMBERS, {
      en: 'its parameters in their order; given as a whole',
      ru: 'параметры группы по порядку; задаются целиком',
    }),
  },
  visible(act, entry) {
    const hidden = hiddenParameters(act);
    return { ...entry, members: entry.members.filter(({ parameter_id: id }) => !hidden.includes(id)) };
  },
  async check(tx, act, next, before) {
    const hidden = hiddenParameters(act);
    if ([...next.members, ...(before?.members ?? [])].some(({ parameter_id: id }) => hidden.includes(id)))
      throw new HubError('FORBIDDEN', 'the group has a parameter that this operator may not see', {
        reason: 'parameter',
        russian: 'В группе есть параметр, скрытый от этого оператора',
      });
    const wanted = next.members.map(({ parameter_id: id }) => id);
    const twice = wanted.find((id, at) => wanted.indexOf(id) !== at);
    if (twice !== undefined)
      throw wrongField('members', 'duplicate', { en: `parameter ${twice} stands there twice`, ru: `параметр ${twice} указан дважды` });
    const held = new Set((await heldParameters(tx, wanted)).map(({ id }) => id));
    const missing = wanted.filter((id) => !held.has(id));
    if (missing.length > 0)
      throw wrongField('members', 'unknown_reference', {
        en: `there is no parameter ${missing.join(', ')}`,
        ru: `параметр ${missing.join(', ')}: нет в справочнике`,
      });
  },
  async stored(tx, _act, { id, members: wanted }) {
    await dropGroupMembers(tx, id);
    await addGroupMembers(tx, id, JSON.stringify(wanted));
  },
  uses: usedBy(parameterGroupUses),
});
