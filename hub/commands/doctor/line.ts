import { readFileSync } from 'node:fs';
import type { Configuration } from '../../config.ts';
import { readCertificatePair } from '../../core/http/certificate-files.ts';
import type { CommandContext } from '../context.ts';
import { type Finding, fail, ok, reasonOf, warn } from './finding.ts';

type Words = Pick<CommandContext, 't'>;

/** Days before the end of a certificate in which it is told of. */
const CERTIFICATE_SOON = 14;
const DAY = 86_400_000;

function certificateFinding({ alerts: { line } }: Configuration, { t }: Words): Finding[] {
  const name = t('line certificate', 'сертификат строкового протокола');
  const { certificate, key, clientCa } = line;
  const correct = t(
    'correct alerts.line.certificate, alerts.line.key and alerts.line.clientCa',
    'исправьте alerts.line.certificate, alerts.line.key и alerts.line.clientCa',
  );
  try {
    if (clientCa !== undefined) readFileSync(clientCa);
    if (certificate === undefined && key === undefined) return [];
    if (certificate === undefined || key === undefined)
      return [fail(name, t('only one of the two files is set', 'задан только один из двух файлов'), correct)];
    const { expires } = readCertificatePair({ certificate, key });
    const days = Math.floor((expires.epochMilliseconds - Date.now()) / DAY);
    const said = t(`${days} days left, until ${expires}`, `осталось дней: ${days}, до ${expires}`);
    const next = t('put a new certificate into the same files', 'положите новый сертификат в те же файлы');
    return [days < 0 ? fail(name, said, next) : days < CERTIFICATE_SOON ? warn(name, said, next) : ok(name, said)];
  } catch (error) {
    return [fail(name, reasonOf(error), correct)];
  }
}

/** What the configuration of the line protocol says by itself. */
export function lineFindings(configuration: Configuration, words: Words): Finding[] {
  const { line } = configuration.alerts;
  const { t } = words;
  if (line.enabled === 'no') return [];
  if (line.oldTlsHost === undefined) return certificateFinding(configuration, words);
  return [
    ...certificateFinding(configuration, words),
    warn(
      `alerts.line.oldTlsHost ${line.oldTlsHost}`,
      t(
        'TLS 1.0 is open for old clients: what they send can be read by others',
        'TLS 1.0 открыт для старых клиентов: их обмен могут прочитать посторонние',
      ),
      t(
        'keep it inside a closed network, and take it away when the clients are replaced',
        'держите его в закрытой сети и уберите, когда клиенты будут заменены',
      ),
    ),
  ];
}
