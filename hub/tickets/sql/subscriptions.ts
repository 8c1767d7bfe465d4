import { statement } from '../../core/database/statement.ts';

export type SubscriptionRow = {
  subscriptionId: number;
  agency: string[] | null;
  validator: string[] | null;
  terminal: string[] | null;
  carrier: string[] | null;
  carrierScope: 'document' | 'any';
  type: string[] | null;
  kind: string[] | null;
  everything: boolean;
  createdAt: Temporal.Instant;
};

const COLUMNS = `subscription_id AS "subscriptionId", agency, validator, terminal, carrier, carrier_scope AS "carrierScope", type, kind,
  everything, created_at AS "createdAt"`;

export const insertSubscription = statement<SubscriptionRow>(
  'tickets.insertSubscription',
  `INSERT INTO ticket_subscription (client_id, agency, validator, terminal, carrier, carrier_scope, type, kind, everything)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING ${COLUMNS}`,
);

export const subscriptionsOfClient = statement<SubscriptionRow>(
  'tickets.subscriptionsOfClient',
  `SELECT ${COLUMNS} FROM ticket_subscription WHERE client_id = $1 ORDER BY subscription_id`,
);

export const deleteSubscriptions = statement<SubscriptionRow>(
  'tickets.deleteSubscriptions',
  `DELETE FROM ticket_subscription WHERE client_id = $1 AND subscription_id = ANY ($2::bigint[]) RETURNING ${COLUMNS}`,
);
