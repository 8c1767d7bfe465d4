import { needModule } from '../attach-modules.ts';
import type { ActionBinding } from '../catalogue/descriptor.ts';
import { moduleRows } from '../sql/modules.ts';
import { servicesOfModule } from '../sql/services.ts';

/** Module instances and their services (catalogue 2.5). */
export const serviceActions: ActionBinding = {
  module: 'service',
  actions: {
    async Modules(call, _args, out) {
      const rows = await moduleRows(call.db);
      out.element('modules', {}, (modules) => {
        for (const { id, title } of rows) modules.element('module', { id, title });
      });
    },
    async GetServiceList(call, args, out) {
      const { id: mid } = await needModule(call.db, args.needInt('mid'));
      const rows = await servicesOfModule(call.db, mid);
      out.element('services', {}, (services) => {
        for (const { id, title } of rows) services.element('service', { id, title });
      });
    },
  },
};
