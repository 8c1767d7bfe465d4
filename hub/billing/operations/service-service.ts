import { needModule } from '../attach-modules.ts';
import { badValue } from '../bad-value.ts';
import type { Binding, Call } from '../catalogue/descriptor.ts';
import { deleteService, needService, saveService } from '../save-service.ts';
import { type ServiceRow, servicesOfModule } from '../sql/services.ts';

interface ServiceBean {
  readonly id?: number | null;
  readonly title?: string | null;
  readonly moduleId?: number | null;
  readonly unit?: number | null;
  readonly using?: boolean | null;
}

const beanOf = ({ id, title, moduleId, unit, used }: ServiceRow) => ({ id, title, moduleId, unit, using: used });

export const serviceService: Binding = {
  service: 'ServiceService',
  operations: {
    serviceGet: async (call: Call, { serivceId }: { serivceId: number }) => beanOf(await needService(call.db, serivceId)),
    serviceList: async (call: Call, { moduleId }: { moduleId: number }) => {
      await needModule(call.db, moduleId);
      return (await servicesOfModule(call.db, moduleId)).map(beanOf);
    },
    /** What a bean leaves out stays as it was. */
    serviceUpdate: async (call: Call, { service }: { service?: ServiceBean | null }) => {
      if (!service) throw badValue('service', 'a service is needed', 'не указана услуга');
      const { id, title, moduleId, unit, using } = service;
      const before = id && id > 0 ? await needService(call.tx, id) : undefined;
      return saveService(call.tx, call, {
        id: before?.id ?? 0,
        title: title ?? before?.title ?? '',
        moduleId: before?.moduleId ?? moduleId ?? 0,
        unit: unit ?? before?.unit ?? 0,
        used: using ?? before?.used ?? true,
      });
    },
    serviceDelete: (call: Call, { id }: { id: number }) => deleteService(call.tx, call, id),
  },
};
