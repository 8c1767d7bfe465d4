import type { Command } from 'commander';
import { wholeNumber } from '../../core/terminal/arguments.ts';
import { type Making, toJson, withExamples, withJson } from '../../core/terminal/words.ts';
import { issueCertificate, pemOf } from '../issue-certificate.ts';
import { revokeCertificate } from '../revoke-certificate.ts';
import { readRequest } from './arguments.ts';
import { writePrivateFile } from './private-file.ts';

/** `vestnik tickets client renew` and `revoke`. */
export function addCertificateCommands(client: Command, { t, withPorts }: Making): void {
  const renew = client
    .command('renew <name>')
    .summary(t('issue a new certificate; earlier ones stay valid', 'выпустить новый сертификат; прежние остаются в силе'))
    .description(
      t(
        'Writes a new <name>.pem. Put it in the place of the old one at the agency, see that it connects, then revoke the old certificate by its serial.',
        'Записывает новый <имя>.pem. Замените им прежний файл в агентстве, убедитесь, что связь есть, затем отзовите прежний сертификат по его номеру.',
      ),
    )
    .requiredOption('--out <file>', t('the PEM file to write; it must not exist', 'файл PEM; не должен существовать'))
    .option('--csr <file>', t('certificate request: the client keeps its own key', 'запрос сертификата: ключ остаётся у клиента'))
    .option(
      '--days <days>',
      t('days of validity (default: tickets.clientDays)', 'срок в днях (по умолчанию tickets.clientDays)'),
      wholeNumber(t, 1, 1_825),
    );
  withExamples(withJson(renew, t), t, 'client renew agency-17 --out agency-17.pem').action((name: string, options) =>
    withPorts(async ({ database, authority, configuration, caller, print }) => {
      const csrPem = await readRequest(options.csr);
      const days = options.days ?? configuration.tickets.clientDays;
      const issued = await writePrivateFile(options.out, (write) =>
        database.transaction(async (tx) => {
          const made = await issueCertificate(tx, caller, authority, { client: name, days, csrPem });
          await write(pemOf(made));
          return made;
        }),
      );
      const { serial, notAfter } = issued;
      if (options.json) return print(toJson({ client: name, file: options.out, serial, notAfter }));
      print(
        t(
          `certificate ${serial}, valid until ${notAfter}: ${options.out}`,
          `сертификат ${serial}, действителен до ${notAfter}: ${options.out}`,
        ),
      );
    }),
  );

  const revoke = client
    .command('revoke <name>')
    .summary(t('revoke certificates; their connections are cut', 'отозвать сертификаты; соединения разрываются'))
    .option('--serial <serial>', t('this one only (default: all)', 'только этот (по умолчанию все)'))
    .requiredOption('--reason <text>', t('why; kept in the audit', 'причина; остаётся в журнале аудита'));
  withExamples(
    revoke,
    t,
    'client revoke agency-17 --reason "notebook lost"',
    'client revoke agency-17 --serial 5f0c... --reason renewed',
  ).action((name: string, options) =>
    withPorts(async ({ database, caller, print }) => {
      const revoked = await database.transaction((tx) =>
        revokeCertificate(tx, caller, { client: name, serial: options.serial, reason: options.reason }),
      );
      print(`${t('revoked', 'отозвано')}: ${revoked.map((row) => row.serial).join(', ')}`);
    }),
  );
}
