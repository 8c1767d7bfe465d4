import type { Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import type { Act } from './act.ts';
import { badValue, checkLine } from './bad-value.ts';
import { requireReferences } from './check-references.ts';
import { namedHolders } from './find-holders.ts';
import type { Managed } from './find-managed.ts';
import { isModuleKind } from './module-kinds.ts';
import { npaySettings } from './npay-settings.ts';
import { saveManaged } from './save-managed.ts';
import { holdersOfModule } from './sql/holders.ts';
import { type BillingModule, moduleTable } from './sql/modules.ts';
import type { Stored } from './stored.ts';

export interface ModuleInput {
  /** 0: a new instance. */
  readonly id: number;
  /** The version that was read. (Default: whatever there is) */
  readonly version?: number | undefined;
  /** Its kind: of a new one; it stays. */
  readonly name?: string | undefined;
  readonly title?: string | undefined;
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
}

const LONGEST_TITLE = 200;

/** What the settings refer to is there. @throws HubError BAD_REQUEST (`settings`), the place named */
async function checkNpay(tx: Transaction, settings: Readonly<Record<string, unknown>>): Promise<void> {
  const { success, data, error } = npaySettings.safeParse(settings);
  if (!success) {
    const details = error.issues.map(({ path, message }) => ({ code: 'BAD_VALUE', path: `/${['settings', ...path].join('/')}`, message }));
    const [first] = error.issues;
    const place = ['settings', ...(first?.path ?? [])].join('.');
    const said = `${place}: ${first?.message}`;
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

async function check(
  tx: Transaction,
  { name: wanted, title, settings }: BillingModule,
  before: Stored<BillingModule> | undefined,
): Promise<BillingModule> {
  const name = before?.name ?? wanted;
  const line = checkLine('title', title, LONGEST_TITLE);
  if (!isModuleKind(name)) throw badValue('name', `there is no kind of module ${name}`, `неизвестный вид модуля ${name}`);
  if (line === '') throw badValue('title', 'a title is needed', 'не указано название');
  if (name === 'npay') await checkNpay(tx, settings);
  else if (Object.keys(settings).length > 0)
    throw badValue('settings', `a module ${name} has no settings`, `у модуля ${name} нет настроек`);
  return { name, title: line, settings };
}

/** Module instances (spec 2.9); the number of one is the `mid` of addresses. */
export const MODULES: Managed<BillingModule> = {
  name: 'module',
  words: { en: 'module', ru: 'Модуль', notFound: 'Модуль не найден' },
  table: moduleTable,
  fresh: { name: '', title: '', settings: {} },
  check,
  holders: namedHolders(holdersOfModule),
};

/**
 * Makes an instance of a module, or changes one.
 * @returns its number, the `mid`
 * @throws HubError NOT_FOUND, STALE_VERSION, BAD_REQUEST (`name`, `title`, `settings`)
 */
export const saveModule = (tx: Transaction, act: Act, { id, version, ...change }: ModuleInput): Promise<number> =>
  saveManaged(tx, act, MODULES, { id, version, change });
