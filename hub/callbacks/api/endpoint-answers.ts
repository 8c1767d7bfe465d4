import * as z from 'zod';
import { newEndpointInput, settingsInput } from '../endpoint.ts';
import { FAMILIES } from '../family.ts';

/** What the routes of endpoints answer. */
const time = z.iso.datetime();
const { name: _, ...others } = settingsInput.shape;
const settings = z.object({ name: z.string(), ...others }).required();

export const warningAnswer = z.object({
  code: z.enum(['dictionary_renamed', 'dictionary_deleted']),
  at: time,
  dictionary: z.string().meta({ description: 'The name in the templates' }),
  now: z.string().optional().meta({ description: 'Its new name' }),
});

export const endpointAnswer = settings.extend({
  id: z.int(),
  version: z.int().meta({ description: 'Of the settings; also the ETag' }),
  family: z.enum(FAMILIES),
  organization_id: z.int().nullable(),
  enabled: z.boolean(),
  disabled_by: z.enum(['user', 'hub']).nullable(),
  state_reason: z.string().nullable(),
  state_at: time,
  warnings: z.array(warningAnswer),
  client_cert_until: time.nullable(),
  signing_secrets: z.array(z.object({ id: z.uuid(), made_at: time, valid_until: time.nullable() })),
  created_at: time,
  changed_at: time,
});

export const endpointSummaryAnswer = endpointAnswer.omit({ body: true, headers: true, client_cert: true, ca: true });

export const findingAnswer = z.object({
  severity: z.enum(['error', 'warning']),
  code: z.string(),
  path: z.string().meta({ description: 'JSON Pointer into the settings' }),
  line: z.int().optional(),
  column: z.int().optional(),
  variable: z.string().optional(),
  set: z.string().optional().meta({ description: 'The set of sample values that failed' }),
  message: z.string(),
  russian: z.string(),
});

export const savedAnswer = endpointAnswer.extend({
  findings: z.array(findingAnswer).meta({ description: 'Warnings of this save' }),
  signing_secret: z.string().nullable().meta({ description: 'The secret that this save made; it is shown this once' }),
});

export const lintAnswer = z.object({ ok: z.boolean(), findings: z.array(findingAnswer) });

export const previewAnswer = z.object({
  findings: z.array(findingAnswer),
  preview: z
    .object({
      method: z.enum(['POST', 'GET']),
      url: z.string(),
      headers: z.array(z.tuple([z.string(), z.string()])).meta({ description: 'In the order of sending; secrets as ***' }),
      body: z.string().nullable(),
      bytes: z.int(),
      charset: z.string(),
      format: z.string(),
      notes: z.array(z.string()),
      event_type: z.string(),
      matches: z.boolean().nullable().meta({ description: 'Whether an enabled endpoint would get the event; null for a sample' }),
    })
    .nullable(),
  fault: z.object({ code: z.string(), message: z.string() }).nullable(),
});

const versionSummary = {
  version: z.int(),
  saved_at: time,
  saved_by: z.string(),
  saved_in: z.string(),
  changed: z.array(z.string()).meta({ description: 'Settings that differ from the version before' }),
  new_secrets: z.array(z.string()).meta({ description: 'Headers, or client_cert, whose secret is another one' }),
};
export const versionSummaryAnswer = z.object(versionSummary);
export const versionAnswer = z.object({
  ...versionSummary,
  settings,
  differences: z.array(z.object({ setting: z.string(), before: z.unknown(), after: z.unknown() })),
});

export const secretAnswer = z.object({
  secret: z.string().meta({ description: 'It is shown this once' }),
  before_until: time.meta({ description: 'When the secret before stops signing' }),
});

export const defaultsAnswer = z.object({
  settings,
  sample_headers: z.string().meta({ description: "The source's header lines" }),
  starters: z.array(z.object({ name: z.string(), headers: z.string(), body: z.string() })),
});

export const eventAnswer = z.object({
  position: z.string(),
  time,
  type: z.string(),
  subject: z.string().nullable(),
  data: z.record(z.string(), z.unknown()),
});

/** Bodies: settings, and whether it is to be enabled once they are saved. */
const enabled = z.boolean().optional().meta({ description: 'Enable or disable with this save' });
export const newEndpointBody = newEndpointInput.extend({ enabled });
export const changeBody = settingsInput.extend({ enabled });
