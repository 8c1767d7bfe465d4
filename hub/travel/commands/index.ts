import type { Module } from '../../core/module.ts';

/** `vestnik travel ...`: each a thin face over a use case, in the language of `t`. */
export const addCommands: Module['addCommands'] = (program, _withPorts, t) => {
  program.command('travel').summary(t('trips, orders and static data', 'командировки, заказы и статичные данные'));
};
