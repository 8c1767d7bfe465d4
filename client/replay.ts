import { FEED_LIMITS, type ReplayRequest } from '@vestnik/protocol/feed.ts';
import { systemTimeZone } from '@vestnik/protocol/time-zone.ts';
import { readCertificates } from './certificate.ts';
import { EXIT, type ExitCode, ExitError } from './exit.ts';
import { CertificateRefused, failureText, isFeedFailure } from './feed-failure.ts';
import type { LineSink } from './log.ts';
import type { Language } from './messages.ts';
import type { Settings } from './options.ts';
import { createFeeds, demandPrivate } from './run.ts';

/**
 * Reads what `-replay` names: document numbers (`4214200000002,4214200000003`), sequences (`seq:100-200,300`), or a period of dates or
 * times (`2026-11-01..2026-11-22`). Dates are days of the computer's zone, the last one included.
 * @throws ExitError with exit 2.
 */
export function parseSelection(selection: string, zone: string): ReplayRequest {
  const text = selection.trim();
  const period = /^(.+)\.\.(.+)$/.exec(text);
  if (period !== null) {
    const from = parseMoment(period[1] ?? '', zone, 0);
    const to = parseMoment(period[2] ?? '', zone, 1);
    if (from !== undefined && to !== undefined && Date.parse(from) < Date.parse(to)) return { from, to };
    throw misuse(selection);
  }
  const parts = text
    .replace(/^seq:/i, '')
    .split(',')
    .map((part) => part.trim());
  if (parts.length > FEED_LIMITS.replaySelectors) throw misuse(selection);
  if (/^seq:/i.test(text)) {
    return {
      sequences: parts.map((part) => {
        const match = /^(\d{1,15})(?:-(\d{1,15}))?$/.exec(part);
        const from = Number(match?.[1] ?? 0);
        const to = Number(match?.[2] ?? from);
        if (from < 1 || to < from) throw misuse(selection);
        return { from, to };
      }),
    };
  }
  if (parts.every((part) => /^[0-9A-ZА-ЯЁ/-]{5,40}$/i.test(part))) return { numbers: parts };
  throw misuse(selection);
}

function parseMoment(text: string, zone: string, addDays: number): string | undefined {
  try {
    if (/^\d{4}-\d\d-\d\d$/.test(text)) {
      return Temporal.PlainDate.from(text).add({ days: addDays }).toZonedDateTime(zone).toInstant().toString();
    }
    return Temporal.Instant.from(text).toString();
  } catch {
    return undefined;
  }
}

function misuse(selection: string): ExitError {
  return new ExitError(EXIT.configuration, {
    en: `-replay ${selection}: right would be NUMBER,NUMBER... or seq:100-200 or 2026-11-01..2026-11-22`,
    ru: `-replay ${selection}: правильно НОМЕР,НОМЕР... или seq:100-200 или 2026-11-01..2026-11-22`,
  });
}

/** Asks the server to queue messages again; the running client, or the next one, receives them. */
export async function requestReplay(settings: Settings, selection: string, language: Language, print: LineSink): Promise<ExitCode> {
  const request = parseSelection(selection, systemTimeZone());
  await demandPrivate(settings.clientCert);
  const certificates = await readCertificates(settings.caCert, settings.clientCert);
  let exit: ExitCode = EXIT.unreachable;
  for (const { address, feed } of createFeeds(settings, certificates, language)) {
    try {
      const { queued } = await feed.replay(request);
      print(language === 'ru' ? `поставлено в очередь сообщений: ${queued}` : `${queued} messages are queued again`);
      return EXIT.done;
    } catch (error) {
      if (!isFeedFailure(error)) throw error;
      exit = error instanceof CertificateRefused ? EXIT.refused : EXIT.unreachable;
      print(`${address}: ${failureText(error)[language]}`);
      if (exit === EXIT.refused) return exit;
    } finally {
      await feed.disconnect();
    }
  }
  return exit;
}
