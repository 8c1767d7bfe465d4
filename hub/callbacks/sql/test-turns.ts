import { statement } from '../../core/database/statement.ts';

/** Takes one of the `$2` turns that a login has in a minute. No row: they are used up. */
export const takeTestTurn = statement<{ login: string }>(
  'callbacks.takeTestTurn',
  `INSERT INTO callback_test_turn AS u (login, times) VALUES ($1, ARRAY[clock_timestamp()])
   ON CONFLICT (login) DO UPDATE
     SET times = ARRAY(SELECT t FROM unnest(u.times) AS t WHERE t > clock_timestamp() - interval '1 minute') || clock_timestamp()
     WHERE (SELECT count(*) FROM unnest(u.times) AS t WHERE t > clock_timestamp() - interval '1 minute') < $2
   RETURNING login`,
);

/** Seconds until a login has a turn again. */
export const nextTestTurn = statement<{ seconds: number }>(
  'callbacks.nextTestTurn',
  `SELECT GREATEST(1, ceil(60 - extract(epoch FROM clock_timestamp() - min(t))))::int AS seconds
   FROM callback_test_turn u, unnest(u.times) AS t WHERE login = $1 AND t > clock_timestamp() - interval '1 minute'`,
);
