import { HubError } from '../../core/errors.ts';
import type { Words } from './fields.ts';

/** A field that is wrong, in the form in which a schema refuses. */
export const wrongField = (field: string, code: string, { en, ru }: Words): HubError =>
  new HubError('VALIDATION', `${field}: ${en}`, {
    reason: code,
    russian: `${field}: ${ru}`,
    details: [{ code, path: `/${field}`, message: en }],
  });
