import { vi } from 'vitest';

/** Waits for a condition, with a patience that a busy machine does not wear out; answers what the check answers. */
export const until = <T>(check: () => T | Promise<T>, options: { timeout?: number; interval?: number } = {}): Promise<T> =>
  vi.waitFor(check, { timeout: 15_000, interval: 20, ...options });
