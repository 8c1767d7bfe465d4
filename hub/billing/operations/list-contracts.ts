import { dayOf } from '../act.ts';
import type { Answer, Call } from '../catalogue/descriptor.ts';
import { longListOf } from '../catalogue/long-list.ts';
import type { EntityFilter } from '../entity-filter.ts';
import { findContractsInPortions } from '../find-contracts.ts';
import { wishOf } from '../page.ts';
import { contractBeans } from '../show-contract-bean.ts';

/** Of a bean: times where days are meant. */
type FilterBean =
  | EntityFilter
  | { $type: 'filterEntityAttrDate'; periodFrom?: Temporal.Instant | null; periodTo?: Temporal.Instant | null };

export interface ListArguments {
  readonly title?: string | null;
  readonly comment?: string | null;
  readonly fc: number;
  readonly groupMask: bigint;
  readonly entityFilter?: readonly FilterBean[] | null;
  readonly subContracts: boolean;
  readonly closed: boolean;
  readonly hidden: boolean;
  readonly page?: { readonly pageIndex: number; readonly pageSize: number } | null;
  readonly contractId?: number | null;
  readonly labels?: readonly number[] | null;
  readonly inAllLabels?: boolean | null;
}

function filterOf(call: Call, filter: FilterBean): EntityFilter {
  if (filter.$type !== 'filterEntityAttrDate') return filter;
  const day = (at: Temporal.Instant | Temporal.PlainDate | null | undefined): Temporal.PlainDate | null =>
    at instanceof Temporal.Instant ? dayOf(call, at) : (at ?? null);
  return { ...filter, periodFrom: day(filter.periodFrom), periodTo: day(filter.periodTo) };
}

/** contractList and contractList0 (spec 2.2); JSON may also name one contract and labels. */
export async function listContracts(call: Call, args: ListArguments): Promise<Answer> {
  const { rows, page } = await findContractsInPortions(call.db, call, {
    title: args.title ?? '',
    comment: args.comment ?? '',
    personType: args.fc,
    groupMask: args.groupMask,
    filters: (args.entityFilter ?? []).map((filter) => filterOf(call, filter)),
    contractId: args.contractId ?? 0,
    labels: args.labels ?? [],
    allLabels: args.inAllLabels ?? false,
    members: args.subContracts,
    closed: args.closed,
    hidden: args.hidden,
    page: wishOf(args.page),
  });
  return { value: await longListOf(rows, (some) => contractBeans(call.db, call, some)), out: { page } };
}
