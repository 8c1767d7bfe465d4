import { statement } from '../../core/database/statement.ts';

export const channelMemoryOf = statement<{ memory: Buffer | null }>(
  'alerts.channelMemoryOf',
  'SELECT memory FROM alerts_channel_group WHERE group_id = $1',
);
export const storeChannelMemory = statement('alerts.storeChannelMemory', 'UPDATE alerts_channel_group SET memory = $2 WHERE group_id = $1');
