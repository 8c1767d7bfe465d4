import type { Configuration } from '../config.ts';

/** What the alerts are configured with. */
export type AlertsSettings = Configuration['alerts'];
