import * as z from 'zod';
import { type Route, route } from '../../core/http/route.ts';
import { licenceEnded } from '../licence.ts';
import { refusal } from '../refusals.ts';
import type { DirectoryPorts } from './ports.ts';

const voiceAnswer = z.object({ voice: z.string(), language: z.string(), sex: z.string(), engine: z.string() });

/** Voices of speech synthesis and static speech, as GETTTS and TTS: there is no engine yet, and these say so. */
export const speechRoutes = ({ act }: Pick<DirectoryPorts, 'act'>): Route[] => [
  route({
    method: 'GET',
    path: '/voices',
    right: 'alerts.view',
    summary: 'Voices of speech synthesis; refused while no engine is set up',
    answer: z.object({ items: z.array(voiceAnswer) }),
    errors: ['CONFLICT'],
    handle: async () => {
      throw refusal('no_speech');
    },
  }),
  route({
    method: 'POST',
    path: '/tts',
    right: 'alerts.directory',
    summary: 'Speak a text into a sound file; refused while no engine is set up',
    body: z.strictObject({
      voice: z.string().min(1).max(64),
      rate: z.int().min(10).max(1_000).default(100).meta({ description: 'Per cent of the normal rate' }),
      text: z.string().min(1).max(4_000),
    }),
    answer: z.object({ file: z.string(), length_ms: z.int() }),
    status: 201,
    async handle({ caller }) {
      const { settings, now } = act(caller);
      if (licenceEnded(settings, now)) throw refusal('no_licence', 'speech');
      throw refusal('no_speech');
    },
  }),
];
