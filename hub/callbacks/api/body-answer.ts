import * as z from 'zod';

/** A body as text (body-view.ts). */
export const bodyAnswer = z.object({
  format: z.enum(['xml', 'json', 'form', 'text']),
  charset: z.string(),
  text: z.string(),
  pretty: z.string().nullable().meta({ description: 'Laid out for reading' }),
  fault: z
    .object({ line: z.int(), column: z.int(), message: z.string() })
    .nullable()
    .meta({ description: 'Where it stops being of its format' }),
});
