import type { Transaction } from '../core/database/statement.ts';
import { audit } from '../core/identity/audit.ts';
import type { Act } from './act.ts';
import { needModule } from './attach-modules.ts';
import { badValue, checkLine } from './bad-value.ts';
import { isModuleKind } from './module-kinds.ts';
import { npaySettings } from './npay-settings.ts';
import { insertModule, updateModule } from './sql/modules.ts';

export interface ModuleInput {
  /** 0: a new instance. */
  readonly id: number;
  /** Its kind; it stays. */
  readonly name: string;
  readonly title: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

const LONGEST_TITLE = 200;

function checkSettings(name: string, settings: Readonly<Record<string, unknown>>): void {
  const checked = name === 'npay' ? npaySettings.safeParse(settings) : undefined;
  if (!checked || checked.success) {
    if (checked || Object.keys(settings).length === 0) return;
    throw badValue('settings', `a module ${name} has no settings`, `у модуля ${name} нет настроек`);
  }
  const [issue] = checked.error.issues;
  const where = ['settings', ...(issue?.path ?? [])].join('.');
  throw badValue('settings', `${where}: ${issue?.message}`, `${where}: ${issue?.message}`);
}

/**
 * Makes an instance of a module, or changes one.
 * @returns its number, the `mid`
 * @throws HubError NOT_FOUND, BAD_REQUEST (`name`, `title`, `settings`)
 */
export async function saveModule(tx: Transaction, act: Act, { id, name, title, settings }: ModuleInput): Promise<number> {
  const line = checkLine('title', title, LONGEST_TITLE);
  const kind = id === 0 ? name : (await needModule(tx, id)).name;
  if (!isModuleKind(kind)) throw badValue('name', `there is no kind of module ${kind}`, `неизвестный вид модуля ${kind}`);
  checkSettings(kind, settings);
  const [row] = id === 0 ? await insertModule(tx, kind, line, settings) : await updateModule(tx, id, line, settings);
  const saved = row?.id ?? id;
  await audit(tx, act.caller, {
    action: id === 0 ? 'billing.module.create' : 'billing.module.change',
    object: `module/${saved}`,
    after: { name: kind, title: line, settings },
  });
  return saved;
}
