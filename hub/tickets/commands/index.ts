import type { AddCommands } from '../../core/module.ts';
import type { Making } from '../../core/terminal/words.ts';
import { addCertificateCommands } from './certificates.ts';
import { addClientCommands } from './clients.ts';
import { addDocumentCommands } from './documents.ts';
import { addFileCommands } from './files.ts';
import { addMailboxCommands } from './mailboxes.ts';

/** `vestnik tickets ...` (spec 8): each a thin face over a use case, in the language of `t`. */
export const addCommands: AddCommands = (tickets, withPorts, t) => {
  const making: Making = { t, withPorts };
  tickets.description(
    t(
      'Online Ticket: clients, their certificates, mailboxes and documents. Every change is audited under the name of the system user.',
      'Online Ticket: клиенты, их сертификаты, очереди и документы. Каждое изменение записывается в журнал аудита под именем пользователя системы.',
    ),
  );
  const client = tickets.command('client').summary(t('clients and their certificates', 'клиенты и их сертификаты'));
  client.description(
    t(
      'Clients: who receives which documents, and with which certificate.',
      'Клиенты: кто какие документы получает и с каким сертификатом.',
    ),
  );
  addClientCommands(client, making);
  addCertificateCommands(client, making);
  addMailboxCommands(tickets, making);
  addDocumentCommands(tickets, making);
  addFileCommands(tickets, making);
};
