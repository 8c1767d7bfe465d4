import * as z from 'zod';
import { type Route, route } from '../../core/http/route.ts';
import { MODULE_KINDS, type ModuleKind } from '../module-kinds.ts';
import { npaySettings } from '../npay-settings.ts';
import { MODULES } from '../save-module.ts';
import { titleField } from './managed-fields.ts';
import { managedFace, managedRoutes } from './managed-routes.ts';
import type { BillingApiPorts } from './ports.ts';

const kindNames = MODULE_KINDS.map(({ name }) => name) as [ModuleKind, ...ModuleKind[]];

const fields = z.strictObject({
  kind: z.enum(kindNames),
  title: titleField,
  settings: z
    .record(z.string().max(100), z.unknown())
    .meta({ description: 'All of them; what is left out has its default. GET /modules/kinds describes them' }),
});

const answer = z.object({
  id: z.int().meta({ description: 'The `mid` of addresses' }),
  kind: z.enum(kindNames),
  title: z.string(),
  settings: z.record(z.string(), z.unknown()),
  version: z.int(),
});

/** Module instances. */
export const MODULE_FACE = managedFace({
  kind: MODULES,
  path: '/modules',
  many: 'module instances',
  fields,
  needed: ['kind', 'title'],
  fixed: ['kind'],
  filters: { kind: z.enum(kindNames).optional() },
  filtersOf: ({ kind }) => [(kind as string | undefined) ?? null],
  changeOf: ({ kind, ...same }) => ({ ...same, name: kind }),
  answer,
  shown: ({ id, name, title, settings, version }): z.input<typeof answer> => ({ id, kind: name as ModuleKind, title, settings, version }),
});

/** Kinds of modules with a description of their settings, for forms. */
export const moduleKinds = () =>
  MODULE_KINDS.map(({ name, title }) => ({
    kind: name,
    title,
    settings: name === 'npay' ? (z.toJSONSchema(npaySettings, { io: 'input' }) as Record<string, unknown>) : null,
  }));

/** Module instances and what they can be told. */
export const moduleRoutes = (ports: BillingApiPorts): Route[] => [
  route({
    method: 'GET',
    path: '/modules/kinds',
    right: 'billing.read',
    summary: 'Kinds of modules that instances are made of, with their settings as JSON Schema',
    answer: z.object({
      items: z.array(
        z.object({
          kind: z.enum(kindNames),
          title: z.string(),
          settings: z.record(z.string(), z.unknown()).nullable().meta({ description: 'JSON Schema; null: there are none' }),
        }),
      ),
    }),
    handle: async () => ({ items: moduleKinds() }),
  }),
  ...managedRoutes(ports, MODULE_FACE),
];
