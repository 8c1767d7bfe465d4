import type { Command } from 'commander';
import type { Making } from '../../core/terminal/words.ts';
import { TARIFF_GROUP_FACE } from '../api/tariff-groups.ts';
import { line, number } from '../directories/fields.ts';
import { addManagedCommands } from './managed-commands.ts';
import { planList } from './plan-list.ts';

/** `vestnik billing tariff-group ...` */
export function addTariffGroupCommands(billing: Command, making: Making): void {
  const { t } = making;
  addManagedCommands(
    billing,
    {
      face: TARIFF_GROUP_FACE,
      many: 'группы тарифов',
      options: {
        title: line(200, { en: 'name', ru: 'название' }),
        position: number(-1_000_000, 1_000_000, { en: 'place among the groups', ru: 'место среди групп' }),
        transfer_mode: number(0, 1_000, {
          en: 'how customers change over, kept for programs',
          ru: 'режим перехода, хранится для программ',
        }),
        days_forward: number(0, 36_500, {
          en: 'so many days ahead, kept for programs',
          ru: 'на сколько дней вперёд, хранится для программ',
        }),
      },
      shown: { plans: { en: 'plans', ru: 'тарифы' } },
      columns: ['title', 'position', 'plans'],
      examples: ['add "Домашние" --plans 3,4:2026-01-01..2026-12-31'],
      withMore: (command) =>
        command.option(
          '--plans <list>',
          t('its plans, all of them, with days: 3,4:2026-01-01..2026-12-31', 'её тарифы, все, с днями: 3,4:2026-01-01..2026-12-31'),
          planList(t),
        ),
      moreOf: ({ plans }) => (plans === undefined ? {} : { plans }),
    },
    making,
  );
}
