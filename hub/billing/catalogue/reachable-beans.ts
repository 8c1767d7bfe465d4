import type { Bean, Service } from './descriptor.ts';
import { beanOf } from './notation.ts';

/**
 * The beans that a service speaks of, in the order of `beans`: those that its signatures name or its values of any type hold, what these hold and extend,
 * and whatever may stand for them. For a bean of the shared schema nothing else stands: `id` is forefather of half the catalogue.
 * All beans of the shared schema are among them.
 */
export function reachableBeans({ operations, carries }: Pick<Service, 'operations' | 'carries'>, beans: readonly Bean[]): Bean[] {
  const byName = new Map(beans.map((bean) => [bean.name, bean]));
  const children = Map.groupBy(beans, (bean) => bean.extends);
  const reached = new Set<string>();
  const unfolded = new Set<string>();

  const add = (name: string): void => {
    const bean = byName.get(name);
    if (!bean || reached.has(name)) return;
    reached.add(name);
    if (bean.extends !== undefined) add(bean.extends);
    for (const { type } of bean.fields) unfold(beanOf(type));
  };
  const unfold = (name: string | undefined): void => {
    if (name === undefined || unfolded.has(name)) return;
    unfolded.add(name);
    add(name);
    if (!byName.get(name)?.shared) for (const child of children.get(name) ?? []) unfold(child.name);
  };

  for (const { name, shared } of beans) if (shared) add(name);
  for (const name of carries) unfold(name);
  for (const { parameters, result, out } of operations) {
    for (const { type } of [...parameters, ...out]) unfold(beanOf(type));
    if (result) unfold(beanOf(result));
  }
  return beans.filter(({ name }) => reached.has(name));
}
