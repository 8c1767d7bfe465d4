import type { Route } from '../core/http/route.ts';
import type { HubPorts } from '../core/module.ts';
import { codeRoutes, dictionaryRoutes } from './api/dictionaries.ts';
import { importRoutes } from './api/imports.ts';
import { organizationRoutes } from './api/organizations.ts';
import { personPartRoutes, personRoutes } from './api/persons.ts';
import { relationRoutes } from './api/relations.ts';

/** REST routes of static data by their prefix below /api/v1 (spec 2.2, 2.9); each is a thin face over a use case. */
export function staticRoutes(hub: HubPorts): Record<string, Route[]> {
  return {
    organizations: organizationRoutes(hub),
    dictionaries: dictionaryRoutes(hub),
    codes: codeRoutes(hub),
    relations: relationRoutes(hub),
    persons: personRoutes(hub),
    ...personPartRoutes(hub),
    imports: importRoutes(hub),
  };
}
