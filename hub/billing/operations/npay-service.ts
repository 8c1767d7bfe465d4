import type { Binding, Call } from '../catalogue/descriptor.ts';
import { findContract } from '../find-contract.ts';
import { deleteServiceObject, findServiceObject, saveServiceObject } from '../save-service-object.ts';
import { type ServiceObjectRow, serviceObjectsOf } from '../sql/service-objects.ts';

interface ServiceObjectBean {
  readonly id?: number | null;
  readonly serviceId?: number | null;
  readonly objectId?: number | null;
  readonly col?: number | null;
  readonly comment?: string | null;
  readonly date1?: Temporal.PlainDate | null;
  readonly date2?: Temporal.PlainDate | null;
}

const beanOf = ({ id, contractId, serviceId, objectId, count, serviceTitle, comment, dateFrom, dateTo }: ServiceObjectRow) => ({
  id,
  contractId,
  serviceId,
  objectId,
  col: count,
  serviceTitle,
  objectTitle: objectId === 0 ? '' : String(objectId),
  comment,
  date1: dateFrom,
  date2: dateTo,
});

interface ListArgs {
  readonly contractId: number;
  readonly objectId: number;
  readonly entityModuleId: number;
  readonly entityId: number;
  readonly actualItemsOnly: boolean;
  readonly actualItemsDate?: Temporal.PlainDate | null;
}

export const npayService: Binding = {
  service: 'NPayService',
  operations: {
    serviceObjectList: async (call: Call, args: ListArgs) => {
      const { contractId, objectId, entityModuleId, entityId, actualItemsOnly, actualItemsDate } = args;
      await findContract(call.db, call, contractId);
      const day = actualItemsOnly ? (actualItemsDate ?? call.today) : null;
      const object = Math.max(objectId, 0);
      return (await serviceObjectsOf(call.db, contractId, call.moduleId ?? null, object, entityModuleId, entityId, day)).map(beanOf);
    },
    serviceObjectGet: async (call: Call, { id }: { id: number }) => beanOf(await findServiceObject(call.db, call, id)),
    /** What a bean leaves out stays as it was; of a new object it begins today, one of it. */
    serviceObjectUpdate: async (call: Call, { contractId, serviceObject }: { contractId: number; serviceObject: ServiceObjectBean }) => {
      const { id, serviceId, objectId, col, comment, date1, date2 } = serviceObject;
      const before = id && id > 0 ? await findServiceObject(call.tx, call, id, contractId) : undefined;
      return saveServiceObject(call.tx, call, {
        id: before?.id ?? 0,
        contractId,
        serviceId: serviceId || before?.serviceId || 0,
        objectId: objectId ?? before?.objectId ?? 0,
        count: col ?? before?.count ?? 1,
        comment: comment ?? before?.comment ?? '',
        dateFrom: date1 ?? before?.dateFrom ?? call.today,
        dateTo: date2 ?? null,
      });
    },
    serviceObjectDelete: (call: Call, { contractId, serviceId }: { contractId: number; serviceId: number }) =>
      deleteServiceObject(call.tx, call, serviceId, contractId),
  },
};
