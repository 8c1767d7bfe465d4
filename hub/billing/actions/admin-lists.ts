import type { ActionBinding } from '../catalogue/descriptor.ts';
import { mayRead, needKind } from '../find-parameter.ts';
import { clearParameter } from '../set-parameter.ts';
import { groupRows } from '../sql/groups.ts';
import { listItems, parameters } from '../sql/parameters.ts';

/** What ListDirectory calls the parameters with a list, beside their kind (catalogue 2.5). */
const MODE_OF_LISTS = 15;
const LIST_KIND = 7;

/** Directories as lists (catalogue 2.5). */
export const adminLists: ActionBinding = {
  module: 'admin',
  actions: {
    async ListValues(call, args, out) {
      const { id } = await needKind(call.db, call, args.needInt('pid'), 7, 11);
      out.items('values', await listItems(call.db, id));
    },
    async ListDirectory(call, args, out) {
      const mode = args.needInt('mode');
      const rows = await parameters(call.db, mode === MODE_OF_LISTS ? LIST_KIND : Math.max(mode, 0));
      out.items(
        'directory',
        rows.filter(({ id }) => mayRead(call, id)),
      );
    },
    async GetContractGroupList(call, _args, out) {
      out.items('groups', await groupRows(call.db));
    },
    DeleteAddressParameter: (call, args) => clearParameter(call.tx, call, args.needInt('cid'), args.needInt('pid'), 2),
  },
};
