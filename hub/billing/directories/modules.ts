import type { Transaction } from '../../core/database/statement.ts';
import { HubError } from '../../core/errors.ts';
import { badValue } from '../bad-value.ts';
import { requireReferences } from '../check-references.ts';
import type { Entry } from '../directory-entry.ts';
import { namedHolders } from '../find-holders.ts';
import { MODULE_KINDS, type ModuleKind } from '../module-kinds.ts';
import { npaySettings } from '../npay-settings.ts';
import { directoryTable } from '../sql/directory-table.ts';
import { holdersOfModule } from '../sql/holders.ts';
import { type Directory, directory } from './directory.ts';
import { choice, line, settings } from './fields.ts';

type Settings = Readonly<Record<string, unknown>>;

export type ModuleInstance = Entry & { kind: ModuleKind; title: string; settings: Settings };

/** What the settings refer to is there. @throws HubError BAD_REQUEST (`settings`), the place named */
async function checkNpay(tx: Transaction, given: Settings): Promise<void> {
  const { success, data, error } = npaySettings.safeParse(given);
  if (!success) {
    const details = error.issues.map(({ path, message }) => ({ code: 'BAD_VALUE', path: `/${['settings', ...path].join('/')}`, message }));
    const [first] = error.issues;
    const said = `${['settings', ...(first?.path ?? [])].join('.')}: ${first?.message}`;
    throw new HubError('BAD_REQUEST', said, { reason: 'settings', russian: said, details });
  }
  const { activeStatus, lockedStatus, statusPairs, groups, labels, tariffs, serviceSet } = data;
  const statuses = statusPairs.size > 0 ? [...statusPairs].flat() : [activeStatus, lockedStatus];
  if (statusPairs.size === 0 && activeStatus === lockedStatus)
    throw badValue(
      'settings.lockedStatus',
      `${lockedStatus} is the active status, too: nobody could be locked`,
      `статус ${lockedStatus} указан и как активный, блокировать нечем`,
    );
  await requireReferences(tx, statusPairs.size > 0 ? 'settings.statusPairs' : 'settings.lockedStatus', 'status', statuses);
  await requireReferences(tx, 'settings.groups', 'group', groups);
  await requireReferences(tx, 'settings.labels', 'label', labels);
  await requireReferences(tx, 'settings.tariffs', 'tariffPlan', tariffs);
  await requireReferences(tx, 'settings.serviceSet', 'serviceSet', serviceSet === 0 ? [] : [serviceSet]);
}

/** Module instances (spec 2.9); the number of one is the `mid` of addresses. */
export const MODULES: Directory<ModuleInstance> = directory<ModuleInstance>({
  name: 'module',
  path: 'modules',
  below: '',
  one: { en: 'module', ru: 'модуль' },
  many: { en: 'module instances', ru: 'экземпляры модулей' },
  notFound: 'Модуль не найден',
  table: directoryTable({
    name: 'module',
    table: 'billing_module',
    id: 'module_id',
    columns: { kind: 'name', title: 'title', settings: 'settings' },
    filters: { kind: ['t.name', 'text'] },
    apart: true,
  }),
  fields: {
    title: line(200, { en: 'name', ru: 'название' }),
    kind: choice(MODULE_KINDS.map(({ name }) => name) as [ModuleKind, ...ModuleKind[]], { en: 'kind', ru: 'вид' }, { fixed: true }),
    settings: settings({
      en: 'settings, all of them; what is left out has its default. GET /modules/kinds describes them',
      ru: 'настройки',
    }),
  },
  columns: ['kind', 'title', 'settings'],
  byFile: true,
  async check(tx, _act, { kind, settings: given }) {
    if (kind === 'npay') await checkNpay(tx, given);
    else if (Object.keys(given).length > 0) throw badValue('settings', `a module ${kind} has no settings`, `у модуля ${kind} нет настроек`);
  },
  uses: namedHolders(holdersOfModule),
  heldReason: 'module_held',
});
