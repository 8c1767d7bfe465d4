import type { Binding } from '../catalogue/descriptor.ts';
import { findParameter, mayRead, needKind } from '../find-parameter.ts';
import { preferenceBean } from '../show-parameter.ts';
import { listItems, parameters } from '../sql/parameters.ts';

/** The directory of parameters of contracts (catalogue 4.1). */
export const contractParameterService: Binding = {
  service: 'ContractParameterService',
  operations: {
    getContractParameterPref: async (call, { paramId }: { paramId: number }) => preferenceBean(await findParameter(call.db, call, paramId)),
    /** 0 and below: of every kind. */
    getContractParameterPrefList: async (call, { paramType }: { paramType: number }) =>
      (await parameters(call.db, Math.max(paramType, 0))).filter(({ id }) => mayRead(call, id)).map(preferenceBean),
    async contractParameterListItemList(call, { parameterTypeId }: { parameterTypeId: number }) {
      const { id } = await needKind(call.db, call, parameterTypeId, 7, 11);
      return listItems(call.db, id);
    },
  },
};
