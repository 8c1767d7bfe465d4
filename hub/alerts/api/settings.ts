import * as z from 'zod';
import { type Route, route } from '../../core/http/route.ts';
import { licenceEnded } from '../licence.ts';
import { LIVE_KEYS, type LiveSettings } from '../live-settings.ts';

const yesNo = z.boolean().transform((yes) => (yes ? 'yes' : 'no'));
const count = z.int().min(0).max(1_000).transform(String);

/** By the names of REST, those of the settings. */
const LICENCE_KEYS = {
  present: 'licence.present',
  boards: 'licence.boards',
  gsm_modems: 'licence.gsmModems',
  dynamic_tts: 'licence.dynamicTts',
  email: 'licence.email',
  e1: 'licence.e1',
  valid_to: 'licence.validTo',
} as const;

const licenceBody = z
  .strictObject({
    present: yesNo,
    boards: count,
    gsm_modems: count,
    dynamic_tts: yesNo,
    email: yesNo,
    e1: yesNo,
    valid_to: z.iso
      .date()
      .nullable()
      .transform((day) => day ?? ''),
  })
  .partial();

const licenceAnswer = z.object({
  present: z.boolean(),
  boards: z.int(),
  gsm_modems: z.int(),
  dynamic_tts: z.boolean(),
  email: z.boolean(),
  e1: z.boolean(),
  valid_to: z.string().nullable(),
  ended: z.boolean().meta({ description: 'Nothing can be started: there is none, or its last day has passed' }),
});

function licenceJson(live: LiveSettings) {
  const { licence, zone } = live.current();
  return {
    present: licence.present === 'yes',
    boards: licence.boards,
    gsm_modems: licence.gsmModems,
    dynamic_tts: licence.dynamicTts === 'yes',
    email: licence.email === 'yes',
    e1: licence.e1 === 'yes',
    valid_to: licence.validTo ?? null,
    ended: licenceEnded({ licence, zone }, Temporal.Now.instant()),
  };
}

const settingAnswer = z.object({ key: z.string(), value: z.string().meta({ description: "'' for what is not set" }) });

/** The licence, and the settings that can be changed while the hub runs. */
export const settingRoutes = (live: LiveSettings): Route[] => [
  route({
    method: 'GET',
    path: '/licence',
    right: 'alerts.view',
    summary: 'What may be started',
    answer: licenceAnswer,
    handle: async () => licenceJson(live),
  }),
  route({
    method: 'PUT',
    path: '/licence',
    right: 'alerts.channels',
    summary: 'Change the licence; what is left out stays. Running calls are never cut by it',
    body: licenceBody,
    answer: licenceAnswer,
    async handle({ body, caller }) {
      const texts = Object.entries(LICENCE_KEYS).map(([name, key]) => [key, body[name as keyof typeof LICENCE_KEYS]] as const);
      await live.setAll(caller, new Map(texts.filter((one): one is [(typeof one)[0], string] => one[1] !== undefined)));
      return licenceJson(live);
    },
  }),
  route({
    method: 'GET',
    path: '/settings',
    right: 'alerts.channels',
    summary: 'Settings that can be changed while the hub runs, as they are now',
    answer: z.object({ items: z.array(settingAnswer) }),
    handle: async () => ({ items: live.shown('') }),
  }),
  route({
    method: 'PUT',
    path: '/settings/:key',
    right: 'alerts.channels',
    summary: 'Change one of them for all hubs; the configuration is what they go back to when the database is a new one',
    params: z.object({
      key: z
        .string()
        .max(100)
        .meta({ description: LIVE_KEYS.join(', ') }),
    }),
    body: z.strictObject({ value: z.string().max(200) }),
    answer: settingAnswer,
    handle: async ({ params: { key }, body, caller }) => ({ key, value: await live.set(caller, key, body.value) }),
  }),
];
