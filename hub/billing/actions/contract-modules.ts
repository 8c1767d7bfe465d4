import { attachModules, detachModules } from '../attach-modules.ts';
import type { ActionBinding } from '../catalogue/descriptor.ts';
import { findContract } from '../find-contract.ts';
import { deleteContractService, findContractService, saveContractService } from '../save-contract-service.ts';
import { type ModuleRow, moduleRows, modulesForContract, modulesOfContract } from '../sql/modules.ts';
import { type ServiceRow, servicesOfContract, servicesOfModule } from '../sql/services.ts';
import { dayText, periodText } from '../wire/texts.ts';

/** Modules and services of contracts (catalogue 2.4). */
export const contractModuleActions: ActionBinding = {
  module: 'contract',
  actions: {
    async ContractModuleList(call, args, out) {
      const { id } = await findContract(call.db, call, args.needInt('cid'));
      out.items('list_select', await modulesOfContract(call.db, id));
      out.items('list_avaliable', await modulesForContract(call.db, id));
    },
    async ContractModuleAdd(call, args) {
      const one = args.int('module_id');
      await attachModules(call.tx, call, args.needInt('cid'), [...(one === undefined ? [] : [one]), ...args.ints('module_ids')]);
    },
    ContractModuleDelete: (call, args) => detachModules(call.tx, call, args.needInt('cid'), [args.needInt('module_id')]),
    async ContractServices(call, args, out) {
      const { id } = await findContract(call.db, call, args.needInt('cid'));
      const rows = await servicesOfContract(call.db, id, args.needInt('mid'));
      out.table(
        rows.map((row) => ({
          f0: row.id,
          f1: row.title,
          f2: periodText(row.dateFrom, row.dateTo),
          f3: row.comment,
          f4: row.serviceId,
        })),
      );
    },
    async ContractService(call, args, out) {
      const id = args.rowId('id');
      const row = id === undefined ? undefined : await findContractService(call.db, call, id);
      const mid = args.int('mid');
      const modules = (await moduleRows(call.db)).filter((module) => mid === undefined || mid <= 0 || module.id === mid);
      const offers: { readonly module: ModuleRow; readonly services: ServiceRow[] }[] = [];
      for (const module of modules) offers.push({ module, services: await servicesOfModule(call.db, module.id) });
      const onlyUsed = args.flag('onlyUsing') ?? false;
      out.element('service', {
        comment: row?.comment ?? '',
        date1: dayText(row?.dateFrom),
        date2: dayText(row?.dateTo),
        sid: row?.serviceId ?? 0,
      });
      out.element('tree', {}, (tree) => {
        for (const { module, services } of offers)
          tree.element('module', { id: module.id, title: module.title }, (inside) => {
            for (const { id: serviceId, title, used } of services)
              if (used || !onlyUsed) inside.element('service', { id: serviceId, mid: module.id, title });
          });
      });
    },
    async UpdateContractService(call, args) {
      await saveContractService(call.tx, call, {
        id: args.rowId('id') ?? 0,
        contractId: args.needInt('cid'),
        serviceId: args.needInt('sid'),
        dateFrom: args.day('date1') ?? null,
        dateTo: args.day('date2') ?? null,
        comment: args.text('comment') ?? '',
      });
    },
    DeleteContractService: (call, args) => deleteContractService(call.tx, call, args.needInt('id')),
  },
};
