import type { ExclusionEdge } from '../../exclusion.ts';
import type { Remote } from '../../kinds.ts';
import { REMOTE } from '../codec.ts';
import { isFault, type Reading } from './compound.ts';
import { exclusionDate } from './dates.ts';
import { readId, readNumber } from './ids.ts';

/** A subscriber as the 13 values of ADDABONENT and UPDATEABONENT say it; phones and e-mails are lines of their own. */
export interface PersonValues {
  readonly group_id: number;
  readonly remote: Remote;
  readonly name: string;
  readonly priority: number;
  /** Both sides, and how they were written: what a client sends back as it was sent stays as it is. */
  readonly exclusion: {
    readonly begin: ExclusionEdge | null;
    readonly end: ExclusionEdge | null;
    readonly beginText: string;
    readonly endText: string;
  };
  readonly pin: string;
  readonly ip_address: string;
  readonly organization: string;
  readonly department: string;
  readonly rank: string;
  readonly position: string;
  readonly description: string;
}

/** Where a client sends none. */
const PRIORITY = 100;
const MOST_PRIORITY = 9_999;

/**
 * Reads the 13 values of a subscriber. Whether the group is there, and how long texts may be, is for the use case to judge.
 * @param zone in which dates and times are told
 */
export function readPerson(values: readonly string[], zone: string): Reading<PersonValues> {
  const [gid = '', remoteText = '', name = '', priorityText = '', beginText = '', endText = '', pin = '', ipAddress = '', ...rest] = values;
  const [organization = '', department = '', rank = '', position = '', description = ''] = rest;
  const group = readId(gid);
  if (group === undefined) return { fault: `"${gid}" is no id of a group` };
  const remote = REMOTE.read(remoteText);
  if (remote === undefined) return { fault: `"${remoteText}" is no kind of subscriber; right would be 0, 1 or 2` };
  const priority = priorityText === '' ? PRIORITY : readNumber(priorityText, 0, MOST_PRIORITY);
  if (priority === undefined) return { fault: `"${priorityText}" is no priority; right would be 0 to ${MOST_PRIORITY}, or nothing` };
  const begin = exclusionDate.read(beginText, 'begin', zone);
  if (isFault(begin)) return begin;
  const end = exclusionDate.read(endText, 'end', zone);
  if (isFault(end)) return end;
  const exclusion = { begin: begin.value, end: end.value, beginText, endText };
  const texts = { name, pin, ip_address: ipAddress, organization, department, rank, position, description };
  return { value: { group_id: group, remote, priority, exclusion, ...texts } };
}
