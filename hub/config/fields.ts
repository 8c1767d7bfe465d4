import { z } from 'zod';
import type { Leaf } from './source.ts';

/** The kinds of settings that the schema is made of. Each carries its kind, its bounds and its description as zod's meta data. */
export const KIB = 1024;
export const MIB = 1024 * KIB;
export const GIB = 1024 * MIB;
const UNITS: Readonly<Record<string, number>> = { B: 1, KIB, MIB, GIB };

export const describe = <S extends z.ZodType>(schema: S, kind: Leaf['kind'], type: string, description: string): S =>
  schema.meta({ kind, type, description });

export const count = (fallback: number, min: number, max: number, description: string) =>
  describe(z.int().min(min).max(max).default(fallback), 'integer', `${min}..${max}`, description);

export const port = (fallback: number, description: string) => count(fallback, 0, 65_535, `${description} 0 takes any free port.`);

/** `2 MiB` or a number of bytes becomes bytes; anything else is left for the schema to refuse. */
const toBytes = (value: unknown): unknown => {
  const match = typeof value === 'string' ? /^(\d{1,15}) ?(B|KiB|MiB|GiB)?$/i.exec(value.trim()) : null;
  return match ? Number(match[1]) * (UNITS[(match[2] ?? 'B').toUpperCase()] ?? 1) : value;
};

export const size = (fallback: number, min: number, max: number, description: string) =>
  describe(
    z.preprocess(toBytes, z.int().min(min).max(max)).default(fallback),
    'size',
    'bytes, or a number with KiB, MiB, GiB',
    description,
  );

export const text = <S extends z.ZodType>(schema: S, type: string, description: string): S => describe(schema, 'text', type, description);

export const host = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[A-Za-z0-9._:-]+$/, 'must be a host name or an IP address');

function isZone(name: string): boolean {
  try {
    Temporal.Now.zonedDateTimeISO(name);
    return true;
  } catch {
    return false;
  }
}

export const zone = z.string().max(64).refine(isZone, 'must be a time zone such as UTC or Europe/Moscow');

/** A switch. A YAML file may say true and false, too. */
export const yesNo = (fallback: 'yes' | 'no', description: string) =>
  text(
    z.preprocess((value) => (typeof value === 'boolean' ? (value ? 'yes' : 'no') : value), z.enum(['yes', 'no'])).default(fallback),
    'yes, no',
    description,
  );
