import type { Entry } from '../directory-entry.ts';
import { HIGHEST_GROUP } from '../group-mask.ts';
import { directoryTable } from '../sql/directory-table.ts';
import { domainUses, groupUses, labelUses } from '../sql/directory-uses.ts';
import { type Directory, directory } from './directory.ts';
import { flag, line, reference } from './fields.ts';
import { usedBy } from './users.ts';

export type Group = Entry & { title: string; enabled: boolean; not_editable: boolean; comment: string };

/** Groups of contracts: bit `id` of their mask. */
export const GROUPS: Directory<Group> = directory<Group>({
  name: 'group',
  path: 'groups',
  one: { en: 'group', ru: 'группа договоров' },
  many: { en: 'groups of contracts', ru: 'группы договоров' },
  table: directoryTable({
    name: 'group',
    table: 'billing_group',
    id: 'group_id',
    columns: { title: 'title', enabled: 'enabled', not_editable: 'not_editable', comment: 'comment' },
    filters: { enabled: ['t.enabled', 'boolean'] },
    numbered: true,
  }),
  fields: {
    title: line(200, { en: 'title', ru: 'название' }),
    enabled: flag({ en: 'contracts can be put into it', ru: 'договоры можно включать в группу' }, true),
    not_editable: flag(
      { en: 'contracts are neither put into it nor taken out by hand', ru: 'группа не меняется у договоров вручную' },
      false,
    ),
    comment: line(1_000, { en: 'remark', ru: 'примечание' }, { default: '' }),
  },
  numbers: { most: HIGHEST_GROUP, free: false },
  uses: usedBy(groupUses),
});

export type Label = Entry & { parent_id: number | null; title: string };

/** Labels of contracts: a tree, of which a contract may have any. */
export const LABELS: Directory<Label> = directory<Label>({
  name: 'label',
  path: 'labels',
  one: { en: 'label', ru: 'метка договоров' },
  many: { en: 'labels of contracts', ru: 'метки договоров' },
  table: directoryTable({
    name: 'label',
    table: 'billing_label',
    id: 'label_id',
    columns: { title: 'title', parent_id: 'parent_id' },
    order: ['title'],
    filters: { parent_id: ['t.parent_id', 'int'] },
  }),
  fields: {
    title: line(200, { en: 'title', ru: 'название' }),
    parent_id: reference(() => LABELS, { en: 'the label above it', ru: 'метка, в которую она вложена' }, { optional: true }),
  },
  tree: true,
  uses: usedBy(labelUses),
});

export type Domain = Entry & { parent_id: number | null; title: string; comment: string };

/** Domains: a tree; a contract belongs to one at most, and operators may be confined to some (spec 2.1). */
export const DOMAINS: Directory<Domain> = directory<Domain>({
  name: 'domain',
  path: 'domains',
  one: { en: 'domain', ru: 'домен' },
  many: { en: 'domains', ru: 'домены' },
  table: directoryTable({
    name: 'domain',
    table: 'billing_domain',
    id: 'domain_id',
    columns: { title: 'title', parent_id: 'parent_id', comment: 'comment' },
    order: ['title'],
    filters: { parent_id: ['t.parent_id', 'int'] },
  }),
  fields: {
    title: line(200, { en: 'title', ru: 'название' }),
    parent_id: reference(() => DOMAINS, { en: 'the domain above it', ru: 'домен, в который он вложен' }, { optional: true }),
    comment: line(1_000, { en: 'remark', ru: 'примечание' }, { default: '' }),
  },
  tree: true,
  uses: usedBy(domainUses),
});
