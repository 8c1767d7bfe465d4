import { statement } from '../../core/database/statement.ts';

export const insertRejections = statement(
  'tickets.insertRejections',
  `INSERT INTO ticket_rejection (received_by, source, external_id, code, faults)
   SELECT received_by, source, external_id, code, faults::jsonb
   FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) AS fresh (received_by, source, external_id, code, faults)`,
);
