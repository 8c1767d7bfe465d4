import type { Route } from '../core/http/route.ts';
import type { HubPorts } from '../core/module.ts';
import { certificateRoutes } from './api/certificates.ts';
import { clientRoutes } from './api/clients.ts';
import { documentRoutes } from './api/documents.ts';
import { importRoutes } from './api/import.ts';
import { mailboxRoutes } from './api/mailboxes.ts';
import { operationRoutes } from './api/operations.ts';

/** REST routes of the administration below /api/v1/tickets (spec 8); each is a thin face over a use case. */
export function ticketRoutes(hub: HubPorts): Route[] {
  return [clientRoutes, certificateRoutes, mailboxRoutes, documentRoutes, operationRoutes, importRoutes].flatMap((routes) => routes(hub));
}
