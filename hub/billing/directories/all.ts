import { AREAS, CITIES, COUNTRIES, QUARTERS, STREETS } from './addresses.ts';
import { DOMAINS, GROUPS, LABELS } from './contract-marks.ts';
import { DEVICES, INET_TYPES } from './devices.ts';
import type { Directory } from './directory.ts';
import { HOUSES } from './houses.ts';
import { PARAMETER_GROUPS } from './parameter-groups.ts';
import { LIST_ITEMS, PARAMETERS } from './parameters.ts';
import { STATUSES } from './statuses.ts';

/** The directories that are kept alike; those with rules of their own (patterns, modules, tariffs, types of money) are not among them. */
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
