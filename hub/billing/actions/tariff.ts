import type { ActionBinding } from '../catalogue/descriptor.ts';
import { deleteTariffPlan, needTariffPlan, saveTariffPlan } from '../save-tariff-plan.ts';

const NEW_TITLE = 'Новый тариф';

/** Tariff plans (catalogue 2.5). */
export const tariffActions: ActionBinding = {
  module: 'tariff',
  actions: {
    async AddTariffPlan(call, args, out) {
      const id = await saveTariffPlan(call.tx, call, {
        id: 0,
        title: NEW_TITLE,
        titleWeb: '',
        useTitleInWeb: false,
        used: args.flag('used') ?? true,
        personType: -1,
        groups: '0',
        titleMask: '',
        config: '',
      });
      const plan = await needTariffPlan(call.tx, id);
      out.element(
        'tariffPlan',
        {
          id,
          // Prices are a list here, not the tree of the original; its number is the plan's.
          tree_id: id,
          title: plan.title,
          titleWeb: plan.titleWeb,
          useTitleInWeb: plan.useTitleInWeb,
          used: plan.used,
          face: plan.personType,
          mask: plan.titleMask,
        },
        (inside) => inside.element('config', {}, plan.config),
      );
    },
    /** What is not given stays as it was. */
    async UpdateTariffPlan(call, args) {
      const before = await needTariffPlan(call.tx, args.needInt('tpid'));
      await saveTariffPlan(call.tx, call, {
        ...before,
        title: args.text('title') ?? before.title,
        titleWeb: args.text('titleWeb') ?? before.titleWeb,
        useTitleInWeb: args.flag('useTitleInWeb') ?? before.useTitleInWeb,
        used: args.flag('used') ?? before.used,
        personType: args.int('face') ?? before.personType,
        titleMask: args.text('mask') ?? before.titleMask,
        config: args.text('config') ?? before.config,
      });
    },
    DeleteTariffPlan: (call, args) => deleteTariffPlan(call.tx, call, args.needInt('tpid')),
  },
};
