import type { AddCommands } from '../../core/module.ts';
import type { Making } from '../../core/terminal/words.ts';
import { addDictionaryCommands } from './dictionaries.ts';
import { addImportCommands } from './imports.ts';
import { addOrderCommands } from './orders.ts';
import { addOrganizationCommands } from './organizations.ts';
import { addPersonCommands } from './persons.ts';
import { addRelationCommands } from './relations.ts';
import { addTripCommands } from './trips.ts';

/** `vestnik travel ...`: each a thin face over a use case, in the language of `t`. */
export const addCommands: AddCommands = (travel, withPorts, t) => {
  const making: Making = { t, withPorts };
  travel.description(
    t(
      'Travel: organizations, dictionaries, persons, trips and orders. Every change is audited under the name of the system user and made known to callbacks.',
      'Командировки: организации, справочники, персоны, командировки и заказы. Каждое изменение записывается в журнал аудита под именем пользователя системы и передаётся коллбэкам.',
    ),
  );
  addTripCommands(travel, making);
  addOrderCommands(travel, making);
  addOrganizationCommands(travel, making);
  addDictionaryCommands(travel, making);
  addRelationCommands(travel, making);
  addPersonCommands(travel, making);
  addImportCommands(travel, making);
};
