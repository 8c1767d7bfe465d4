import { beans as readBeans, withDiscriminators } from '../catalogue/bean-notation.ts';
import { BEANS, SERVICES } from '../catalogue/catalogue.ts';
import type { Bean, Binding, FaultName, Operation, Parameter, Service, TypeRef } from '../catalogue/descriptor.ts';
import { beanOf, readType, tokensOf } from '../catalogue/notation.ts';
import { reachableBeans } from '../catalogue/reachable-beans.ts';
import { NS } from '../wire/namespaces.ts';
import type { SiteServiceText } from './description.ts';
import { bindSiteOperation } from './site-call.ts';

/** A service of the site as the registry takes it. */
export interface SiteService {
  readonly file: string;
  readonly service: Service;
  readonly beans: readonly Bean[];
  readonly binding: Binding;
  readonly prepare: SiteServiceText['prepare'];
}

const FAULTS: readonly FaultName[] = ['BGException', 'BGMessageException'];
const BUILT_IN_NAMES: ReadonlySet<string> = new Set(SERVICES.flatMap(({ name, aliases }) => [name, ...aliases.map((alias) => alias.name)]));
const BUILT_IN_BEANS: ReadonlySet<string> = new Set(BEANS.map(({ name }) => name));
const RESERVED_NAMESPACES: ReadonlySet<string> = new Set([...Object.values(NS), ...SERVICES.map(({ namespace }) => namespace)]);

const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

/** Collects what is wrong with one file, each fault with its place. */
interface Faults {
  add(place: string, text: string): void;
  /** What `work` answers, or `otherwise` when it throws; then the fault is noted. */
  attempt<T>(place: string, otherwise: T, work: () => T): T;
}

function collect(into: string[], file: string): Faults {
  const add = (place: string, text: string): void => void into.push(`${file}: ${place}: ${text}`);
  return {
    add,
    attempt(place, otherwise, work) {
      try {
        return work();
      } catch (thrown) {
        add(place, messageOf(thrown));
        return otherwise;
      }
    },
  };
}

const SOMETHING: TypeRef = { scalar: 'any' };

/**
 * Makes a service of its description.
 * @param file names it in faults and in the log
 * @param others the services of files before, whose names are taken
 * @param faults gets a line for every fault, with file and place
 * @returns undefined when there was one
 */
export function buildSiteService(
  file: string,
  text: SiteServiceText,
  { others, seconds, faults: all }: { readonly others: readonly SiteService[]; readonly seconds: number; readonly faults: string[] },
): SiteService | undefined {
  const before = all.length;
  const faults = collect(all, file);
  const { name, package: home, namespace = `http://${home.split('.').reverse().join('.')}/` } = text;

  if (BUILT_IN_NAMES.has(name))
    faults.add('name', `${name} is a service of the billing itself, which no other can stand for; choose another name`);
  const taken = others.find(({ service }) => service.name === name);
  if (taken) faults.add('name', `${name} is described in ${taken.file}, too`);
  if (RESERVED_NAMESPACES.has(namespace)) faults.add('namespace', `${namespace} belongs to the billing itself; choose one of your own`);

  const own = faults.attempt('beans', [], () => withDiscriminators(readBeans(name, text.beans)));
  for (const bean of own)
    if (BUILT_IN_BEANS.has(bean.name)) faults.add('beans', `${bean.name} is a bean of the billing itself; choose another name`);
  const twice = own.find((bean, at) => own.findIndex((other) => other.name === bean.name) !== at);
  if (twice) faults.add('beans', `${twice.name} is described twice`);
  const known = new Set([...BUILT_IN_BEANS, ...own.map((bean) => bean.name)]);
  const mustBeKnown = (place: string, bean: string | undefined): void => {
    if (bean !== undefined && !known.has(bean)) faults.add(place, `${bean} is neither a scalar nor a bean`);
  };
  for (const bean of own) {
    mustBeKnown(`beans: ${bean.name}`, bean.extends);
    for (const field of bean.fields) mustBeKnown(`beans: ${bean.name}.${field.name}`, beanOf(field.type));
  }

  const typeAt = (place: string, written: string): TypeRef =>
    faults.attempt(place, SOMETHING, () => {
      const tokens = tokensOf(written, 'a type');
      const type = readType(tokens);
      if (tokens.peek() !== undefined) tokens.fail('nothing more is understood here');
      mustBeKnown(place, beanOf(type));
      return type;
    });
  const operations = Object.entries(text.operations).map(([operation, described]): Operation => {
    const place = `operations.${operation}`;
    const parameters = Object.entries(described.parameters).map(
      ([parameter, { type, optional, identifies, doc }]): Parameter => ({
        name: parameter,
        type: typeAt(`${place}.parameters.${parameter}.type`, type),
        optional,
        identifies,
        aliases: [],
        doc,
      }),
    );
    const out = Object.entries(described.out).map(
      ([holder, { type, doc }]): Parameter => ({
        name: holder,
        type: typeAt(`${place}.out.${holder}.type`, type),
        optional: true,
        identifies: false,
        aliases: [],
        doc,
      }),
    );
    const result = described.result === undefined ? null : typeAt(`${place}.result`, described.result);
    return { service: name, name: operation, tier: 1, kind: described.kind, parameters, result, out, faults: FAULTS, doc: described.doc };
  });
  if (all.length > before) return undefined;

  const service: Service = { name, package: home, namespace, aliases: [], carries: [], operations };
  const runs = Object.entries(text.operations).map(([operation, { kind, run }]) => [
    operation,
    bindSiteOperation({ place: `${name}.${operation}`, file, kind, run }, seconds),
  ]);
  return {
    file,
    service,
    beans: reachableBeans(service, [...BEANS, ...own]),
    binding: { service: name, operations: Object.fromEntries(runs) },
    prepare: text.prepare,
  };
}
