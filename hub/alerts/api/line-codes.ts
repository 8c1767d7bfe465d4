import type { HubError } from '../../core/errors.ts';
import type { Route } from '../../core/http/route.ts';
import type { CommandName } from '../line/codec/commands.ts';
import type { LineErrorCode } from '../line/codec/errors.ts';
import { refusalCodesOf } from '../line/commands/index.ts';
import type { RefusalCodes } from '../line/refuse.ts';
import { REFUSALS, type RefusalReason } from '../refusals.ts';

const NUMBER_OF_CHANNEL = { no_licence: 'ERR_NOHASP', other: 'ERR_BADSYNTAX' } as const;

/** Which command of the line protocol does the same as a route; codes of its own where none does. A route that stands here not has only what every command may answer. */
export const ROUTE_CODES: Readonly<Record<string, CommandName | RefusalCodes>> = {
  'POST /groups': 'ADDGROUP',
  'GET /groups/:id': 'UPDATEGROUP',
  'PUT /groups/:id': 'UPDATEGROUP',
  'DELETE /groups/:id': 'DELGROUP',
  'POST /groups/:id/people': 'GROUPADDABONENTS',
  'POST /lists': 'ADDLIST',
  'GET /lists/:id': 'UPDATELIST',
  'PUT /lists/:id': 'UPDATELIST',
  'DELETE /lists/:id': 'DELLIST',
  'GET /lists/:id/members': 'UPDATELIST',
  'PATCH /lists/:id/members': { unknown_group: 'ERR_LISTADDGROUPS', other: 'ERR_LISTADDABONENTS' },
  'DELETE /lists/:id/members': 'LISTCLEAR',
  'POST /persons': 'ADDABONENT',
  'GET /persons/:id': 'GETABONENT',
  'PUT /persons/:id': 'UPDATEABONENT',
  'DELETE /persons/:id': 'DELABONENTS',
  'POST /persons/delete': 'DELABONENTS',
  'GET /persons/:id/history': 'GETABONENT',
  'POST /messages': 'ADDMESSAGE',
  'GET /messages/:id': 'UPDATEMESSAGE',
  'PUT /messages/:id': 'UPDATEMESSAGE',
  'DELETE /messages/:id': 'DELMESSAGE',
  'GET /files/:name': 'GETRAWFILE',
  'PUT /files/:name': 'SENDRAWFILE',
  'DELETE /files/:name': 'GETRAWFILE',
  'GET /voices': { other: 'ERR_GETTTS' },
  'POST /tts': { no_licence: 'ERR_NOHASP', other: 'ERR_GETTTS' },
  'POST /tasks': 'ADDTASK',
  'GET /tasks/:id': 'GETTASK',
  'PUT /tasks/:id': 'UPDATETASK',
  'DELETE /tasks/:id': 'DELTASK',
  'POST /start-proofs': { wrong_password: 'ERR_CHECKPASSW', other: 'ERR_CHECKPASSW' },
  'GET /tasks/:id/check': 'STARTTASK',
  'POST /tasks/:id/start': 'STARTTASK',
  'POST /tasks/:id/stop': 'STOPTASK',
  'GET /tasks/:id/runs': 'GETTASKINFO',
  'GET /runs/:id': 'GETTASKINFO',
  'GET /runs/:id/targets': 'GETTASKINFO',
  'GET /runs/:id/attempts': 'GETTASKINFO',
  'GET /runs/:id/stream': 'GETTASKINFO',
  'GET /runs/:id/report': 'GETREPORT',
  'GET /channels/:number': NUMBER_OF_CHANNEL,
  'PUT /channels/:number': 'SETCHANINFO',
  'POST /channel-groups': NUMBER_OF_CHANNEL,
  'PUT /channel-groups/:id': NUMBER_OF_CHANNEL,
  'POST /channel-groups/:id/test': { start_not_licensed: 'ERR_NOHASPFORSTART', channel_not_working: 'ERR_NOGSM', other: 'ERR_BADSYNTAX' },
  'PUT /licence': 'SETCONFIG',
  'PUT /settings/:key': 'SETCONFIG',
};

/**
 * The code of 3.11 for an error of REST; undefined for what the line protocol does not know (a stale version, a body that is too large, a database that is away).
 * @param codes of the command that does the same
 */
export function lineCodeOf(codes: RefusalCodes | undefined, { code, reason }: HubError): LineErrorCode | undefined {
  const own = codes?.[reason as RefusalReason];
  if (own !== undefined) return own;
  switch (code) {
    case 'UNAUTHORIZED':
    case 'FORBIDDEN':
      return 'ERR_NOACCESS';
    case 'BAD_REQUEST':
    case 'MALFORMED_JSON':
      return 'ERR_BADSYNTAX';
    case 'VALIDATION':
      return codes?.other ?? 'ERR_BADSYNTAX';
    case 'NOT_FOUND':
    case 'CONFLICT':
      return reason !== undefined && Object.hasOwn(REFUSALS, reason) ? codes?.other : undefined;
    default:
      return undefined;
  }
}

/** Routes whose errors carry the code of the line protocol, too (specification of alerts, chapter 7). */
export const withLineCodes = (routes: readonly Route[]): readonly Route[] =>
  routes.map((route) => {
    const same = ROUTE_CODES[`${route.method} ${route.path}`];
    const codes = typeof same === 'string' ? refusalCodesOf(same) : same;
    return { ...route, lineCode: (error) => lineCodeOf(codes, error) };
  });
