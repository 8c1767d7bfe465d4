import { statement } from '../../core/database/statement.ts';

/** Every client with its subscriptions, in one snapshot. */
export const routingRows = statement<{
  client_id: number;
  name: string;
  state: 'active' | 'held' | 'closed';
  subscriptions: readonly {
    agency: string[] | null;
    validator: string[] | null;
    terminal: string[] | null;
    carrier: string[] | null;
    carrier_scope: 'document' | 'any';
    type: string[] | null;
    kind: string[] | null;
    everything: boolean;
  }[];
}>(
  'tickets.routingRows',
  `SELECT c.client_id, c.name, c.state,
     COALESCE((SELECT jsonb_agg(to_jsonb(s) - 'created_at') FROM ticket_subscription s WHERE s.client_id = c.client_id), '[]') AS subscriptions
   FROM ticket_client c`,
);
