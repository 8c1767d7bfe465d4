import { vi } from 'vitest';

/**
 * Milliseconds for a wait that names none. Vitest gives a second and has no setting for it, which a busy machine passes now and then; a wait is against tests
 * that hang, it does not ask how fast anything is.
 */
const PATIENCE = 30_000;

const { waitFor, waitUntil } = vi;
vi.waitFor = (callback, options) => waitFor(callback, typeof options === 'number' ? options : { timeout: PATIENCE, ...options });
vi.waitUntil = (callback, options) => waitUntil(callback, typeof options === 'number' ? options : { timeout: PATIENCE, ...options });
