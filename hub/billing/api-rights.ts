/** Rights of REST and of the console. What foreign programs may call is granted by operation and action instead. */
export const API_RIGHTS = {
  'billing.read': 'see contracts, their money, statuses and services, and the directories, through REST and the console',
  'billing.write': 'create and change contracts: parameters, groups, notes, statuses, limits, tariffs, services',
  'billing.money': 'enter, change and delete payments and charges',
  'billing.manage': 'change patterns, modules, tariffs, directories, closed dates and the fences of operators',
  'billing.journal': 'see what foreign programs called lately and what they were answered',
} as const;
