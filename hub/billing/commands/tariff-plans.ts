import type { Command } from 'commander';
import type { Making } from '../../core/terminal/words.ts';
import { TARIFF_PLAN_FACE } from '../api/tariff-plans.ts';
import { choice, flag, line, numbers } from '../directories/fields.ts';
import { addManagedCommands } from './managed-commands.ts';
import { addPriceCommands } from './tariff-prices.ts';

/** `vestnik billing tariff-plan ...` */
export function addTariffPlanCommands(billing: Command, making: Making): void {
  const noun = addManagedCommands(
    billing,
    {
      face: TARIFF_PLAN_FACE,
      many: 'тарифные планы',
      options: {
        title: line(200, { en: 'name', ru: 'название' }),
        title_web: line(200, { en: 'what customers read', ru: 'название для клиентов' }),
        use_title_in_web: flag({ en: 'customers read the name itself', ru: 'клиенты видят само название' }, false),
        used: flag({ en: 'it is offered for new contracts', ru: 'предлагается новым договорам' }, true),
        person_type: choice(['any', 'person', 'company'], { en: 'whom it is for', ru: 'для кого' }),
        groups: numbers(63, { en: 'only for these groups of contracts', ru: 'только для этих групп договоров' }),
        title_mask: line(1_000, { en: 'mask of titles, kept for programs', ru: 'маска названий, хранится для программ' }),
      },
      shown: { config: { en: 'configuration', ru: 'конфигурация' } },
      columns: ['title', 'used', 'person_type', 'groups'],
      examples: ['add "Дом 100" --person-type person', 'price 3 --service 1 --unit month --price 450.00 --from 2027-01-01'],
    },
    making,
  );
  addPriceCommands(noun, making);
}
