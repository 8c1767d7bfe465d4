import type { Command } from 'commander';
import type { Making } from '../../core/terminal/words.ts';
import { TARIFF_OPTION_FACE } from '../api/tariff-options.ts';
import { choice, day, flag, line, numbers, text } from '../directories/fields.ts';
import { addManagedCommands } from './managed-commands.ts';

/** `vestnik billing tariff-option ...`; modes are given by a file. */
export function addTariffOptionCommands(billing: Command, making: Making): void {
  addManagedCommands(
    billing,
    {
      face: TARIFF_OPTION_FACE,
      many: 'тарифные опции',
      options: {
        title: line(200, { en: 'name', ru: 'название' }),
        comment: line(1_000, { en: 'comment', ru: 'комментарий' }),
        description: text(10_000, { en: 'what customers read', ru: 'описание для клиентов' }),
        enabled: flag({ en: 'it can be activated', ru: 'её можно активировать' }, true),
        date_from: day({ en: 'offered from', ru: 'предлагается с' }),
        date_to: day({ en: 'offered until', ru: 'предлагается по' }),
        groups: numbers(63, { en: 'only for these groups of contracts', ru: 'только для этих групп договоров' }),
        tariffs: numbers(1_000, { en: 'only with these tariff plans', ru: 'только с этими тарифными планами' }),
        depends: numbers(1_000, { en: 'options that must be active', ru: 'опции, которые должны быть активны' }),
        incompatible: numbers(1_000, { en: 'options that must not be active', ru: 'несовместимые опции' }),
        hide_web: flag({ en: 'customers do not see it', ru: 'скрыта от клиентов' }, false),
        hide_groups: numbers(63, { en: 'hidden by groups of contracts', ru: 'скрыта по группам договоров' }),
        hide_mode: choice(['these', 'all_but_these'], {
          en: 'hidden from these groups, or from all others',
          ru: 'скрыта от этих групп или от остальных',
        }),
      },
      shown: { modes: { en: 'modes', ru: 'режимы' } },
      columns: ['title', 'enabled', 'date_from', 'date_to', 'tariffs', 'depends', 'incompatible'],
      examples: ['add "Турбо" --tariffs 3 --file turbo.json'],
    },
    making,
  );
}
