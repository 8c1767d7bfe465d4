import { HubError } from '../core/errors.ts';
import { allows } from '../core/identity/caller.ts';
import type { Operator } from '../core/identity/operator.ts';
import type { KnownRights } from '../core/identity/rights.ts';
import type { Translate } from './language.ts';
import { table } from './table.ts';

type Holder = Pick<Operator, 'login' | 'rights'>;

const byModule = (known: KnownRights): Map<string, [right: string, allows: string][]> =>
  Map.groupBy(Object.entries(known).sort(), ([right]) => right.slice(0, right.indexOf('.')));

/**
 * How many rights there are in each module and how many of them somebody has: a module that has one for each operation knows hundreds, which nobody
 * wants to see whole who asks about an operator.
 */
export function rightsByModule(t: Translate, holder: Holder, known: KnownRights): string {
  const rows = Array.from(byModule(known), ([module, rights]) => [
    module,
    String(rights.length),
    String(rights.filter(([right]) => allows(holder, right)).length),
  ]);
  const counts = table([t('MODULE', 'МОДУЛЬ'), t('RIGHTS', 'ПРАВ'), t('GRANTED', 'ВЫДАНО')], rows);
  return `${counts}\n\n${t('the rights of a module', 'права модуля')}: vestnik operator rights ${holder.login} --module ${rows[0]?.[0] ?? ''}`;
}

/** The rights of one module, which of them somebody has, and what each allows. @throws HubError VALIDATION naming the modules there are */
export function rightsOfModule(t: Translate, holder: Holder, known: KnownRights, module: string): string {
  const modules = byModule(known);
  const rights = modules.get(module);
  if (!rights) {
    const names = [...modules.keys()].join(', ');
    throw new HubError(
      'VALIDATION',
      t(`no module ${JSON.stringify(module)} has rights; there are ${names}`, `нет прав модуля ${JSON.stringify(module)}; есть ${names}`),
    );
  }
  const rows = rights.map(([right, what]) => [right, allows(holder, right) ? t('yes', 'да') : '-', what]);
  return table([t('RIGHT', 'ПРАВО'), t('GRANTED', 'ВЫДАНО'), t('ALLOWS', 'ПОЗВОЛЯЕТ')], rows);
}
