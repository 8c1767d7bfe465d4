import type { Action, ActionBinding, Bean, Binding, Field, Operation, Run, RunAction, Service, TypeRef } from './descriptor.ts';

import { rightOfAction, rightOfOperation } from './rights-tree.ts';

/**
 * The catalogue put together: what faces look up. Made once at the start; whatever does not fit stops it (spec billing 3.3).
 */

/** A bean with what it inherits. */
export interface Shape {
  readonly bean: Bean;
  readonly name: string;
  /** Inherited ones first. */
  readonly fields: readonly Field[];
  /** The beans that may stand for it, itself among them unless it is abstract. */
  readonly variants: readonly Shape[];
  /** Forefathers, the nearest first. */
  readonly parents: readonly Shape[];
}

export interface ServedOperation {
  readonly operation: Operation;
  /** Undefined: described and not served. */
  readonly run: Run | undefined;
  readonly right: string;
}

export interface ServedService {
  readonly service: Service;
  readonly shapes: ReadonlyMap<string, Shape>;
  readonly operations: ReadonlyMap<string, ServedOperation>;
}

export interface ServedAction {
  readonly action: Action;
  readonly run: RunAction | undefined;
  readonly right: string;
}

export interface Registry {
  readonly services: readonly ServedService[];
  readonly actions: readonly ServedAction[];
  /** By the package and the name in the address. */
  service(packageName: string, name: string): ServedService | undefined;
  action(module: string, name: string): ServedAction | undefined;
  /** Rights by name with what they allow. */
  readonly rights: Readonly<Record<string, string>>;
}

export interface Catalogue {
  readonly services: readonly Service[];
  readonly actions: readonly Action[];
  /** All beans that a service may use. */
  beansOf(service: Service): readonly Bean[];
}

/** Services of a module have its number in the address. */
const MODULE_NUMBER = '/{mid}';
const addressKey = (packageName: string, name: string): string => `${packageName}/${name}`;
export const packageOf = (text: string): { readonly name: string; readonly ofModule: boolean } =>
  text.endsWith(MODULE_NUMBER) ? { name: text.slice(0, -MODULE_NUMBER.length), ofModule: true } : { name: text, ofModule: false };

const beanOf = (type: TypeRef): string | undefined => ('bean' in type ? type.bean : 'list' in type ? beanOf(type.list) : undefined);

/** @throws Error naming the bean that is there twice, unknown or its own forefather. */
function shapesOf(beans: readonly Bean[], place: string): Map<string, Shape> {
  const byName = new Map<string, Bean>();
  for (const bean of beans) {
    if (byName.has(bean.name)) throw new Error(`${place}: the bean ${bean.name} is described twice`);
    byName.set(bean.name, bean);
  }
  const shapes = new Map<string, Shape>();
  const shapeOf = (name: string, way: readonly string[]): Shape => {
    const made = shapes.get(name);
    if (made) return made;
    const bean = byName.get(name);
    if (!bean) throw new Error(`${place}: ${way.at(-1)} names the bean ${name}, which is not described`);
    if (way.includes(name)) throw new Error(`${place}: the bean ${name} extends itself`);
    const parent = bean.extends === undefined ? undefined : shapeOf(bean.extends, [...way, name]);
    const variants: Shape[] = [];
    const parents = parent ? [parent, ...parent.parents] : [];
    const inherited = parent?.fields.filter((field) => !bean.fields.some((own) => own.name === field.name)) ?? [];
    const shape: Shape = { bean, name, fields: [...inherited, ...bean.fields], variants, parents };
    shapes.set(name, shape);
    if (!bean.abstract) for (const one of [shape, ...parents]) (one.variants as Shape[]).push(shape);
    for (const field of bean.fields) {
      const named = beanOf(field.type);
      if (named !== undefined && !byName.has(named))
        throw new Error(`${place}: ${name}.${field.name} is of the bean ${named}, which is not described`);
    }
    return shape;
  };
  for (const { name } of beans) shapeOf(name, [place]);
  return shapes;
}

/** @throws Error naming what is bound and not described, or bound twice. */
function runsOf<R>(bound: readonly { readonly place: string; readonly run: R }[], known: (place: string) => boolean): Map<string, R> {
  const runs = new Map<string, R>();
  for (const { place, run } of bound) {
    if (!known(place)) throw new Error(`${place} is bound and not described in the catalogue`);
    if (runs.has(place)) throw new Error(`${place} is bound twice`);
    runs.set(place, run);
  }
  return runs;
}

/**
 * @param bindings what operations do; @param actionBindings what actions do.
 * @throws Error naming the first thing that is there twice, unknown or bound without a description.
 */
export function createRegistry(catalogue: Catalogue, bindings: readonly Binding[], actionBindings: readonly ActionBinding[]): Registry {
  const operationPlaces = new Set(catalogue.services.flatMap(({ name, operations }) => operations.map((one) => `${name}.${one.name}`)));
  const runs = runsOf(
    bindings.flatMap(({ service, operations }) => Object.entries(operations).map(([name, run]) => ({ place: `${service}.${name}`, run }))),
    (place) => operationPlaces.has(place),
  );
  const actionPlaces = new Set<string>();
  for (const { module, name } of catalogue.actions) {
    if (actionPlaces.has(`${module}/${name}`)) throw new Error(`the action ${module}/${name} is described twice`);
    actionPlaces.add(`${module}/${name}`);
  }
  const actionRuns = runsOf(
    actionBindings.flatMap(({ module, actions }) => Object.entries(actions).map(([name, run]) => ({ place: `${module}/${name}`, run }))),
    (place) => actionPlaces.has(place),
  );

  const rights: Record<string, string> = {
    'billing.call.*': 'call every operation of the web services',
    'billing.action.*': 'call every XML action',
  };
  const byAddress = new Map<string, ServedService>();
  const services = catalogue.services.map((service): ServedService => {
    rights[`billing.call.${service.name}.*`] = `call every operation of ${service.name}`;
    const operations = new Map<string, ServedOperation>();
    const shapes = shapesOf(catalogue.beansOf(service), service.name);
    for (const operation of service.operations) {
      if (operations.has(operation.name)) throw new Error(`${service.name} has the operation ${operation.name} twice`);
      for (const { name, type } of [
        ...operation.parameters,
        ...operation.out,
        ...(operation.result ? [{ name: 'result', type: operation.result }] : []),
      ]) {
        const named = beanOf(type);
        if (named !== undefined && !shapes.has(named))
          throw new Error(`${service.name}.${operation.name}: ${name} is of the bean ${named}, which is not described`);
      }
      const right = rightOfOperation(operation);
      rights[right] = operation.doc.en;
      operations.set(operation.name, { operation, right, run: runs.get(`${service.name}.${operation.name}`) });
    }
    const served: ServedService = { service, shapes, operations };
    for (const { package: packageName, name } of [{ package: service.package, name: service.name }, ...service.aliases]) {
      const key = addressKey(packageOf(packageName).name, name);
      if (byAddress.has(key)) throw new Error(`two services have the address ${key}`);
      byAddress.set(key, served);
    }
    return served;
  });
  const byAction = new Map(
    catalogue.actions.map((action) => {
      const place = `${action.module}/${action.name}`;
      const right = rightOfAction(action);
      rights[`billing.action.${action.module}.*`] = `call every XML action of ${action.module}`;
      rights[right] = action.doc.en;
      return [place, { action, right, run: actionRuns.get(place) }] as const;
    }),
  );
  return {
    services,
    actions: [...byAction.values()],
    service: (packageName, name) => byAddress.get(addressKey(packageName, name)),
    action: (module, name) => byAction.get(`${module}/${name}`),
    rights,
  };
}
