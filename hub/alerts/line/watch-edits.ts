import type { Database } from '../../core/database/database.ts';
import { EVENT_CHANNEL } from '../../core/events/publish.ts';
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
  stop(): void;
}

const TASK_EDITED = /^vestnik\.alerts\.task\.(?:added|changed|deleted)$/;
const PERSON_EDITED = /^vestnik\.alerts\.(?:person\.|group\.(?:joined|deleted)$)/;

/** @param peopleEdited called when somebody was edited, or may have been, by another hub or by this one */
export function watchEdits(database: Database, peopleEdited: () => void, options: Omit<KeptLinesOptions, 'trusted'> = {}): EditWatch {
  const { listener } = database;
  let heard = false;
  const trusted = (): boolean => heard && listener.listening;
  const tasks = createKeptLines({ ...options, trusted });
  const people = createKeptLines({ ...options, trusted });
  const forgetPeople = (): void => {
    people.forget();
    peopleEdited();
  };
  const unlisten = listener.subscribe(EVENT_CHANNEL, {
    notify(type) {
      if (TASK_EDITED.test(type)) tasks.forget();
      else if (PERSON_EDITED.test(type)) forgetPeople();
    },
    resync() {
      heard = true;
      tasks.forget();
      forgetPeople();
    },
  });
  return {
    tasks,
    people,
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
