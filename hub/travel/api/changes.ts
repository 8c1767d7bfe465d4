import * as z from 'zod';
import { limitSchema } from '../../core/http/page.ts';
import { languageOf } from '../../core/http/problem.ts';
import { type Route, route } from '../../core/http/route.ts';
import type { HubPorts } from '../../core/module.ts';
import { idText } from '../fields.ts';
import { instantText } from '../order.ts';
import type { ChangeFeed } from '../trip-feed.ts';
import { changesAnswer } from './trip-answers.ts';
import { instantOf } from './trips.ts';

/** The feed of changes for those who poll (spec 2.8). */
export function changeRoutes({ configuration }: HubPorts, feed: ChangeFeed): Route[] {
  return [
    route({
      method: 'GET',
      path: '',
      right: 'travel.read',
      scoped: true,
      summary: 'Changes of trips and orders in the order of seq; one of after, dateStart, dateEnd, id_Reserve, id_ComplexReserve is needed',
      query: z.strictObject({
        after: z.string().max(50).optional().meta({ description: 'The cursor `next` of the answer before' }),
        limit: limitSchema,
        dateStart: instantText.optional().meta({ description: 'Inclusive' }),
        dateEnd: instantText.optional().meta({ description: 'Exclusive; at most 31 days after dateStart' }),
        id_Reserve: idText.optional(),
        id_ComplexReserve: idText.optional(),
        organization: idText.optional(),
        wait: z.coerce
          .number()
          .int()
          .min(0)
          .max(30)
          .default(0)
          .meta({ description: 'Seconds to wait for the first change when there is none' }),
      }),
      answer: changesAnswer,
      async handle({ query: { dateStart, dateEnd, ...query }, caller, request }) {
        // The listener closes before the modules stop.
        const gone = (): boolean => request.raw.socket.destroyed || !request.server.server.listening;
        const asked = { ...query, dateStart: instantOf(dateStart), dateEnd: instantOf(dateEnd) };
        const { items, next, more } = await feed.read(caller, asked, gone);
        const language = languageOf(request.headers['accept-language'], configuration.language);
        return { items: items.map(({ ru, en, ...item }) => ({ ...item, description: language === 'ru' ? ru : en })), next, more };
      },
    }),
  ];
}
