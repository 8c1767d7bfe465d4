import { z } from 'zod';
import type { SiteCall } from './site-call.ts';

/**
 * What a file of site services exports by default: one service with its beans and operations, in plain data and functions (docs/billing-site-services.md).
 * Types are those of the catalogue's notation: `int`, `decimal`, `ticket`, `ticket[]`.
 */
const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]{0,99}$/;

const text = z.strictObject({ ru: z.string().trim().min(1), en: z.string().trim().min(1) });
const type = z.string().min(1).max(200);
const runs = <F extends (...args: never[]) => Promise<unknown>>() =>
  z.custom<F>((value) => typeof value === 'function', 'must be a function that answers a promise');
const named = <S extends z.ZodType>(schema: S) => z.record(z.string().regex(IDENTIFIER, 'must be a name of letters, digits and _'), schema);

const holder = z.strictObject({ type, doc: text });
const parameter = holder.extend({
  /** May be absent; a number or a flag never is, but 0 or false. */
  optional: z.boolean().default(false),
  /** It names the object: absent is an error, not 0. */
  identifies: z.boolean().default(false),
});

const operation = z.strictObject({
  doc: text,
  kind: z.enum(['read', 'write']).default('read'),
  parameters: named(parameter).default({}),
  /** Left out: it answers nothing. */
  result: type.optional(),
  /** Second results, after `result`; the function then answers `{ value, out }`. */
  out: named(holder).default({}),
  run: runs<(call: SiteCall, args: Readonly<Record<string, unknown>>) => Promise<unknown>>(),
});

export const siteService = z.strictObject({
  name: z.string().regex(/^[A-Z][A-Za-z0-9]{0,99}$/, 'must be a name such as TicketService: letters and digits, the first a capital'),
  package: z
    .string()
    .max(200)
    .regex(/^[a-z][A-Za-z0-9_]*(?:\.[a-z][A-Za-z0-9_]*)*$/, 'must be a package such as com.example.site')
    .refine((name) => name !== 'json', '"json" is part of the addresses of the JSON protocol'),
  namespace: z
    .string()
    .max(200)
    .regex(/^https?:\/\/[^\s"<>&']+$/, 'must be a namespace such as http://site.example.com/')
    .optional(),
  beans: z.string().max(100_000).default(''),
  operations: named(operation).refine((all) => Object.keys(all).length > 0, 'must hold an operation'),
  /** Called once at each start of a hub, by one hub at a time: to make the tables that the service keeps its data in. */
  prepare: runs<(site: Pick<SiteCall, 'query'>) => Promise<unknown>>().optional(),
});

export type SiteServiceText = z.output<typeof siteService>;
