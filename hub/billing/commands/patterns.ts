import type { Command } from 'commander';
import type { Making } from '../../core/terminal/words.ts';
import { PATTERN_FACE } from '../api/patterns.ts';
import { choice, line, number, numbers } from '../directories/fields.ts';
import { addManagedCommands } from './managed-commands.ts';

const LARGEST = 2_147_483_647;

/** `vestnik billing pattern ...` */
export function addPatternCommands(billing: Command, making: Making): void {
  addManagedCommands(
    billing,
    {
      face: PATTERN_FACE,
      many: 'шаблоны договоров',
      options: {
        title: line(200, { en: 'name', ru: 'название' }),
        number_mask: line(100, { en: 'number of a contract, N for a digit', ru: 'номер договора, N на месте цифры' }),
        counter: number(0, LARGEST, { en: 'the last number that was given', ru: 'последний выданный номер' }),
        parameter_group_id: number(1, LARGEST, { en: 'group of parameters', ru: 'группа параметров' }),
        groups: numbers(63, { en: 'groups of contracts', ru: 'группы договоров' }),
        modules: numbers(1_000, { en: 'module instances', ru: 'экземпляры модулей' }),
        tariffs: numbers(1_000, { en: 'tariff plans, the first one wins', ru: 'тарифные планы, первый главный' }),
        mode: choice(['credit', 'debit'], { en: 'how fees are taken', ru: 'режим: кредит или дебет' }),
        limit: line(40, { en: 'limit of the balance', ru: 'лимит баланса' }),
        status: number(0, LARGEST, { en: 'status', ru: 'статус' }),
        person_type: choice(['person', 'company'], { en: 'whose contract it is', ru: 'физическое или юридическое лицо' }),
        domain_id: number(1, LARGEST, { en: 'domain', ru: 'домен' }),
      },
      shown: { next_title: { en: 'next contract', ru: 'следующий договор' } },
      columns: ['title', 'number_mask', 'next_title', 'mode', 'limit', 'modules', 'tariffs'],
      examples: ['add "Физлица" --number-mask Ф-NNNNN --mode debit --modules 1 --tariffs 3 --parameter-group 1'],
    },
    making,
  );
}
