import { HubError } from '../../core/errors.ts';
import type { Binding, Call } from '../catalogue/descriptor.ts';
import { inetDeviceById } from '../sql/inet.ts';

export const inetDeviceService: Binding = {
  service: 'InetDeviceService',
  operations: {
    /** Passwords and secrets of devices are not shown. */
    inetDeviceGet: async (call: Call, { id }: { id: number }) => {
      const [row] = await inetDeviceById(call.db, id);
      if (!row)
        throw new HubError('NOT_FOUND', `there is no access device ${id}`, {
          reason: 'inet_device',
          russian: `Устройство не найдено: ${id}`,
        });
      return {
        id: row.id,
        title: row.title,
        parentId: row.parentId,
        entityId: 0,
        entitySpecId: 0,
        entityTitle: row.title,
        entityAttributes: [],
        children: [],
        comment: row.comment,
        config: row.config,
        host: row.host,
        ident: row.ident,
        username: row.username,
        password: '',
        secret: '',
        uptime: '',
        uptimeTime: null,
        omDisabled: false,
        deviceGroupIds: row.groups,
        deviceTypeId: row.typeId,
        dateFrom: row.dateFrom?.toString() ?? null,
        dateTo: row.dateTo?.toString() ?? null,
        invDeviceId: row.id,
        invDeviceTypeId: row.typeId,
        invDeviceGroupIds: row.groups,
        invTitle: row.title,
        invIdent: row.ident,
        invHost: row.host,
        invConfig: '',
        svlan: row.svlan,
      };
    },
  },
};
