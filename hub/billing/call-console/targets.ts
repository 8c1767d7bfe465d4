import { HubError } from '../../core/errors.ts';
import { idCursor, type Page, pageOf } from '../../core/http/page.ts';
import { allows, type Caller } from '../../core/identity/caller.ts';
import type { Text, TypeRef } from '../catalogue/descriptor.ts';
import { operationExamples } from '../catalogue/examples.ts';
import type { Registry, ServedAction, ServedOperation, ServedService } from '../catalogue/registry.ts';
import { packageOf } from '../catalogue/registry.ts';
import type { CallWanted } from './build-request.ts';

/** What can be called: an action over XML actions, an operation over SOAP and JSON. */
export interface Target {
  /** `ContractService.contractGet`, `contract/ContractInfo` */
  readonly name: string;
  readonly of: 'action' | 'operation';
  readonly kind: 'read' | 'write';
  /** False: described, and answers that it is not served yet. */
  readonly served: boolean;
  readonly right: string;
  /** Whether the caller has that right. */
  readonly allowed: boolean;
  readonly title: Text;
}

interface Found {
  readonly target: Omit<Target, 'allowed'>;
  readonly action: ServedAction | undefined;
  readonly operation: ServedOperation | undefined;
  readonly service: ServedService | undefined;
}

const known = new WeakMap<Registry, readonly Found[]>();

/** Everything that can be called, by name. */
function allOf(registry: Registry): readonly Found[] {
  const made = known.get(registry);
  if (made) return made;
  const actions = registry.actions.map((one): Found => {
    const { action, right, run } = one;
    const { module, name, kind, doc } = action;
    const target = { name: `${module}/${name}`, of: 'action', kind, served: run !== undefined, right, title: doc } as const;
    return { target, action: one, operation: undefined, service: undefined };
  });
  const operations = registry.services.flatMap((service) =>
    [...service.operations.values()].map((one): Found => {
      const { operation, right, run } = one;
      const { name, kind, doc } = operation;
      const target = {
        name: `${service.service.name}.${name}`,
        of: 'operation',
        kind,
        served: run !== undefined,
        right,
        title: doc,
      } as const;
      return { target, action: undefined, operation: one, service };
    }),
  );
  const all = [...actions, ...operations].sort((one, other) => (one.target.name < other.target.name ? -1 : 1));
  known.set(registry, all);
  return all;
}

const cursor = idCursor('bt');

export interface TargetFilter {
  readonly of?: Target['of'] | undefined;
  /** A part of the name or of a title, in letters of any case. */
  readonly search?: string | undefined;
  /** Only those that the caller may call. */
  readonly allowed?: boolean | undefined;
}

/** What can be called, by name. @throws HubError BAD_REQUEST on a damaged cursor */
export function listTargets(
  registry: Registry,
  caller: Caller,
  { of, search = '', allowed }: TargetFilter,
  { after, limit }: { readonly after?: string | undefined; readonly limit: number },
): Page<Target> {
  const part = search.toLowerCase();
  const rows = allOf(registry)
    .map(({ target }, at) => ({ ...target, at: at + 1 }))
    .slice(cursor.idOf(after))
    .filter((target) => of === undefined || target.of === of)
    .filter(({ name, title }) => part === '' || [name, title.ru, title.en].some((text) => text.toLowerCase().includes(part)))
    .map((target) => ({ ...target, allowed: allows(caller, target.right) }))
    .filter((target) => allowed === undefined || target.allowed === allowed);
  const page = pageOf(rows, limit, ({ at }) => cursor.after(at));
  return { items: page.items.map(({ at: _, ...target }) => target), next: page.next };
}

/** One that can be called, with what it takes and a call to begin from. */
export interface TargetView extends Target {
  readonly parameters: readonly { readonly name: string; readonly type: string; readonly optional: boolean; readonly doc: Text }[];
  /** The type of its answer; what stands in the answer of an action. */
  readonly result: string;
  /** A call with every parameter in it: of an action one, of an operation one over each protocol. */
  readonly calls: readonly CallWanted[];
}

const typeText = (type: TypeRef | null): string =>
  type === null ? '' : 'scalar' in type ? type.scalar : 'bean' in type ? type.bean : `${typeText(type.list)}[]`;

/** A module number for services that need one. */
const SOME_MODULE = 1;

function operationCalls(service: ServedService, { operation }: ServedOperation): CallWanted[] {
  const { params } = JSON.parse(operationExamples(service, operation).json) as { params: Record<string, unknown> };
  const { name, package: home } = service.service;
  const wanted = {
    service: name,
    operation: operation.name,
    arguments: params,
    ...(packageOf(home).ofModule && { module_id: SOME_MODULE }),
  };
  return [
    { protocol: 'json', ...wanted },
    { protocol: 'soap', ...wanted },
  ];
}

function actionCall({ action: { module, name, parameters } }: ServedAction): CallWanted {
  const names = parameters.map((parameter) => [parameter.name, ''] as const);
  return { protocol: 'action', module, action: name, arguments: Object.fromEntries(names), method: 'POST' };
}

/** @throws HubError NOT_FOUND */
export function showTarget(registry: Registry, caller: Caller, name: string): TargetView {
  const found = allOf(registry).find(({ target }) => target.name === name);
  if (!found)
    throw new HubError('NOT_FOUND', `there is neither an operation nor an action ${name.slice(0, 200)}`, {
      reason: 'target',
      russian: `Нет ни операции, ни действия ${name.slice(0, 200)}`,
    });
  const { target, action, operation, service } = found;
  const common = { ...target, allowed: allows(caller, target.right) };
  if (operation && service) {
    const { parameters, result, out } = operation.operation;
    const holders = out.map((one) => `; ${one.name}: ${typeText(one.type)}`).join('');
    return {
      ...common,
      parameters: parameters.map(({ name: own, type, optional, doc }) => ({ name: own, type: typeText(type), optional, doc })),
      result: typeText(result) + holders,
      calls: operationCalls(service, operation),
    };
  }
  return {
    ...common,
    parameters: action?.action.parameters.map(({ name: own, optional, doc }) => ({ name: own, type: 'text', optional, doc })) ?? [],
    result: action?.action.answer ?? '',
    calls: action ? [actionCall(action)] : [],
  };
}
