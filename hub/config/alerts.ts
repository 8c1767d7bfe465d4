import { z } from 'zod';
import { count, describe, host, text, yesNo, zone } from './fields.ts';

/** Settings of the alerts (specification of alerts). Channels, lists and tasks are data and are kept in the database. */
export const alertsSection = z
  .strictObject({
    zone: text(zone.default('Europe/Moscow'), 'time zone', 'Zone of schedules, exclusion periods and times on the line protocol.'),
    country: text(
      z
        .string()
        .regex(/^[1-9]\d{0,3}$/, 'must be a country code such as 7')
        .default('7'),
      'digits',
      'Country code of phones that are written without one.',
    ),
    trunk: text(
      z
        .string()
        .regex(/^\d{0,3}$/, 'must be digits such as 8, or nothing')
        .default('8'),
      'digits',
      'Prefix of calls inside the country, which the country code takes the place of: 8 916 ... is +7 916 ....',
    ),
    slots: count(500, 1, 100_000, 'Attempts that one hub makes at once, over all channels.'),
    leaseSeconds: count(15, 5, 300, 'Seconds after which a hub that gives no sign counts as dead, and others take its channels over.'),
    personGap: count(10, 0, 3_600, 'Seconds between the end of one call to a person and the next one.'),
    receiptHours: count(24, 1, 168, 'Hours in which a receipt may still improve the result of a message.'),
    reportFormat: describe(z.enum(['HTML', 'XLS']).default('HTML'), 'text', 'HTML, XLS', 'Form of a report that is asked for without one.'),
    reportDays: count(1_095, 1, 36_500, 'Days that runs with their results are kept.'),
    forgetNames: yesNo('no', 'Whether the name of a person who is deleted goes from the reports, too.'),
    logDays: count(400, 1, 36_500, 'Days that the log of operators is kept.'),
    confirmStart: yesNo(
      'no',
      'Whether a person who starts a task proves by the password, within 5 minutes before it, to be who has logged in. Schedules and rules are not asked.',
    ),
    publicUrl: text(
      z.url({ protocol: /^https?$/, error: 'must be an address such as https://alerts.example.org' }),
      'URL',
      'Address under which receivers of mails reach this hub, to confirm. Without it mails carry no link, and confirmation by mail is refused.',
    ).optional(),
    line: z
      .strictObject({
        enabled: yesNo('yes', 'Whether the line protocol is served.'),
        host: text(host.default('127.0.0.1'), 'host name or address', 'Address that the line protocol binds. Use 0.0.0.0 for all.'),
        port: count(8_500, 0, 65_535, 'TCP port of the line protocol (TLS). 0 takes any free port.'),
        certificate: describe(
          z.string().min(1),
          'path',
          'path',
          'PEM file with the certificate of the line protocol and its chain. Without it that of http.tls, else one that the hub makes for itself.',
        ).optional(),
        key: describe(z.string().min(1), 'path', 'path', 'PEM file with its private key.').optional(),
        clientCa: describe(
          z.string().min(1),
          'path',
          'path',
          'PEM file with authorities: only clients with a certificate of theirs may connect.',
        ).optional(),
        oldTlsHost: text(
          host,
          'host name or address',
          'Address of a second listener for old clients that know TLS 1.0 only. Insecure; without it there is none.',
        ).optional(),
        oldTlsPort: count(8_501, 0, 65_535, 'TCP port of that listener. 0 takes any free port.'),
        strict: yesNo(
          'yes',
          'Whether a compound value that cannot be read is an error; otherwise it is kept as it came and counts as none.',
        ),
        blockSilence: count(500, 50, 10_000, 'Milliseconds of silence after which a block without its last line is complete.'),
        sessions: count(200, 1, 10_000, 'Sessions of one hub.'),
        sessionsPerLogin: count(10, 1, 1_000, 'Sessions of one login.'),
        connectionsPerSecond: count(50, 1, 10_000, 'New connections a second; more are closed.'),
      })
      .prefault({}),
    licence: z
      .strictObject({
        present: yesNo('yes', 'Whether tasks may be started at all.'),
        boards: count(2, 0, 1_000, 'Groups of SIP lines that may be used.'),
        gsmModems: count(8, 0, 1_000, 'GSM modems that may be used.'),
        dynamicTts: yesNo('yes', 'Whether speech may be made of templates.'),
        email: yesNo('yes', 'Whether tasks may send e-mail.'),
        e1: yesNo('no', 'Whether SIP groups that lead to an E1 gateway may be used.'),
        validTo: text(
          z.string().regex(/^\d{4}-\d\d-\d\d$/, 'must be a day such as 2027-12-31'),
          'day',
          'Last day on which tasks may be started. Without it there is no end.',
        ).optional(),
      })
      .prefault({}),
  })
  .prefault({});
