import type { Database } from '../core/database/database.ts';
import { PACE_WINDOW } from './run-progress.ts';
import { samplePaceRows } from './sql/run-views.ts';

/** Notes how far the runs under way are, so that every hub can tell their speed. Done every few seconds by one hub. @returns how many run */
export async function samplePace(database: Pick<Database, 'work'>): Promise<number> {
  const [row] = await samplePaceRows(database.work, 2 * PACE_WINDOW);
  return row?.runs ?? 0;
}
