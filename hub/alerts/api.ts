import type { Route } from '../core/http/route.ts';
import type { ServePorts } from '../core/module.ts';
import { directoryRoutes } from './api/directory.ts';
import type { DirectoryPorts } from './api/ports.ts';
import { reportRoutes } from './api/reports.ts';
import { runRoutes } from './api/runs.ts';
import type { ReportFormat } from './write-report.ts';

/** REST of the alerts, below /api/v1/alerts (specification of alerts, chapter 7). */
export function alertRoutes({ database, secretKey, configuration }: ServePorts): readonly Route[] {
  const ports: DirectoryPorts = {
    database,
    act: (caller) => ({ caller, settings: configuration.alerts, secretKey, now: Temporal.Now.instant() }),
  };
  const format = (): ReportFormat => (configuration.alerts.reportFormat === 'XLS' ? 'xls' : 'html');
  const usual = () => ({ language: configuration.language, zone: configuration.alerts.zone, format: format() });
  return [...directoryRoutes(ports), ...runRoutes(ports), ...reportRoutes({ database, usual })];
}
