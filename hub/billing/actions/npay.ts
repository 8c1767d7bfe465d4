import { needModule } from '../attach-modules.ts';
import type { ActionBinding } from '../catalogue/descriptor.ts';
import { findContract } from '../find-contract.ts';
import { deleteServiceObject, findServiceObject, saveServiceObject } from '../save-service-object.ts';
import { serviceObjectsOf } from '../sql/service-objects.ts';
import { serviceSets } from '../sql/services.ts';
import { dayText } from '../wire/texts.ts';

/** The set with every service of an instance; it is not stored. */
const COMPLETE_SET = { id: 0, title: 'Полный набор услуг' };
const ANY = -1;

/** Recurring fees (catalogue 2.5). */
export const npayActions: ActionBinding = {
  module: 'npay',
  actions: {
    async ServiceSetList(call, args, out) {
      const { id } = await needModule(call.db, args.needInt('mid'));
      out.items('list', [COMPLETE_SET, ...(await serviceSets(call.db, id))]);
    },
    async ServiceObjectTable(call, args, out) {
      const { id: mid } = await needModule(call.db, args.needInt('mid'));
      const { id: cid } = await findContract(call.db, call, args.needInt('cid'));
      const day = args.flag('actualItemsOnly') ? (args.day('actualItemsDate') ?? call.today) : null;
      const rows = await serviceObjectsOf(call.db, cid, mid, Math.max(args.int('object_id') ?? 0, 0), ANY, ANY, day);
      out.table(
        rows.map(({ id, serviceId, serviceTitle, objectId, count, dateFrom, dateTo, comment }) => ({
          id,
          sid: serviceId,
          service: serviceTitle,
          objectId,
          object: objectId === 0 ? '' : objectId,
          col: count,
          date1: dayText(dateFrom),
          date2: dayText(dateTo),
          comment,
        })),
      );
    },
    async ServiceObjectGet(call, args, out) {
      const id = args.rowId('id');
      const row = id === undefined ? undefined : await findServiceObject(call.db, call, id);
      out.element('object', {
        col: row?.count ?? 1,
        date1: dayText(row?.dateFrom ?? call.today),
        date2: dayText(row?.dateTo),
        entityId: row?.entityId ?? 0,
        entityMid: row?.entityMid ?? 0,
        oid: row?.objectId ?? 0,
        sid: row?.serviceId ?? 0,
      });
      out.element('comment', {}, (comment) => {
        for (const line of (row?.comment ?? '').split('\n')) comment.element('row', {}, line);
      });
    },
    async ServiceObjectUpdate(call, args) {
      await saveServiceObject(call.tx, call, {
        id: args.rowId('id') ?? 0,
        contractId: args.needInt('cid'),
        serviceId: args.needInt('sid'),
        objectId: Math.max(args.int('oid') ?? 0, 0),
        count: args.int('col') ?? 1,
        comment: args.text('comment') ?? '',
        dateFrom: args.needDay('date1'),
        dateTo: args.day('date2') ?? null,
      });
    },
    ServiceObjectDelete: (call, args) => deleteServiceObject(call.tx, call, args.needInt('id')),
  },
};
