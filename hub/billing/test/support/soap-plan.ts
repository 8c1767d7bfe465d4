import type { TypeRef } from '../../catalogue/descriptor.ts';
import type { ServedOperation, ServedService, Shape } from '../../catalogue/registry.ts';
import { ExactNumber } from '../../wire/json/parse.ts';
import { NS } from '../../wire/namespaces.ts';
import type { Params } from './operation-needs.ts';

/** A value for a program of another stack, which builds it by the types of the WSDL: texts and numbers, lists, bytes, objects. */
export type PlanValue = string | number | boolean | readonly PlanValue[] | PlanBytes | PlanBean;

interface PlanBytes {
  readonly base64: string;
}

interface PlanBean {
  readonly bean: string;
  readonly namespace: string;
  /** The declared type is another one. */
  readonly typed: boolean;
  readonly attributes: Readonly<Record<string, PlanValue>>;
  readonly elements: Readonly<Record<string, PlanValue>>;
  /** Elements around elements: the name of these, and what they hold. */
  readonly wrapped: Readonly<Record<string, { readonly item: string; readonly items: PlanValue }>>;
  /** Names of `elements` and `wrapped` as the schema has them. */
  readonly order: readonly string[];
}

export interface PlanCall {
  readonly place: string;
  readonly url: string;
  readonly operation: string;
  readonly params: Readonly<Record<string, PlanValue>>;
}

const namespaceOf = ({ service }: ServedService, { name, bean }: Shape): string =>
  name === 'stringArray' ? NS.array : bean.shared ? NS.common : service.namespace;

function planBean(served: ServedService, declared: string, value: Params): PlanBean {
  const known = served.shapes.get(declared);
  const { type } = value;
  const shape = known?.variants.find(({ bean, name }) => type !== undefined && (bean.discriminator === type || name === type)) ?? known;
  if (!shape) throw new Error(`the bean ${declared} is not described`);
  const attributes: Record<string, PlanValue> = {};
  const elements: Record<string, PlanValue> = {};
  const wrapped: Record<string, { item: string; items: PlanValue }> = {};
  const order: string[] = [];
  for (const field of shape.fields) {
    const given = value[field.jsonName ?? field.name];
    if (field.jsonOnly || given === null || given === undefined) continue;
    const planned = planValue(served, field.type, given);
    if (field.at === 'element' || field.at === 'elementList') order.push(field.name);
    if (field.item !== undefined) wrapped[field.name] = { item: field.item, items: planned };
    else (field.at === 'attribute' || field.at === 'attributeList' ? attributes : elements)[field.name] = planned;
  }
  return { bean: shape.name, namespace: namespaceOf(served, shape), typed: shape.name !== declared, attributes, elements, wrapped, order };
}

function planValue(served: ServedService, type: TypeRef, value: unknown): PlanValue {
  if ('list' in type) return (value as unknown[]).map((one) => planValue(served, type.list, one));
  if ('scalar' in type) {
    if (type.scalar === 'base64Binary') return { base64: String(value) };
    if (type.scalar === 'dateTime' && /^\d{4}-\d\d-\d\d$/.test(String(value))) return `${value}T00:00:00`;
    return value instanceof ExactNumber ? value.text : (value as string | number | boolean);
  }
  return served.shapes.get(type.bean)?.bean.values ? String(value) : planBean(served, type.bean, value as Params);
}

/** @param params in the words of JSON */
export function planCall(served: ServedService, { operation }: ServedOperation, url: string, params: Params): PlanCall {
  const planned = operation.parameters.flatMap(({ name, type, jsonOnly }): [string, PlanValue][] => {
    const value = params[name];
    return jsonOnly || value === null || value === undefined ? [] : [[name, planValue(served, type, value)]];
  });
  return {
    place: `${operation.service}.${operation.name}`,
    url,
    operation: operation.name,
    params: Object.fromEntries(planned),
  };
}
