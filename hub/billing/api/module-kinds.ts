import * as z from 'zod';
import { type Route, route } from '../../core/http/route.ts';
import { MODULE_KINDS } from '../module-kinds.ts';
import { npaySettings } from '../npay-settings.ts';

/** Kinds of modules with a description of their settings, for forms. */
export const moduleKinds = () =>
  MODULE_KINDS.map(({ name, title }) => ({
    kind: name,
    title,
    settings: name === 'npay' ? (z.toJSONSchema(npaySettings, { io: 'input' }) as Record<string, unknown>) : null,
  }));

/** What module instances can be told. */
export const moduleKindRoutes = (): Route[] => [
  route({
    method: 'GET',
    path: '/modules/kinds',
    right: 'billing.read',
    summary: 'Kinds of modules that instances are made of, with their settings as JSON Schema',
    answer: z.object({
      items: z.array(
        z.object({
          kind: z.enum(MODULE_KINDS.map(({ name }) => name)),
          title: z.string(),
          settings: z.record(z.string(), z.unknown()).nullable().meta({ description: 'JSON Schema; null: there are none' }),
        }),
      ),
    }),
    handle: async () => ({ items: moduleKinds() }),
  }),
];
