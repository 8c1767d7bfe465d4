import type { AddCommands } from '../../core/module.ts';
import { alertMaking } from './alert-ports.ts';
import { addChannelCommands } from './channels.ts';
import { addDirectoryCommands } from './directory.ts';
import { addMessageCommands } from './messages.ts';
import { addPeopleTableCommands } from './people-tables.ts';
import { addRuleCommands } from './rules.ts';
import { addRunCommands } from './runs.ts';
import { addSettingCommands } from './settings.ts';
import { addSimulateCommand } from './simulate.ts';
import { addTaskCommands } from './tasks.ts';

/** `vestnik alerts ...`: each a thin face over a use case, in the language of `t`. */
export const addCommands: AddCommands = (alerts, withPorts, t) => {
  alerts.description(
    t(
      'Alerts: people, lists, tasks and channels. Every change is audited under the name of the system user.',
      'Оповещение: люди, списки, задания и каналы. Каждое изменение записывается в журнал аудита под именем пользователя системы.',
    ),
  );
  const making = alertMaking({ t, withPorts });
  addDirectoryCommands(alerts, making);
  addMessageCommands(alerts, making);
  addChannelCommands(alerts, making);
  addRunCommands(alerts, addTaskCommands(alerts, making), making);
  addRuleCommands(alerts, making);
  addPeopleTableCommands(alerts, making);
  addSettingCommands(alerts, making);
  addSimulateCommand(alerts, { t, withPorts });
};
