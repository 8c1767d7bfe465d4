import type { Database } from '../../core/database/database.ts';
import { EVENT_CHANNEL } from '../../core/events/sql/written-events.ts';
import { createKeptLines, type KeptLines, type KeptLinesOptions } from './kept-lines.ts';

/**
 * Hears of edits, and forgets what they make untrue.
 *
 * not listening (nothing is kept) -the channel is listened to, again after each loss-> listening -stop()-> stopped.
 * Edits of all hubs and programs are told by PostgreSQL right after their commit; those of this process are known before their transaction answers, so that whoever was
 * told OK reads what it wrote.
 */
export interface EditWatch {
  /** Answers of GETTASK. */
  readonly tasks: KeptLines;
  /** Answers of GETABONENT. */
  readonly people: KeptLines;
  /** The database for whoever edits in this process. */
  readonly database: Database;
  /** Whether edits are told at this moment. */
  readonly listening: boolean;
  stop(): void;
}

/** What else depends on edits. */
export interface EditNews {
  /** People were edited, by this hub or another one. */
  peopleEdited(): void;
  /** News were lost, or none came before: anything may have been edited, by another server even. */
  resynced(): void;
}

const TASK_EDITED = /^vestnik\.alerts\.task\.(?:added|changed|deleted)$/;
const PERSON_EDITED = /^vestnik\.alerts\.(?:person\.|group\.(?:joined|deleted)$)/;

export function watchEdits(database: Database, news: EditNews, options: Omit<KeptLinesOptions, 'trusted'> = {}): EditWatch {
  const { listener } = database;
  let heard = false;
  const trusted = (): boolean => heard && listener.listening;
  const tasks = createKeptLines({ ...options, trusted });
  const people = createKeptLines({ ...options, trusted });
  const unlisten = listener.subscribe(EVENT_CHANNEL, {
    notify(type) {
      if (TASK_EDITED.test(type)) tasks.forget();
      else if (PERSON_EDITED.test(type)) {
        people.forget();
        news.peopleEdited();
      }
    },
    resync() {
      heard = true;
      tasks.forget();
      people.forget();
      news.resynced();
    },
  });
  return {
    tasks,
    people,
    get listening() {
      return trusted();
    },
    database: {
      ...database,
      async transaction(body) {
        try {
          return await database.transaction(body);
        } finally {
          // Also where it failed: a commit whose answer was lost may have been made.
          tasks.forget();
          people.forget();
        }
      },
    },
    stop() {
      heard = false;
      unlisten();
    },
  };
}
