import type { Database } from '../../core/database/database.ts';
import type { Caller } from '../../core/identity/caller.ts';
import type { Act } from '../act.ts';

/** What the routes of the directory, the messages and the tasks work with. */
export interface DirectoryPorts {
  readonly database: Database;
  /** Who acts, now, under the present settings. */
  act(caller: Caller): Act;
}
