import type { ActionBinding } from '../catalogue/descriptor.ts';
import { CLOSED_KINDS } from '../closed-dates.ts';
import { closedDate, setClosedDate } from '../set-closed-date.ts';
import { dayText } from '../wire/texts.ts';

/** Closed periods (catalogue 2.5). */
export const adminClosedDateActions: ActionBinding = {
  module: 'admin',
  actions: {
    async GetClosedDate(call, _args, out) {
      out.element('closed', { date: dayText(await closedDate(call.db, CLOSED_KINDS.general)) });
    },
    /** An empty date opens everything of that kind; a missing one is a mistake. */
    SetClosedDate: (call, args) =>
      setClosedDate(call.tx, call, args.int('typeId') ?? CLOSED_KINDS.general, args.has('date') ? args.day('date') : args.needDay('date')),
  },
};
