import type { Route } from '../core/http/route.ts';
import { accountRoutes } from './api/accounts.ts';
import { balanceRoutes } from './api/balances.ts';
import { chargeRoutes } from './api/charges.ts';
import { closedDateRoutes } from './api/closed-dates.ts';
import { contractCardRoutes } from './api/contract-card.ts';
import { contractMarkRoutes } from './api/contract-marks.ts';
import { contractModuleRoutes } from './api/contract-modules.ts';
import { contractNoteRoutes } from './api/contract-notes.ts';
import { contractOptionRoutes } from './api/contract-options.ts';
import { contractParameterRoutes } from './api/contract-parameters.ts';
import { contractSearchRoutes } from './api/contract-search.ts';
import { contractServiceRoutes } from './api/contract-services.ts';
import { contractTariffGroupRoutes } from './api/contract-tariff-groups.ts';
import { contractTariffRoutes } from './api/contract-tariffs.ts';
import { contractRoutes } from './api/contracts.ts';
import { directoryRoutes } from './api/directories.ts';
import { exportRoutes } from './api/exports.ts';
import { fenceRoutes } from './api/fences.ts';
import { importRoutes } from './api/imports.ts';
import { journalRoutes } from './api/journal.ts';
import { limitRoutes } from './api/limits.ts';
import { moduleKindRoutes } from './api/module-kinds.ts';
import { moneyTypeRoutes } from './api/money-types.ts';
import { paymentRoutes } from './api/payments.ts';
import type { BillingApiPorts } from './api/ports.ts';
import { reserveRoutes } from './api/reserves.ts';
import { statusRoutes } from './api/statuses.ts';
import { tariffPriceRoutes } from './api/tariff-prices.ts';
import { whatIfRoutes } from './api/what-if.ts';

/** REST routes below /api/v1/billing (spec 9); each is a thin face over a use case. */
export const billingRoutes = (ports: BillingApiPorts): Route[] => [
  ...contractSearchRoutes(ports),
  ...contractRoutes(ports),
  ...contractMarkRoutes(ports),
  ...contractNoteRoutes(ports),
  ...contractParameterRoutes(ports),
  ...statusRoutes(ports),
  ...limitRoutes(ports),
  ...contractCardRoutes(ports),
  ...contractTariffRoutes(ports),
  ...contractTariffGroupRoutes(ports),
  ...contractOptionRoutes(ports),
  ...contractModuleRoutes(ports),
  ...contractServiceRoutes(ports),
  ...whatIfRoutes(ports),
  ...paymentRoutes(ports),
  ...chargeRoutes(ports),
  ...accountRoutes(ports),
  ...reserveRoutes(ports),
  ...balanceRoutes(ports),
  ...moneyTypeRoutes(ports),
  ...closedDateRoutes(ports),
  ...exportRoutes(ports),
  ...importRoutes(ports),
  ...fenceRoutes(ports),
  ...journalRoutes(ports),
  ...moduleKindRoutes(),
  ...directoryRoutes(ports),
  ...tariffPriceRoutes(ports),
];
