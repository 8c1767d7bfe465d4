import type { Profile } from './settings.ts';

/** The release of the original that each profile answers like (spec 6.5): foreign programs compare it. */
export const RELEASES: Readonly<Record<Profile, string>> = { '7': '7.1', '8': '8.0', '9.2501': '9.2' };
