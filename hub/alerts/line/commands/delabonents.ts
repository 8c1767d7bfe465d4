import { deletePeople } from '../../delete-people.ts';
import type { LineCommand } from '../call.ts';
import { readIds } from '../codec/ids.ts';
import { idsLine } from '../codec/lines/id-lines.ts';
import { required } from '../refuse.ts';

export const delAbonents: LineCommand<'DELABONENTS'> = {
  refusals: { other: 'ERR_DELABONENTS' },
  async perform(call, { ids: list }) {
    const ids = required(readIds(list));
    await call.write((tx, act) => deletePeople(tx, act, ids));
    idsLine(call.out, call.name, ids);
  },
};
