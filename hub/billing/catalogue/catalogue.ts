import { ADMINISTRATION_ACTIONS } from './actions/administration.ts';
import { CONTRACT_MONEY_ACTIONS } from './actions/contract-money.ts';
import { CONTRACT_PARAMETER_ACTIONS } from './actions/contract-parameters.ts';
import { CONTRACT_RECORD_ACTIONS } from './actions/contract-record.ts';
import { CONTRACT_TARIFF_ACTIONS } from './actions/contract-tariffs.ts';
import { MODULE_ACTIONS } from './actions/modules.ts';
import { withDiscriminators } from './bean-notation.ts';
import { ADMINISTRATION_BEANS } from './beans/administration.ts';
import { ATTRIBUTE_BEANS } from './beans/attributes.ts';
import { CONTRACT_BEANS } from './beans/contracts.ts';
import { DIRECTORY_BEANS } from './beans/directories.ts';
import { DOCUMENT_BEANS } from './beans/documents.ts';
import { INET_BEANS } from './beans/inet.ts';
import { INET_ATTRIBUTE_BEANS } from './beans/inet-attributes.ts';
import { MONEY_BEANS } from './beans/money.ts';
import { SHARED_BEANS } from './beans/shared.ts';
import { STATUS_BEANS } from './beans/statuses.ts';
import { TARIFF_BEANS } from './beans/tariffs.ts';
import { checkCatalogue } from './check-catalogue.ts';
import type { Action, Bean, Service } from './descriptor.ts';
import { reachableBeans } from './reachable-beans.ts';
import { directoryService, licenseService, newsService, plugincfgService, userService } from './services/administration.ts';
import { balanceService, contractAutopaymentService, paymentAndChargeService, reserveService } from './services/balances.ts';
import {
  contractCardService,
  contractLoginService,
  contractNotificationService,
  contractScriptService,
} from './services/contract-extras.ts';
import {
  contractGroupService,
  contractLabelService,
  contractModuleConfigService,
  contractNoteService,
  contractObjectService,
  contractParameterService,
  contractPatternService,
} from './services/contract-parts.ts';
import { contractService } from './services/contracts.ts';
import { addressService, domainService } from './services/directories.ts';
import { entityService } from './services/entities.ts';
import { billService, docTypeService, npayService, rscmService } from './services/fees-and-bills.ts';
import { inetDeviceService } from './services/inet-devices.ts';
import { inetServService } from './services/inet-services.ts';
import { accountingPeriodService, inetSessionService } from './services/inet-sessions.ts';
import { configService, moduleConfigService, moduleService, serviceService } from './services/modules.ts';
import { chargeService, paymentService } from './services/payments.ts';
import { dynamicCodeService, schedulerService } from './services/scheduler.ts';
import { contractLimitService, contractStatusMonitorService, contractStatusService } from './services/statuses.ts';
import { tariffOptionService } from './services/tariff-options.ts';
import { contractTariffService, tariffLabelService, tariffService } from './services/tariffs.ts';

/** Every bean, in the shape that it has in most namespaces. */
export const BEANS: readonly Bean[] = withDiscriminators([
  ...SHARED_BEANS,
  ...ATTRIBUTE_BEANS,
  ...CONTRACT_BEANS,
  ...MONEY_BEANS,
  ...STATUS_BEANS,
  ...TARIFF_BEANS,
  ...ADMINISTRATION_BEANS,
  ...DIRECTORY_BEANS,
  ...INET_BEANS,
  ...DOCUMENT_BEANS,
]);

const INET_NAMESPACE = 'http://service.common.api.inet.modules.bgbilling.bitel.ru/';
const INET_NAMES: ReadonlySet<string> = new Set(INET_ATTRIBUTE_BEANS.map(({ name }) => name));

/** In these namespaces some beans have another shape than in all others: these stand in place of those of the same names. */
const BEANS_OF_NAMESPACE: Readonly<Record<string, readonly Bean[]>> = {
  [INET_NAMESPACE]: withDiscriminators([...BEANS.filter(({ name }) => !INET_NAMES.has(name)), ...INET_ATTRIBUTE_BEANS]).filter(({ name }) =>
    INET_NAMES.has(name),
  ),
};

/** The services, in the order of the catalogue's chapter 3. */
export const SERVICES: readonly Service[] = [
  contractService,
  contractParameterService,
  contractNoteService,
  contractGroupService,
  contractPatternService,
  contractObjectService,
  contractCardService,
  contractNotificationService,
  contractScriptService,
  contractModuleConfigService,
  contractLabelService,
  contractLoginService,
  balanceService,
  paymentService,
  chargeService,
  paymentAndChargeService,
  reserveService,
  contractAutopaymentService,
  contractStatusService,
  contractStatusMonitorService,
  contractLimitService,
  tariffService,
  contractTariffService,
  tariffOptionService,
  tariffLabelService,
  moduleService,
  serviceService,
  moduleConfigService,
  configService,
  userService,
  directoryService,
  licenseService,
  plugincfgService,
  schedulerService,
  dynamicCodeService,
  newsService,
  entityService,
  addressService,
  domainService,
  npayService,
  inetServService,
  inetDeviceService,
  inetSessionService,
  accountingPeriodService,
  rscmService,
  billService,
  docTypeService,
];

/** The XML actions. */
export const ACTIONS: readonly Action[] = [
  ...CONTRACT_RECORD_ACTIONS,
  ...CONTRACT_PARAMETER_ACTIONS,
  ...CONTRACT_MONEY_ACTIONS,
  ...CONTRACT_TARIFF_ACTIONS,
  ...MODULE_ACTIONS,
  ...ADMINISTRATION_ACTIONS,
];

/** The beans of a service in the shapes of its namespace, those of the shared schema always among them. */
const beansOf = ({ namespace, ...service }: Service): Bean[] => {
  const special = new Map(BEANS_OF_NAMESPACE[namespace]?.map((bean) => [bean.name, bean]));
  return reachableBeans(
    service,
    BEANS.map((bean) => special.get(bean.name) ?? bean),
  );
};

/** What the registry is made of. */
export const CATALOGUE = { services: SERVICES, actions: ACTIONS, beansOf };

// A catalogue with a fault stops the process here, before anything is served.
checkCatalogue({ beans: BEANS, beansOfNamespace: BEANS_OF_NAMESPACE, services: SERVICES, actions: ACTIONS });
