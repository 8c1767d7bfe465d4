import type { Profile } from '../settings.ts';
import type { Answer, Bean, Field, Operation, Parameter, Run, TypeRef } from './descriptor.ts';
import type { LongList } from './long-list.ts';
import type { Registry, ServedOperation, ServedService, Shape } from './registry.ts';

/**
 * The catalogue in the shapes of the release 9.2501 (spec billing 6.5). Descriptors are written in those of release 7; here a list with an out-holder
 * becomes one object that holds both, rows of contractList become short ones, and a status change names its contracts by `contractId`. So SOAP, its WSDL
 * and JSON tell the same, and no code of a face knows of it. Names of beans that the original does not show are ours.
 */
const RELEASE: Profile = '9.2501';

/** The keys under which out-holders travel inside the value. */
const INSIDE: Readonly<Record<string, string>> = { page: 'page', holderTotalSum: 'sum' };

/** What a row of a list has there, and how it is made of the row of release 7. */
interface ShortRow {
  readonly bean: Bean;
  readonly of: (row: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;
}

const contractRow: ShortRow = {
  bean: {
    name: 'contractListItem',
    fields: [
      { name: 'contractId', type: { scalar: 'int' }, at: 'attribute', required: true },
      { name: 'contractTitle', type: { scalar: 'string' }, at: 'attribute' },
      { name: 'contractComment', type: { scalar: 'string' }, at: 'attribute' },
    ],
  },
  of: ({ id, title, comment }) => ({ contractId: id, contractTitle: title, contractComment: comment }),
};

const SHORT_ROWS: Readonly<Record<string, ShortRow>> = {
  'ContractService.contractList': contractRow,
  'ContractService.contractList0': contractRow,
};

/** Parameters by the names that they have there; the former ones stay as further names. */
const RENAMED: Readonly<Record<string, { readonly from: string; readonly to: string }>> = {
  'ContractStatusMonitorService.changeContractStatus': { from: 'cid', to: 'contractId' },
};

const shapeOf = (bean: Bean): Shape => {
  const variants: Shape[] = [];
  const shape: Shape = { bean, name: bean.name, fields: bean.fields, variants, parents: [] };
  variants.push(shape);
  return shape;
};

/** A list and its out-holder as one object; undefined where the operation answers something else. */
function withHolderInside({ operation, run, ...rest }: ServedOperation): { served: ServedOperation; beans: readonly Bean[] } | undefined {
  const [holder, second] = operation.out;
  const key = holder && INSIDE[holder.name];
  if (!holder || key === undefined || second || !operation.result || !('list' in operation.result)) return undefined;
  const short = SHORT_ROWS[`${operation.service}.${operation.name}`];
  const list: TypeRef = short ? { list: { bean: short.bean.name } } : operation.result;
  const fields: readonly Field[] = [
    { name: 'list', type: list, at: 'element' },
    { name: key, type: holder.type, at: 'element' },
  ];
  const answer: Bean = { name: `${operation.name}Result`, fields };
  const inside: Run | undefined =
    run &&
    (async (call, args) => {
      const { value, out } = (await run(call, args)) as Answer;
      const rows = value as readonly Readonly<Record<string, unknown>>[] | LongList | null;
      return { list: short && rows ? rows.map(short.of) : rows, [key]: out[holder.name] };
    });
  const changed: Operation = { ...operation, result: { bean: answer.name }, out: [] };
  return { served: { ...rest, operation: changed, run: inside }, beans: short ? [short.bean, answer] : [answer] };
}

function withNewNames(served: ServedOperation): ServedOperation {
  const { operation, run } = served;
  const renamed = RENAMED[`${operation.service}.${operation.name}`];
  if (!renamed) return served;
  const { from, to } = renamed;
  const parameters = operation.parameters.map(
    (one): Parameter => (one.name === from ? { ...one, name: to, aliases: [from, ...one.aliases.filter((alias) => alias !== to)] } : one),
  );
  const named: Run | undefined =
    run && ((call, { [to]: value, ...args }: Record<string, unknown>) => run(call, { ...args, [from]: value }));
  return { ...served, operation: { ...operation, parameters }, run: named };
}

function reshape(service: ServedService): ServedService {
  const shapes = new Map(service.shapes);
  const operations = new Map<string, ServedOperation>();
  for (const [name, served] of service.operations) {
    const inside = withHolderInside(served);
    for (const bean of inside?.beans ?? []) if (!shapes.has(bean.name)) shapes.set(bean.name, shapeOf(bean));
    operations.set(name, withNewNames(inside?.served ?? served));
  }
  return { ...service, shapes, operations };
}

const reshaped = new WeakMap<Registry, Registry>();

/** The same operations in the shapes of a release; those of one registry are made once. */
export function registryOf(registry: Registry, profile: Profile): Registry {
  if (profile !== RELEASE) return registry;
  const made = reshaped.get(registry);
  if (made) return made;
  const services = new Map(registry.services.map((service) => [service, reshape(service)]));
  const fresh: Registry = {
    ...registry,
    services: [...services.values()],
    service: (packageName, name) => {
      const found = registry.service(packageName, name);
      return found && services.get(found);
    },
  };
  reshaped.set(registry, fresh);
  return fresh;
}
