import { alerts } from './alerts/index.ts';
import { billing } from './billing/index.ts';
import { callbacks } from './callbacks/index.ts';
import type { Configuration } from './config.ts';
import type { Module, ServingModule } from './core/module.ts';
import { tickets } from './tickets/index.ts';
import { travel } from './travel/index.ts';

/** The modules of this hub, in the order in which they are migrated and started. They never import each other. */
export const MODULES: readonly Module[] = [tickets, travel, callbacks, billing, alerts];

/** What a hub runs of all modules, in their order. */
export const loadModules = (): Promise<ServingModule[]> => Promise.all(MODULES.map((module) => module.load()));

/** Every right that can be granted, with what it allows. @throws ConfigurationError */
export async function rightsOf(configuration: Configuration): Promise<Readonly<Record<string, string>>> {
  const [{ EVENT_RIGHTS }, modules] = await Promise.all([import('./core/http/event-stream.ts'), loadModules()]);
  const configured = await Promise.all(modules.map((module) => module.configuredRights?.(configuration)));
  return Object.assign({}, EVENT_RIGHTS, ...modules.map(({ rights }) => rights), ...configured);
}
