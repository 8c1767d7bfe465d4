import type { Binding } from '../catalogue/descriptor.ts';
import { findParameter, mayRead, needKind } from '../find-parameter.ts';
import { findParameterGroup, groupBeans } from '../list-parameters.ts';
import { SEPARATOR } from '../parameter-kind.ts';
import { attributeSpecBean } from '../show-parameter.ts';
import { listItems, parameterGroups, parameters } from '../sql/parameters.ts';

/** Parameters and their groups under the names of entities (catalogue 4.6). */
export const entityService: Binding = {
  service: 'EntityService',
  operations: {
    entitySpecList: async (call) => groupBeans(call.db, call, await parameterGroups(call.db, null)),
    entitySpecGet: async (call, { arg0 }: { arg0: number }) =>
      (await groupBeans(call.db, call, [await findParameterGroup(call.db, arg0)]))[0],
    entitySpecAttrList: async (call) =>
      (await parameters(call.db, 0)).filter(({ id, kind }) => kind !== SEPARATOR && mayRead(call, id)).map(attributeSpecBean),
    entitySpecAttrGet: async (call, { arg0 }: { arg0: number }) => attributeSpecBean(await findParameter(call.db, call, arg0)),
    async entitySpecAttrListItemList(call, { arg0 }: { arg0: number }) {
      const { id } = await needKind(call.db, call, arg0, 7, 11);
      return listItems(call.db, id);
    },
  },
};
