import type { AddCommands } from '../../core/module.ts';
import { addAllowCommands } from './allow.ts';
import { addBinCommands } from './bins.ts';
import { addDeliveryCommands } from './deliveries.ts';
import { addEndpointCommands } from './endpoints.ts';

/** `vestnik callbacks ...`: each a thin face over a use case, in the language of `t`. */
export const addCommands: AddCommands = (callbacks, withPorts, t) => {
  callbacks.description(
    t(
      'Callbacks: endpoints, the allow-list and deliveries. Every change is audited under the name of the system user.',
      'Коллбэки: настройки получателей, белый список и доставки. Каждое изменение записывается в журнал аудита под именем пользователя системы.',
    ),
  );
  addEndpointCommands(callbacks, { t, withPorts });
  addAllowCommands(callbacks, { t, withPorts });
  addBinCommands(callbacks, { t, withPorts });
  addDeliveryCommands(callbacks, { t, withPorts });
};
