import type { LineBlock, LineCall, LineCommand } from '../call.ts';
import type { CommandName, NamedValues } from '../codec/commands.ts';
import type { RefusalCodes } from '../refuse.ts';
import { addAbonent } from './addabonent.ts';
import { addGroup } from './addgroup.ts';
import { addList } from './addlist.ts';
import { addMessage } from './addmessage.ts';
import { addTask } from './addtask.ts';
import { checkPassword } from './checkpassw.ts';
import { delAbonents } from './delabonents.ts';
import { delGroup } from './delgroup.ts';
import { delList } from './dellist.ts';
import { delMessage } from './delmessage.ts';
import { delTask } from './deltask.ts';
import { getAbonent } from './getabonent.ts';
import { getAbonents } from './getabonents.ts';
import { getChanInfo } from './getchaninfo.ts';
import { getChannels } from './getchannels.ts';
import { getConfig } from './getconfig.ts';
import { getGroups } from './getgroups.ts';
import { getLists } from './getlists.ts';
import { getLog } from './getlog.ts';
import { getRawFile } from './getrawfile.ts';
import { getReport } from './getreport.ts';
import { getTask } from './gettask.ts';
import { getTaskInfo } from './gettaskinfo.ts';
import { getTasks } from './gettasks.ts';
import { getTts } from './gettts.ts';
import { groupAddAbonents } from './groupaddabonents.ts';
import { listAddAbonents } from './listaddabonents.ts';
import { listAddGroups } from './listaddgroups.ts';
import { listClear } from './listclear.ts';
import { listDelAbonents } from './listdelabonents.ts';
import { listDelGroups } from './listdelgroups.ts';
import { login } from './login.ts';
import { messages } from './messages.ts';
import { monitoring } from './monitoring.ts';
import { ping } from './ping.ts';
import { quit } from './quit.ts';
import { sendRawFile } from './sendrawfile.ts';
import { setChanInfo } from './setchaninfo.ts';
import { setConfig } from './setconfig.ts';
import { startTask } from './starttask.ts';
import { stopTask } from './stoptask.ts';
import { tts } from './tts.ts';
import { updateAbonent } from './updateabonent.ts';
import { updateGroup } from './updategroup.ts';
import { updateList } from './updatelist.ts';
import { updateMessage } from './updatemessage.ts';
import { updateTask } from './updatetask.ts';
import { user } from './user.ts';
import { userAdd } from './useradd.ts';
import { userChg } from './userchg.ts';
import { userDel } from './userdel.ts';
import { users } from './users.ts';

const BLOCKS = {
  ADDABONENT: addAbonent,
  UPDATEABONENT: updateAbonent,
  SENDRAWFILE: sendRawFile,
} as const satisfies Partial<Record<CommandName, LineBlock>>;

const COMMANDS: { readonly [N in Exclude<CommandName, keyof typeof BLOCKS>]: LineCommand<N> } = {
  LOGIN: login,
  CHECKPASSW: checkPassword,
  PING: ping,
  QUIT: quit,
  MONITORING: monitoring,
  USERS: users,
  USER: user,
  USERADD: userAdd,
  USERCHG: userChg,
  USERDEL: userDel,
  GETCONFIG: getConfig,
  SETCONFIG: setConfig,
  GETLOG: getLog,
  GETTASKS: getTasks,
  GETTASK: getTask,
  GETTASKINFO: getTaskInfo,
  ADDTASK: addTask,
  UPDATETASK: updateTask,
  DELTASK: delTask,
  STARTTASK: startTask,
  STOPTASK: stopTask,
  GETREPORT: getReport,
  GETGROUPS: getGroups,
  ADDGROUP: addGroup,
  UPDATEGROUP: updateGroup,
  DELGROUP: delGroup,
  GROUPADDABONENTS: groupAddAbonents,
  GETLISTS: getLists,
  ADDLIST: addList,
  UPDATELIST: updateList,
  DELLIST: delList,
  LISTCLEAR: listClear,
  LISTADDABONENTS: listAddAbonents,
  LISTADDGROUPS: listAddGroups,
  LISTDELABONENTS: listDelAbonents,
  LISTDELGROUPS: listDelGroups,
  GETABONENTS: getAbonents,
  GETABONENT: getAbonent,
  DELABONENTS: delAbonents,
  MESSAGES: messages,
  ADDMESSAGE: addMessage,
  UPDATEMESSAGE: updateMessage,
  DELMESSAGE: delMessage,
  GETRAWFILE: getRawFile,
  GETTTS: getTts,
  TTS: tts,
  GETCHANNELS: getChannels,
  GETCHANINFO: getChanInfo,
  SETCHANINFO: setChanInfo,
};

/** A command whose parameters are named by its row, whichever it is. */
export interface ServedCommand extends Pick<LineCommand<CommandName>, 'refusals' | 'form'> {
  perform(call: LineCall, params: NamedValues, values: readonly string[]): void | Promise<void>;
}

/** The command of a name that is no block's; a line that belongs to no block is refused before. */
export const commandOf = (name: CommandName): ServedCommand => COMMANDS[name as keyof typeof COMMANDS];

export const blockOf = (name: CommandName): LineBlock => BLOCKS[name as keyof typeof BLOCKS];

/** What a command answers for what its use case refuses; undefined: nothing is refused. */
export const refusalCodesOf = (name: CommandName): RefusalCodes | undefined => (blockOf(name) ?? commandOf(name)).refusals;
