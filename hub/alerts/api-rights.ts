/** Rights of the alerts, and the bits by which the line protocol names them (specification of alerts 3.1). */
export const ALERTS_RIGHTS = {
  'alerts.view': 'see tasks, runs, lists, people without their PINs, channels and reports',
  'alerts.directory': 'change groups, people, lists, messages and files; see PINs',
  'alerts.tasks': 'add, change and delete tasks and rules',
  'alerts.start': 'start and stop tasks',
  'alerts.channels': 'change channels, the licence and the settings of the alerts',
  'alerts.users': 'add, change and delete operators of the alerts through the line protocol',
  'alerts.log': 'read the log of the alerts',
} as const;
export type AlertsRight = keyof typeof ALERTS_RIGHTS;

/** In the order of the bits: 1, 2, 4, ... 64. */
export const RIGHTS_BY_BIT = Object.keys(ALERTS_RIGHTS) as readonly AlertsRight[];
