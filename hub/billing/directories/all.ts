import { AREAS, CITIES, COUNTRIES, QUARTERS, STREETS } from './addresses.ts';
import { DOMAINS, GROUPS, LABELS } from './contract-marks.ts';
import { DEVICES, INET_TYPES } from './devices.ts';
import type { Directory } from './directory.ts';
import { HOUSES } from './houses.ts';
import { MODULES } from './modules.ts';
import { PARAMETER_GROUPS } from './parameter-groups.ts';
import { LIST_ITEMS, PARAMETERS } from './parameters.ts';
import { PATTERNS } from './patterns.ts';
import { SERVICE_SETS, SERVICES } from './services.ts';
import { STATUSES } from './statuses.ts';
import { TARIFF_GROUPS } from './tariff-groups.ts';
import { TARIFF_OPTIONS } from './tariff-options.ts';
import { TARIFF_PLANS } from './tariff-plans.ts';

/** What contracts refer to: below `/directories`, and `vestnik billing directory ...`. */
export const DIRECTORIES: readonly Directory[] = [
  GROUPS,
  LABELS,
  DOMAINS,
  PARAMETERS,
  PARAMETER_GROUPS,
  LIST_ITEMS,
  STATUSES,
  COUNTRIES,
  CITIES,
  AREAS,
  QUARTERS,
  STREETS,
  HOUSES,
  INET_TYPES,
  DEVICES,
];

/** What contracts are made of: patterns, modules, services, tariffs. Each has its own address, and its own command. */
export const OFFERS: readonly Directory[] = [PATTERNS, MODULES, SERVICES, SERVICE_SETS, TARIFF_PLANS, TARIFF_GROUPS, TARIFF_OPTIONS];
