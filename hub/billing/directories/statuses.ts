import type { Entry } from '../directory-entry.ts';
import { directoryTable } from '../sql/directory-table.ts';
import { statusUses } from '../sql/directory-uses.ts';
import { type Directory, directory } from './directory.ts';
import { flag, line } from './fields.ts';
import { usedBy } from './users.ts';
import { wrongField } from './wrong-field.ts';

/** The statuses that the server itself goes by (catalogue 7); 1 and 5 are passed through by it. */
const OWN = [0, 1, 2, 3, 4, 5];
const TRANSITIONAL = [1, 5];

export type Status = Entry & { title: string; manual: boolean };

/** Statuses of contracts (spec 2.6). Which of them are without fee says the setting `billing.suspendCodes`. */
export const STATUSES: Directory<Status> = directory<Status>({
  name: 'status',
  path: 'statuses',
  one: { en: 'status', ru: 'статус' },
  many: { en: 'statuses of contracts', ru: 'статусы договоров' },
  table: directoryTable({
    name: 'status',
    table: 'billing_status',
    id: 'status',
    columns: { title: 'title', manual: 'manual' },
    filters: { manual: ['t.manual', 'boolean'] },
    numbered: true,
  }),
  fields: {
    title: line(200, { en: 'title', ru: 'название' }),
    manual: flag({ en: 'an operator may set it', ru: 'может быть установлен оператором' }, true),
  },
  numbers: { most: 32_767, free: false },
  async check(_tx, _act, { id, manual }) {
    if (manual && TRANSITIONAL.includes(id))
      throw wrongField('manual', 'transitional', {
        en: `status ${id} is set by the server only`,
        ru: `статус ${id} устанавливает только сервер`,
      });
  },
  kept: ({ id }) => (OWN.includes(id) ? { en: 'the server itself goes by it', ru: 'нужен самому серверу' } : undefined),
  uses: usedBy(statusUses),
});
