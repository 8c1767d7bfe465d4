import type { Operator } from '../../core/identity/operator.ts';
import { wireDate } from './codec/dates.ts';
import { writeFlag } from './codec.ts';
import { bitsOf } from './rights.ts';

/** `<login> <name> <rights> <enabled> <lastlogin>` (specification of alerts 3.3). */
export const userValues = ({ login, displayName, rights, enabled, lastLoginAt }: Operator, zone: string): (string | number)[] => [
  login,
  displayName,
  bitsOf(rights),
  writeFlag(enabled),
  wireDate.write(lastLoginAt ?? null, zone),
];
