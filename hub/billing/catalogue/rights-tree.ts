import type { Action, Operation, Service, Text } from './descriptor.ts';

/** An XML action or an operation that a right can be given for. */
export interface RightLeaf {
  /** Stays the same whatever the catalogue gains. */
  readonly number: number;
  /** `billing.call.PaymentService.paymentGet` */
  readonly right: string;
  readonly title: Text;
  /** `PaymentService` of an operation, `contract` of an action. */
  readonly place: string;
  readonly name: string;
}

export interface RightGroup {
  readonly title: string;
  readonly actions: readonly RightLeaf[];
  readonly operations: readonly RightLeaf[];
}

/** What the kernel or a kind of module can be called for. */
export interface RightModule {
  /** `0`: the kernel; `npay` */
  readonly id: string;
  readonly title: Text;
  readonly groups: readonly RightGroup[];
}

const TITLES: Readonly<Record<string, Text>> = {
  0: { ru: 'Ядро', en: 'Kernel' },
  npay: { ru: 'Абонплата', en: 'Recurring fees' },
  inet: { ru: 'Интернет', en: 'Internet access' },
  rscm: { ru: 'Разовые и помесячные услуги', en: 'Services by month or once' },
  bill: { ru: 'Счета', en: 'Bills' },
};
const KERNEL = '0';

export const rightOfOperation = ({ service, name }: Pick<Operation, 'service' | 'name'>): string => `billing.call.${service}.${name}`;
export const rightOfAction = ({ module, name }: Pick<Action, 'module' | 'name'>): string => `billing.action.${module}.${name}`;

/**
 * A number for a right, 1..2^31-1, made of its name by FNV-1a: foreign programs keep it, so it must not move when operations are added. A test holds
 * that no two rights share one.
 */
export function numberOfRight(right: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < right.length; at += 1) hash = Math.imul(hash ^ right.charCodeAt(at), 0x01000193);
  return hash >>> 1 || 1;
}

const leaf = (right: string, place: string, name: string, title: Text): RightLeaf => ({
  number: numberOfRight(right),
  right,
  title,
  place,
  name,
});

const kindOfService = ({ package: home }: Service): string => /\.modules\.(?<kind>[a-z]+)/.exec(home)?.groups?.['kind'] ?? KERNEL;
const kindOfAction = ({ module }: Action): string => (Object.hasOwn(TITLES, module) ? module : KERNEL);

/** Everything that rights are given for, the kernel first: groups of actions by their module, then groups of operations by their service. */
export function rightsTree(services: readonly Service[], actions: readonly Action[]): RightModule[] {
  return Object.entries(TITLES).map(([id, title]) => {
    const ownActions = Map.groupBy(
      actions.filter((action) => kindOfAction(action) === id),
      ({ module }) => module,
    );
    const ownServices = services.filter((service) => kindOfService(service) === id);
    return {
      id,
      title,
      groups: [
        ...Array.from(ownActions, ([module, members]) => ({
          title: module,
          actions: members.map((action) => leaf(rightOfAction(action), module, action.name, action.doc)),
          operations: [],
        })),
        ...ownServices.map(({ name, operations }) => ({
          title: name,
          actions: [],
          operations: operations.map((operation) => leaf(rightOfOperation(operation), name, operation.name, operation.doc)),
        })),
      ],
    };
  });
}
