import { beans } from '../bean-notation.ts';

/** Internet services, devices, sessions and traffic (catalogue 5). */
export const INET_BEANS = beans(
  'internet access',
  `
  inetServOption { @dateFrom: dateTime, @dateTo: dateTime, @optionId: int!, @serviceId: int! }
  inetServRestriction: id {
      amount: decimal, comment: string, dateFrom: dateTime, dateTo: dateTime, inetServId: int, order: int, serviceIds: int[],
      type: int
  }
  trafficType: idTitle { @unit: int! }
  inetServ: abstractTreeNode {
      accessCodeTitle: string, comment: string, config: string, identifierList > identifier: string[],
      macList > mac: base64Binary[], @accessCode: int!, @addrFrom: base64Binary, @addrTo: base64Binary, @contractComment: string,
      @cid: int!, @coid: int!, @contractTitle: string, @dateFrom: dateTime, @dateTo: dateTime, @did: int!, @devOpts: int list,
      @devState: short!, @deviceTitle: string, @ifaceId: int!, @interfaceTitle: string, @ipResId: int!, @ipResSubsriptionId: int!,
      @uname: string, @passw: string, @sessCntLimit: int!, @status: int!, @scid: int!, @typeId: int!, @typeTitle: string,
      @vlan: int!
  }
  ipRange { @from: base64Binary, @to: base64Binary }
  inetOption: abstractTreeNode { comment: string, config: string, @groupIntersection: boolean! }
  trafficTypeLink: idTitle { trafficTypeLinkRuleList > trafficTypeLinkRuleList: trafficTypeLinkRule[] }
  trafficTypeLinkRule: id {
      dateFrom: dateTime, dateTo: dateTime, timeFrom: long, timeTo: long, type: int, counterRealm: string, counterService: string,
      counterVendor: int, counterType: int, counterPrefix: string, sourceId: int, interfaceId: int, direction: int,
      addressFrom: ipAddress, addressTo: ipAddress, portFrom: int, portTo: int, diffServ: int, diffServMask: int,
      diffServString: string, trafficTypeId: int, comment: string
  }
  ipAddress { @addr: base64Binary }
  inetServType: idTitle {
      config: string, ipFromParentRange: boolean, @addressAllInterface: boolean!, @addressType: int!, @deviceGroupIds: int list,
      @deviceTypeIds: int list, @needContractObject: boolean!, @needDevice: boolean!, @needIdentifier: boolean!,
      @needInterface: boolean!, @needLogin: boolean!, @needMacAddress: boolean!, @needRestriction: boolean!, @needVlan: boolean!,
      @parentTypeIds: int list, @personalInterface: boolean!, @personalVlan: boolean!, @sessionCountLimit: int!,
      @sessionCountLimitLock: boolean!, @sessionInitiationType: int!, @trafficTypeLinkId: int!
  }
  inetDevice: device {
      invConfig: string, @invDeviceGroupIds: int list, @invDeviceId: int!, @invDeviceTypeId: int!, @invHost: string,
      @invIdent: string, @invTitle: string, @svlan: int!
  }
  device: entity {
      children: device[], comment: string, config: string, host: string, uptime: string, uptimeTime: dateTime, username: string,
      @dateFrom: string, @dateTo: string, @deviceGroupIds: int list, @deviceTypeId: int!, @ident: string, @omDisabled: boolean!,
      @parentId: int!, @password: string, @secret: string
  }
  entity: abstractEntity { @entityId: int!, @entityTitle: string }
  invDevice: device {}
  inetDeviceType: deviceType {
      deviceType: deviceType, interfaceList > interfaceList: inetInterface[], @configId: int!, @scriptId: int!,
      @uniqueInterfaces: boolean!
  }
  deviceType: entity {
      comment: string, config: string, managmentType: int, serviceActivationType: int, source: boolean, @activeConfigId: int!,
      @deviceEntitySpecId: int!, @deviceManagerClass: string, @protocolHandlerClass: string, @saHandlerClass: string
  }
  inetInterface: idTitle { @deviceTypeId: int! }
  deviceGroup: idTitle { children: deviceGroup[], cityId: int, comment: string, parentId: int }
  deviceManagerMethod { method: string, title: string, types: deviceManagerMethodType[] }
  enum deviceManagerMethodType { DEVICE / ACCOUNT / CONNECTION }
  inetSessionLog: inetSession {
      accountMap > entry: inetSessionLogAccountEntry[], children > child: inetSessionLog[], routeList > route: ipNet[],
      serviceTitle: string, trafficMap > entry: longEntry[], @accessCode: int!, @acctSessId: string, @agentDeviceId: int!,
      @cdsId: string, @cnsId: string, @crctId: string, @connectionStart: dateTime, @contractComment: string, @cid: int!,
      @contractTitle: string, @deviceId: int!, @devOpts: int list, @devicePort: int!, @ip: string, @ipBytes: base64Binary,
      @ipResId: int!, @parConId: long!, @realm: string, @servId: int!, @statusName: string, @type: int!, @username: string
  }
  inetSession {
      @conId: long!, @devState: short!, @id: long!, @last: string, @parentId: long!, @cost: decimal, @start: string, @stop: string,
      @time: long!, @splittedId: long!, @status: int!
  }
  inetSessionLogAccount { @account: decimal, @amount: long! }
  ipNet { @mask: int!, @net: base64Binary }
  trafficRangeDetailReport {
      detailValueList: trafficRangeDetailValue[], @maxAmount: long!, @mode: int!, @tariffOptionId: int!, @title: string,
      @treeNodeId: long!, @type: int!
  }
  trafficRangeDetailValue {
      accountingPeriod: inetAccountingPeriod, contractTariffOption: contractTariffOption, detailList: trafficRangeDetail[],
      @amount: long!, @maxAmount: long!, @rangeKey: long!
  }
  inetAccountingPeriod: id { userId: int, @cid: int!, @dateFrom: string, @dateTo: string }
  trafficRangeDetail { @amount: long!, @day: int!, @hour: int! }
  inetConnection {
      routeList > route: ipNet[], @accessCode: int!, @acctSessId: string, @agentDeviceId: int!, @cdsId: string, @cnsId: string,
      @crctId: string, @start: dateTime, @connectionStatus: int!, @stop: dateTime, @cid: int!, @deviceId: int!, @devOpts: int list,
      @devicePort: int!, @devState: short!, @id: long!, @ip: base64Binary, @ipResId: int!, @parConId: long!, @servId: int!,
      @type: int!, @username: string
  }
  trafficAccountDetail { accountMap > entry: trafficAccountEntry[], @day: int!, @hour: int! }
  trafficAccount { @account: decimal, @amount: long! }
  trafficMaxDetailReport {
      mode: int, title: string, trafficMaxDetailList: trafficMaxDetail[], trafficTypeId1: int, trafficTypeId2: int, treeNodeId: long
  }
  trafficMaxDetail { amount1: long, amount2: long, amountMax: long, day: int, hour: int, maxKey: long }
  trafficAmount { period: string, periodDay: int, periodHour: int, trafficMap > entry: longEntry[] }
  inetSessionLogAccountEntry { key: int, value: inetSessionLogAccount }
  longEntry { key: int, value: long }
  trafficAccountEntry { key: int, value: trafficAccount }
`,
);
