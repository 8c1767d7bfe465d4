import type { Route } from '../core/http/route.ts';
import type { HubPorts } from '../core/module.ts';
import { allowRoutes } from './api/allow.ts';
import { binRoutes } from './api/bins.ts';
import { type DeliveryPorts, deliveryRoutes } from './api/deliveries.ts';
import { endpointRoutes } from './api/endpoints.ts';
import { healthRoutes } from './api/health.ts';
import { previewRoutes } from './api/previews.ts';
import { resendJobRoutes } from './api/resend-jobs.ts';
import { testRoutes } from './api/tests.ts';
import type { EndpointPorts } from './check-endpoint.ts';
import type { BinPorts } from './load-bin.ts';
import type { TestPorts } from './prepare-test.ts';
import type { FetchProof } from './verify-allow-ownership.ts';

/** REST routes below /api/v1/callbacks (spec 4, 6); each is a thin face over a use case. */
export const callbackRoutes = (
  hub: HubPorts,
  ports: EndpointPorts & DeliveryPorts & BinPorts & TestPorts,
  fetchProof: FetchProof,
): Route[] => [
  ...endpointRoutes(hub, ports),
  ...previewRoutes(hub, ports),
  ...testRoutes(ports),
  ...deliveryRoutes(hub, ports),
  ...resendJobRoutes(hub),
  ...healthRoutes(hub),
  ...binRoutes(hub, ports),
  ...allowRoutes(hub, { policy: ports.policy, fetchProof }),
];
