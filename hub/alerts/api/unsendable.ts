import { decodeWindows1251 } from '@vestnik/protocol/windows1251.ts';
import * as z from 'zod';

/** All that the line protocol can send, as a class of characters. */
const EVERY = decodeWindows1251(Uint8Array.from({ length: 256 }, (_, code) => code));
const SENDABLE = new RegExp(`^[${EVERY.replace(/[\\\]^-]/g, '\\$&')}]*$`);

const isSendable = (value: unknown): boolean => {
  if (typeof value === 'string') return SENDABLE.test(value);
  return typeof value !== 'object' || value === null || SENDABLE.test(JSON.stringify(value));
};

/** `unsendable` of an answer. */
export const unsendableField = z
  .array(z.string())
  .meta({ description: 'Fields with signs outside of windows-1251: clients of the line protocol see ? in their place' });

/** An answer with the warning of specification 2.13: its fields that the line protocol cannot show. */
export const withWarning = <A extends object>(answer: A): A & { unsendable: string[] } => ({
  ...answer,
  unsendable: Object.entries(answer).flatMap(([field, value]) => (isSendable(value) ? [] : [field])),
});
