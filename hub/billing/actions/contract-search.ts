import { badValue } from '../bad-value.ts';
import type { ActionArgs, ActionBinding, Call, XmlOut } from '../catalogue/descriptor.ts';
import type { EntityFilter } from '../entity-filter.ts';
import { findContract } from '../find-contract.ts';
import { type ContractSearch, findContracts, matchedValues } from '../find-contracts.ts';
import type { PageBean } from '../page.ts';
import type { ContractRow } from '../sql/contracts.ts';

/** From this release on the comment of a contract is an attribute of its own (spec 6.5). */
const WITH_COMMENT = '9.2501';

const fullTitle = ({ title, comment }: Pick<ContractRow, 'title' | 'comment'>): string => `${title} [ ${comment} ]`;

/** A contract of an answer; an address by which it was found stands behind its title. */
function itemOf({ profile }: Call, row: ContractRow, address: string | undefined): Record<string, string | number> {
  const behind = address === undefined ? '' : ` [${address}]`;
  if (profile === WITH_COMMENT) return { id: row.id, title: `${row.title}${behind}`, comment: row.comment };
  return { id: row.id, title: `${fullTitle(row)}${behind}` };
}

function writeContracts(
  call: Call,
  out: XmlOut,
  rows: readonly ContractRow[],
  page: PageBean,
  addresses: ReadonlyMap<number, string> = new Map(),
): void {
  const { pageCount, pageIndex, pageSize, recordCount } = page;
  out.element('contracts', { allRecord: recordCount, pageCount, pageIndex, pageSize, recordCount }, (inside) => {
    for (const row of rows) inside.element('item', itemOf(call, row, addresses.get(row.id)));
  });
}

const MASK = /^\d{1,19}$/;

/** A mask of groups is a long. @throws HubError BAD_REQUEST */
function maskOf(args: ActionArgs): bigint {
  const text = args.text('filter')?.trim() ?? '';
  if (text === '' || text === '-1') return 0n;
  const mask = MASK.test(text) ? BigInt(text) : undefined;
  if (mask === undefined || mask >= 2n ** 63n) throw badValue('filter', 'a mask of groups is wanted', 'ожидается маска групп');
  return mask;
}

/** What both searches take. */
const common = (args: ActionArgs): Pick<ContractSearch, 'hidden' | 'members' | 'closed' | 'page'> => ({
  hidden: args.flag('del') ?? false,
  members: args.flag('show_sub') ?? false,
  closed: args.flag('show_closed') ?? false,
  page: args.page(),
});

/** `type` of FindContract: the kind of parameter that is searched. `o4` is an address of an object, of which contracts here have none. */
function filterOf(args: ActionArgs): EntityFilter | undefined {
  const type = args.needText('type');
  switch (type) {
    case 'c1':
      return { $type: 'filterEntityAttrText', entitySpecAttrIds: args.ints('parameters'), value: args.text('parameter') ?? '' };
    case 'c2':
    case 'c8': {
      return {
        $type: 'filterEntityAttrAddress',
        cityId: args.int('city') ?? 0,
        streetId: args.int('street') ?? 0,
        houseId: args.int('houseId') ?? 0,
        house: args.text('house') ?? '',
        frac: args.text('frac') ?? '',
        flat: args.text('flat') ?? '',
        room: args.text('room') ?? '',
        pod: args.int('pod') ?? 0,
      };
    }
    case 'c3':
      return { $type: 'filterEntityAttrEmail', value: args.text('mail') ?? '' };
    case 'c6':
      return {
        $type: 'filterEntityAttrDate',
        entitySpecAttrIds: args.ints('parameters'),
        periodFrom: args.day('date1') ?? null,
        periodTo: args.day('date2') ?? null,
      };
    case 'c9':
      return { $type: 'filterEntityAttrPhone', value: args.text('phone') ?? '', mode: 1 };
    case 'o4':
      return undefined;
    default:
      throw badValue('type', `${type} is none of c1, c2, c3, c6, c8, c9, o4`, `неизвестный вид поиска ${type}`);
  }
}

/** Finding contracts (catalogue 2.1). */
export const contractSearch: ActionBinding = {
  module: 'contract',
  actions: {
    async FindContractByID(call, args, out) {
      const row = await findContract(call.db, call, args.needInt('id'));
      out.items('contracts', [{ id: row.id, title: fullTitle(row) }]);
    },
    /** `filter` is a mask of groups, `type` the type of person, as the filters of contractList have them. */
    async FilterContract(call, args, out) {
      const { rows, page } = await findContracts(call.db, call, {
        ...common(args),
        title: args.text('contractMask') ?? '',
        comment: args.text('contractComment') ?? '',
        groupMask: maskOf(args),
        personType: args.int('type') ?? -1,
      });
      writeContracts(call, out, rows, page);
    },
    async FindContract(call, args, out) {
      const filter = filterOf(args);
      const search = common(args);
      if (!filter) {
        const { index, size } = search.page;
        writeContracts(call, out, [], { pageIndex: index, pageSize: size, pageCount: 0, recordCount: 0, pageFirstRecordNumber: 0 });
        return;
      }
      const { rows, page } = await findContracts(call.db, call, { ...search, filters: [filter] });
      const byAddress = filter.$type === 'filterEntityAttrAddress';
      const addresses =
        byAddress && rows.length > 0
          ? await matchedValues(
              call.db,
              call,
              filter,
              rows.map(({ id }) => id),
            )
          : undefined;
      writeContracts(call, out, rows, page, addresses);
    },
  },
};
