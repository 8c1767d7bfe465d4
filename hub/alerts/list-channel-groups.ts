import type { Queryable } from '../core/database/statement.ts';
import { type Page, pageOf } from '../core/http/page.ts';
import { listCursor } from './list-cursor.ts';
import { isId, refusal } from './refusals.ts';
import { channelGroupById, channelGroupPage, channelsOfGroup, type WholeGroupRow } from './sql/channel-group-edits.ts';

/** A channel group as operators see it: secrets are `***`. */
export interface ChannelGroupView {
  readonly id: number;
  readonly kind: number;
  readonly name: string;
  readonly enabled: boolean;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Numbers of its channels. */
  readonly channels: readonly number[];
  readonly version: number;
  readonly created_at: string;
  readonly changed_at: string;
}

const viewOf = async (db: Queryable, row: WholeGroupRow): Promise<ChannelGroupView> => ({
  id: row.groupId,
  kind: row.kind,
  name: row.name,
  enabled: row.enabled,
  settings: row.settings,
  channels: (await channelsOfGroup(db, row.groupId)).map(({ number }) => number),
  version: row.version,
  created_at: row.createdAt.toString(),
  changed_at: row.changedAt.toString(),
});

/** Channel groups by id. @throws HubError BAD_REQUEST on a damaged cursor */
export async function listChannelGroups(
  db: Queryable,
  { after, limit }: { readonly after?: string | undefined; readonly limit: number },
): Promise<Page<ChannelGroupView>> {
  const { items, next } = pageOf(await channelGroupPage(db, listCursor.idOf(after), limit + 1), limit, ({ groupId }) =>
    listCursor.after(groupId),
  );
  return { items: await Promise.all(items.map((row) => viewOf(db, row))), next };
}

/** @throws HubError NOT_FOUND `unknown_channel_group` */
export async function showChannelGroup(db: Queryable, id: number): Promise<ChannelGroupView> {
  const [row] = isId(id) ? await channelGroupById(db, id) : [];
  if (!row) throw refusal('unknown_channel_group', id);
  return viewOf(db, row);
}
