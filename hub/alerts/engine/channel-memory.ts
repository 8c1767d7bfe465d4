import type { Queryable } from '../../core/database/statement.ts';
import type { SecretKey } from '../../core/identity/secret-key.ts';
import type { DriverMemory } from '../channels/driver.ts';
import { channelMemoryOf, storeChannelMemory } from '../sql/channel-memory.ts';

const PURPOSE = 'alerts.channel-memory';

/** The memory of a group's driver: in the group's row, sealed, the same for every hub. */
export function channelMemory(db: Queryable, secretKey: SecretKey, group: number): DriverMemory {
  return {
    async recall() {
      const [row] = await channelMemoryOf(db, group);
      return row?.memory ? secretKey.open(PURPOSE, row.memory, String(group)).toString() : undefined;
    },
    async keep(text) {
      await storeChannelMemory(db, group, text === undefined ? null : secretKey.seal(PURPOSE, text, String(group)));
    },
  };
}
