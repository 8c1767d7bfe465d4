import { badValue } from '../bad-value.ts';
import { requireReferences } from '../check-references.ts';
import type { Entry } from '../directory-entry.ts';
import { findEntry } from '../find-entry.ts';
import { namedHolders } from '../find-holders.ts';
import { LARGEST_ID } from '../largest-id.ts';
import { directoryTable } from '../sql/directory-table.ts';
import { holdersOfService, holdersOfServiceSet } from '../sql/holders.ts';
import { servicesOfOthers } from '../sql/services.ts';
import { type Directory, directory } from './directory.ts';
import { flag, line, number, numbers } from './fields.ts';
import { MODULES } from './modules.ts';

export type Service = Entry & { module_id: number; title: string; unit: number; used: boolean };

const moduleId = number(
  1,
  LARGEST_ID,
  { en: 'the module instance that offers it; it stays', ru: 'экземпляр модуля; не меняется' },
  { fixed: true },
);

/** Services of module instances (spec 2.9). */
export const SERVICES: Directory<Service> = directory<Service>({
  name: 'service',
  path: 'services',
  below: '',
  one: { en: 'service', ru: 'услуга' },
  many: { en: 'services of module instances', ru: 'услуги модулей' },
  notFound: 'Услуга не найдена',
  table: directoryTable({
    name: 'service',
    table: 'billing_service',
    id: 'service_id',
    columns: { module_id: 'module_id', title: 'title', unit: 'unit', used: 'used' },
    filters: { module_id: ['t.module_id', 'int'], used: ['t.used', 'boolean'] },
    apart: true,
  }),
  fields: {
    title: line(200, { en: 'name', ru: 'название' }),
    module_id: moduleId,
    unit: number(
      0,
      LARGEST_ID,
      { en: 'number of its unit, as programs of the original know it', ru: 'номер единицы измерения' },
      { default: 0 },
    ),
    used: flag({ en: 'it is offered for new contracts', ru: 'предлагается новым договорам' }, true),
  },
  async check(tx, act, service, before) {
    if (!before) await findEntry(tx, act, MODULES, service.module_id);
  },
  uses: namedHolders(holdersOfService),
  heldReason: 'service_held',
});

export type ServiceSet = Entry & { module_id: number; title: string; services: readonly number[] };

/** Sets of services of an instance (spec 2.9): by them an npay instance is confined to some contracts. */
export const SERVICE_SETS: Directory<ServiceSet> = directory<ServiceSet>({
  name: 'service-set',
  path: 'service-sets',
  below: '',
  one: { en: 'set of services', ru: 'набор услуг' },
  many: { en: 'sets of services', ru: 'наборы услуг' },
  notFound: 'Набор услуг не найден',
  table: directoryTable({
    name: 'serviceSet',
    table: 'service_set',
    id: 'set_id',
    columns: { module_id: 'module_id', title: 'title', services: 'services' },
    filters: { module_id: ['t.module_id', 'int'] },
    apart: true,
  }),
  fields: {
    title: line(200, { en: 'name', ru: 'название' }),
    module_id: moduleId,
    services: numbers(1_000, { en: 'services of the same module', ru: 'услуги того же модуля' }),
  },
  columns: ['title', 'module_id', 'services'],
  normal: (set) => ({ ...set, services: [...new Set(set.services)] }),
  async check(tx, act, { module_id: ofModule, services }, before) {
    if (!before) await findEntry(tx, act, MODULES, ofModule);
    await requireReferences(tx, 'services', 'service', services);
    const [foreign] = await servicesOfOthers(tx, services, ofModule);
    if (foreign)
      throw badValue('services', `service ${foreign.id} is of another module`, `услуга ${foreign.id} относится к другому модулю`);
  },
  uses: namedHolders((db, id) => holdersOfServiceSet(db, id ?? null)),
  heldReason: 'service_set_held',
});
