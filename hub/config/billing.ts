import { z } from 'zod';
import { count, describe, host, KIB, MIB, size, text, yesNo, zone } from './fields.ts';

const PROFILE_OF_PREFIX = /^[A-Za-z0-9._~-]{1,64}=(7|8|9\.2501)$/;

/** Settings of the billing (specification of billing, chapters 2, 4, 6.5 and 10). What belongs to one module instance is set on it. */
export const billingSection = z
  .strictObject({
    timeZone: text(zone.default('Europe/Moscow'), 'time zone', 'Zone whose calendar days the billing counts.'),
    profile: describe(
      z.enum(['7', '8', '9.2501']).default('7'),
      'text',
      '7, 8, 9.2501',
      'Release of the original server whose forms of answers foreign programs get.',
    ),
    profiles: describe(
      z.array(z.string().regex(PROFILE_OF_PREFIX, 'must be prefix=profile, such as bgbilling=9.2501')).max(20).default([]),
      'list',
      'list of prefix=profile',
      'Other profiles by the first part of the address: bgbilling=9.2501 counts for /bgbilling/executer.',
    ),
    titleMatch: describe(
      z.enum(['prefix', 'contains', 'exact']).default('prefix'),
      'text',
      'prefix, contains, exact',
      'How the title in a search for contracts is meant: as the beginning, as a part, as the whole.',
    ),
    actionCharset: describe(
      z.enum(['utf-8', 'windows-1251']).default('utf-8'),
      'text',
      'utf-8, windows-1251',
      'Encoding of the answers of XML actions.',
    ),
    strictPrimitives: yesNo(
      'no',
      'Whether a JSON call without a number or a flag that the operation declares is an error, instead of 0 or false.',
    ),
    mostRows: count(100_000, 100, 10_000_000, 'Rows of a list that is asked for without pages, beyond which it is an error.'),
    passwordAlphabet: text(
      z.string().min(10).max(100).default('abcdefghijkmnpqrstuvwxyz23456789'),
      'characters',
      'What generated passwords of contracts are made of.',
    ),
    passwordLength: count(8, 4, 64, 'Characters of a generated password of a contract.'),
    suspendCodes: describe(
      z.array(z.int().min(0).max(32_767)).max(50).default([3, 4]),
      'integers',
      'list of integers',
      'Statuses on whose days no recurring fee is taken.',
    ),
    recalculateOnServiceChange: yesNo(
      'yes',
      'Whether a change of a service object, a status or a tariff recalculates the fees of the open months that it touches.',
    ),
    host: text(
      host.default('127.0.0.1'),
      'host name or address',
      'Address that the extra listener of billing.port binds. Use 0.0.0.0 for all.',
    ),
    port: describe(
      z.int().min(0).max(65_535),
      'integer',
      '0..65535',
      'Extra TCP port for foreign programs, besides http.port; usually 8081. Without it there is none; 0 takes any free port.',
    ).optional(),
    sessions: count(10_000, 10, 1_000_000, 'Sessions of XML actions that one hub keeps; the oldest goes first.'),
    sessionsPerOperator: count(50, 1, 100_000, 'Sessions of XML actions of one operator.'),
    sessionMinutes: count(30, 1, 1_440, 'Minutes without a call after which a session of XML actions ends.'),
    callsAtOnce: count(
      2_000,
      10,
      10_000,
      'Calls of foreign programs that one hub has under way at once; more are refused early rather than served late.',
    ),
    statementSeconds: count(
      20,
      1,
      60,
      'Seconds after which a statement of a call is given up, and a change that waits for others of its contract.',
    ),
    readerConnections: count(
      5,
      1,
      1_000,
      'Connections that a role made by `vestnik billing readers add` may have at once, unless the command says otherwise.',
    ),
    readerSeconds: count(60, 1, 86_400, 'Seconds after which a statement of such a role is given up, unless the command says otherwise.'),
    siteServices: describe(
      z.string().min(1),
      'path',
      'path',
      'Folder of services of your own: files *.service.ts or *.service.js, served over SOAP and JSON beside the built-in ones.',
    ).optional(),
    siteServiceSeconds: count(10, 1, 60, 'Seconds that a call of such a service may take.'),
    journalPerMinute: count(
      30,
      0,
      6_000,
      'Calls of each integration (an operator over one protocol) that a hub notes in the journal of calls in a minute, and as many failed ones; 0: none.',
    ),
    journalCalls: count(200, 10, 10_000, 'Calls of each integration that stay in the journal of calls.'),
    journalHours: count(72, 1, 2_160, 'Hours that a call stays in the journal of calls.'),
    journalBytes: size(16 * KIB, KIB, MIB, 'How much of a request, and of an answer, the journal of calls keeps.'),
  })
  .prefault({});
