import type { Command } from 'commander';
import type { Making } from '../../core/terminal/words.ts';
import { SERVICE_FACE, SERVICE_SET_FACE } from '../api/services.ts';
import { flag, line, number, numbers } from '../directories/fields.ts';
import { addManagedCommands } from './managed-commands.ts';

const LARGEST = 2_147_483_647;
const title = line(200, { en: 'name', ru: 'название' });
const module_id = number(1, LARGEST, { en: 'the module instance that offers it', ru: 'экземпляр модуля, который её предлагает' });

/** `vestnik billing service ...`, `vestnik billing service-set ...` */
export function addServiceCommands(billing: Command, making: Making): void {
  addManagedCommands(
    billing,
    {
      face: SERVICE_FACE,
      many: 'услуги модулей',
      options: {
        title,
        module_id,
        unit: number(0, LARGEST, { en: 'number of its unit', ru: 'номер единицы измерения' }),
        used: flag({ en: 'it is offered for new contracts', ru: 'предлагается новым договорам' }, true),
      },
      columns: ['title', 'module_id', 'unit', 'used'],
      examples: ['add "Интернет" --module 1'],
    },
    making,
  );
  addManagedCommands(
    billing,
    {
      face: SERVICE_SET_FACE,
      many: 'наборы услуг',
      options: { title, module_id, services: numbers(1_000, { en: 'services of the same module', ru: 'услуги того же модуля' }) },
      columns: ['title', 'module_id', 'services'],
      examples: ['add "Основные" --module 1 --services 1,2'],
    },
    making,
  );
}
