import type { GsmTiming } from '../../gsm/gsm-driver.ts';

/** Waits that are short enough for a test. */
export const QUICK: Partial<GsmTiming> = {
  command: 400,
  promptTimeout: 400,
  quiet: 20,
  busy: 20,
  seek: 50,
  send: 600,
  reopen: [50, 200],
};
