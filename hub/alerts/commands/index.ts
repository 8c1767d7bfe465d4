import type { Module } from '../../core/module.ts';
import { addChannelCommands } from './channels.ts';
import { addDirectoryCommands } from './directory.ts';
import { addMessageCommands } from './messages.ts';
import { addPeopleTableCommands } from './people-tables.ts';
import { addRuleCommands } from './rules.ts';
import { addRunCommands } from './runs.ts';
import { addTaskCommands } from './tasks.ts';

/** `vestnik alerts ...`: each a thin face over a use case, in the language of `t`. */
export const addCommands: Module['addCommands'] = (program, withPorts, t) => {
  const alerts = program
    .command('alerts')
    .summary(t('mass notification by SMS and e-mail', 'массовое оповещение по SMS и электронной почте'));
  alerts.description(
    t(
      'Alerts: people, lists, tasks and channels. Every change is audited under the name of the system user.',
      'Оповещение: люди, списки, задания и каналы. Каждое изменение записывается в журнал аудита под именем пользователя системы.',
    ),
  );
  addDirectoryCommands(alerts, { t, withPorts });
  addMessageCommands(alerts, { t, withPorts });
  addChannelCommands(alerts, { t, withPorts });
  const task = addTaskCommands(alerts, { t, withPorts });
  addRunCommands(alerts, task, { t, withPorts });
  addRuleCommands(alerts, { t, withPorts });
  addPeopleTableCommands(alerts, { t, withPorts });
};
