import type { AddCommands } from '../../core/module.ts';
import type { Making } from '../../core/terminal/words.ts';
import { addBalanceCommands } from './balances.ts';
import { addClosedDateCommands } from './closed-dates.ts';
import { addContractCommands } from './contracts.ts';
import { addDirectoryCommands } from './directories.ts';
import { addExportCommands } from './export.ts';
import { addFenceCommands } from './fences.ts';
import { addImportCommands } from './import.ts';
import { addJournalCommands } from './journal.ts';
import { addLimitCommands } from './limits.ts';
import { addMoneyTypeCommands } from './money-types.ts';
import { addPaymentCommands } from './payments.ts';
import { addReaderCommands } from './readers.ts';
import { addStatusCommands } from './statuses.ts';
import { addWhatIfCommands } from './what-if.ts';

/** `vestnik billing ...`: each a thin face over a use case, in the language of `t`. */
export const addCommands: AddCommands = (billing, withPorts, t) => {
  const making: Making = { t, withPorts };
  billing.description(
    t(
      'Billing: contracts, payments, statuses, tariffs and their directories. Every change is audited under the name of the system user and made known to callbacks.',
      'Биллинг: договоры, платежи, статусы, тарифы и их справочники. Каждое изменение записывается в журнал аудита под именем пользователя системы и передаётся коллбэкам.',
    ),
  );
  addContractCommands(billing, making);
  addStatusCommands(billing, making);
  addLimitCommands(billing, making);
  addWhatIfCommands(billing, making);
  addDirectoryCommands(billing, making);
  addFenceCommands(billing, making);
  addJournalCommands(billing, making);
  addReaderCommands(billing, making);
  addPaymentCommands(billing, making);
  addBalanceCommands(billing, making);
  addMoneyTypeCommands(billing, making);
  addClosedDateCommands(billing, making);
  addExportCommands(billing, making);
  addImportCommands(billing, making);
};
