import { adminClosedDateActions } from '../actions/admin-closed-date.ts';
import { adminLists } from '../actions/admin-lists.ts';
import { contractBalanceActions } from '../actions/contract-balance.ts';
import { contractLimitActions } from '../actions/contract-limits.ts';
import { contractMarks } from '../actions/contract-marks.ts';
import { contractModuleActions } from '../actions/contract-modules.ts';
import { contractMoneyActions } from '../actions/contract-money.ts';
import { contractParameters } from '../actions/contract-parameters.ts';
import { contractRecord } from '../actions/contract-record.ts';
import { contractSearch } from '../actions/contract-search.ts';
import { contractStatusActions } from '../actions/contract-status.ts';
import { contractTariffActions } from '../actions/contract-tariffs.ts';
import { npayActions } from '../actions/npay.ts';
import { aboutActions, adminServerActions, bgsecureActions, installerActions, licviewActions } from '../actions/server.ts';
import { serviceActions } from '../actions/service.ts';
import { tariffActions } from '../actions/tariff.ts';
import { addressService } from '../operations/address-service.ts';
import { balanceService } from '../operations/balance-service.ts';
import { chargeService } from '../operations/charge-service.ts';
import { contractGroupService } from '../operations/contract-group-service.ts';
import { contractLimitService } from '../operations/contract-limit-service.ts';
import { contractNoteService } from '../operations/contract-note-service.ts';
import { contractParameterService } from '../operations/contract-parameter-service.ts';
import { contractService } from '../operations/contract-service.ts';
import { contractStatusMonitorService } from '../operations/contract-status-monitor-service.ts';
import { contractStatusService } from '../operations/contract-status-service.ts';
import { contractTariffService } from '../operations/contract-tariff-service.ts';
import { entityService } from '../operations/entity-service.ts';
import { inetDeviceService } from '../operations/inet-device-service.ts';
import { inetServService } from '../operations/inet-serv-service.ts';
import { moduleService } from '../operations/module-service.ts';
import { npayService } from '../operations/npay-service.ts';
import { paymentService } from '../operations/payment-service.ts';
import {
  directoryService,
  dynamicCodeService,
  inetSessionService,
  licenseService,
  plugincfgService,
  schedulerService,
} from '../operations/server-services.ts';
import { serviceService } from '../operations/service-service.ts';
import { tariffOptionService } from '../operations/tariff-option-service.ts';
import { tariffService } from '../operations/tariff-service.ts';
import { userService } from '../operations/user-service.ts';
import type { ActionBinding, Binding } from './descriptor.ts';

/** What the operations of the catalogue do. */
export const BINDINGS: readonly Binding[] = [
  addressService,
  balanceService,
  chargeService,
  contractGroupService,
  contractLimitService,
  contractNoteService,
  contractParameterService,
  contractService,
  contractStatusMonitorService,
  contractStatusService,
  contractTariffService,
  directoryService,
  dynamicCodeService,
  entityService,
  inetDeviceService,
  inetServService,
  inetSessionService,
  licenseService,
  moduleService,
  npayService,
  paymentService,
  plugincfgService,
  schedulerService,
  serviceService,
  tariffOptionService,
  tariffService,
  userService,
];

/** What the XML actions do. */
export const ACTION_BINDINGS: readonly ActionBinding[] = [
  aboutActions,
  adminClosedDateActions,
  adminLists,
  adminServerActions,
  bgsecureActions,
  contractBalanceActions,
  contractLimitActions,
  contractMarks,
  contractModuleActions,
  contractMoneyActions,
  contractParameters,
  contractRecord,
  contractSearch,
  contractStatusActions,
  contractTariffActions,
  installerActions,
  licviewActions,
  npayActions,
  serviceActions,
  tariffActions,
];
