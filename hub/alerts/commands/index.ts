import type { Module } from '../../core/module.ts';

/** `vestnik alerts ...`: each a thin face over a use case, in the language of `t`. */
export const addCommands: Module['addCommands'] = (program, _withPorts, t) => {
  const alerts = program
    .command('alerts')
    .summary(t('mass notification by SMS and e-mail', 'массовое оповещение по SMS и электронной почте'));
  alerts.description(
    t(
      'Alerts: people, lists, tasks and channels. Every change is audited under the name of the system user.',
      'Оповещение: люди, списки, задания и каналы. Каждое изменение записывается в журнал аудита под именем пользователя системы.',
    ),
  );
};
