import type { Route } from '../core/http/route.ts';
import type { ServePorts } from '../core/module.ts';
import { directoryRoutes } from './api/directory.ts';
import type { DirectoryPorts } from './api/ports.ts';
import { runRoutes } from './api/runs.ts';

/** REST of the alerts, below /api/v1/alerts (specification of alerts, chapter 7). */
export function alertRoutes({ database, secretKey, configuration }: ServePorts): readonly Route[] {
  const ports: DirectoryPorts = {
    database,
    act: (caller) => ({ caller, settings: configuration.alerts, secretKey, now: Temporal.Now.instant() }),
  };
  return [...directoryRoutes(ports), ...runRoutes(ports)];
}
