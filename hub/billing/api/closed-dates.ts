import * as z from 'zod';
import { type Route, route } from '../../core/http/route.ts';
import { CLOSED_NAMES, type ClosedName } from '../closed-dates.ts';
import { closedDate, closedDates, setClosedDate } from '../set-closed-date.ts';
import { dayOrOpen, dayOrOpenAnswer } from './fields.ts';
import { changeOnce } from './once.ts';
import type { BillingApiPorts } from './ports.ts';

const kind = z.enum(Object.keys(CLOSED_NAMES) as [ClosedName, ...ClosedName[]]);
const closedAnswer = z.object({
  kind: kind.meta({ description: '`all` closes every kind' }),
  day: dayOrOpenAnswer.meta({ description: 'The last closed day; null: nothing is closed' }),
});

/** Closed dates: what is dated on or before one can no longer be made, changed or removed. */
export const closedDateRoutes = ({ database, acts }: BillingApiPorts): Route[] => [
  route({
    method: 'GET',
    path: '/closed-dates',
    right: 'billing.read',
    summary: 'The last closed day of each kind of movement',
    answer: z.object({ items: z.array(closedAnswer) }),
    handle: async () => ({
      items: (await closedDates(database.work)).map((closed) => ({ kind: closed.kind, day: closed.day?.toString() ?? null })),
    }),
  }),
  route({
    method: 'PUT',
    path: '/closed-dates/:kind',
    right: 'billing.manage',
    summary: 'Close a kind of movement up to and including a day, which may also move back; null opens it',
    params: z.object({ kind }),
    body: z.strictObject({ day: dayOrOpen }),
    answer: closedAnswer,
    handle: (call) =>
      changeOnce(acts, call, undefined, 200, async (tx, act) => {
        const { kind: name } = call.params;
        await setClosedDate(tx, act, CLOSED_NAMES[name], call.body.day ?? undefined);
        return { answer: { kind: name, day: (await closedDate(tx, CLOSED_NAMES[name]))?.toString() ?? null } };
      }),
  }),
];
