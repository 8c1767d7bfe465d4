import type { Action, Bean, Service, Text, TypeRef } from './descriptor.ts';
import { beanOf } from './notation.ts';

interface Catalogue {
  readonly beans: readonly Bean[];
  readonly beansOfNamespace: Readonly<Record<string, readonly Bean[]>>;
  readonly services: readonly Service[];
  readonly actions: readonly Action[];
}

/**
 * What the notation of single descriptors cannot see: names given twice, beans that are named and not described, circles of beans, missing texts.
 * @throws SyntaxError listing every fault.
 */
export function checkCatalogue({ beans, beansOfNamespace, services, actions }: Catalogue): void {
  const byName = new Map(beans.map((bean) => [bean.name, bean]));
  const special = Object.values(beansOfNamespace).flat();
  const faults = [
    ...repeated(beans.map(({ name }) => name)).map((name) => `bean ${name} is described twice`),
    ...repeated(services.flatMap(addressesOf)).map((address) => `two services answer at ${address}`),
    ...repeated(actions.map(({ module, name }) => `${module}/${name}`)).map((name) => `action ${name} is described twice`),
    ...[...beans, ...special].flatMap((bean) => beanFaults(bean, byName)),
    ...special.filter(({ name }) => !byName.has(name)).map(({ name }) => `bean ${name} is of one namespace, and others have none`),
    ...services.flatMap((service) => serviceFaults(service, byName)),
    ...actions.flatMap(({ module, name, doc, parameters }) => [
      ...textFaults(`action ${module}/${name}`, doc),
      ...parameters.flatMap((parameter) => textFaults(`parameter ${parameter.name} of ${module}/${name}`, parameter.doc)),
    ]),
  ];
  if (faults.length > 0) throw new SyntaxError(`the catalogue of billing has faults:\n${faults.join('\n')}`);
}

function repeated(names: readonly string[]): string[] {
  const seen = new Set<string>();
  return names.filter((name) => seen.has(name) || !seen.add(name));
}

const addressesOf = ({ name, package: home, aliases }: Service): string[] => [
  `${home}/${name}`,
  ...aliases.map((alias) => `${alias.package}/${alias.name}`),
];

function beanFaults(bean: Bean, byName: ReadonlyMap<string, Bean>): string[] {
  const faults = bean.fields.flatMap(({ name, type }) => typeFaults(`field ${bean.name}.${name}`, type, byName));
  const forefathers = new Set([bean.name]);
  for (let parent = bean.extends; parent !== undefined; parent = byName.get(parent)?.extends) {
    const found = byName.get(parent);
    if (!found) return [...faults, `bean ${bean.name} extends ${parent}, which is not described`];
    if (forefathers.has(parent)) return [...faults, `bean ${bean.name} extends itself`];
    forefathers.add(parent);
    const own = new Set(bean.fields.map(({ name }) => name));
    faults.push(...found.fields.filter(({ name }) => own.has(name)).map(({ name }) => `field ${bean.name}.${name} is in ${parent}, too`));
  }
  return faults;
}

function serviceFaults({ name: service, carries, operations }: Service, byName: ReadonlyMap<string, Bean>): string[] {
  return [
    ...carries.filter((bean) => !byName.has(bean)).map((bean) => `${service} carries the bean ${bean}, which is not described`),
    ...operations.flatMap(({ name, doc, parameters, result, out }) => [
      ...textFaults(`operation ${service}.${name}`, doc),
      ...(result ? typeFaults(`result of ${service}.${name}`, result, byName) : []),
      ...[...parameters, ...out].flatMap((parameter) => [
        ...typeFaults(`parameter ${parameter.name} of ${service}.${name}`, parameter.type, byName),
        ...textFaults(`parameter ${parameter.name} of ${service}.${name}`, parameter.doc),
      ]),
    ]),
  ];
}

function typeFaults(place: string, type: TypeRef, byName: ReadonlyMap<string, Bean>): string[] {
  const bean = beanOf(type);
  return bean === undefined || byName.has(bean) ? [] : [`${place} is a ${bean}, which is no scalar and no bean of the catalogue`];
}

const textFaults = (place: string, { ru, en }: Text): string[] => [
  ...(ru.trim() === '' ? [`${place} has no Russian text`] : []),
  ...(en.trim() === '' ? [`${place} has no English text`] : []),
];
