import type { z } from 'zod';
import type { ChannelNews, Driver, DriverMemory } from './driver.ts';

/** What the alerts know of a kind of channel: how a group of it is set up, and how it is run. */
export interface ChannelKindEntry {
  /** Number on the wire (specification of alerts 3.7). */
  readonly number: number;
  /** Flat: keys and texts also travel as `key=value;...`. */
  readonly settings: z.ZodObject;
  /** Keys of the settings that are sealed and shown as `***`. */
  readonly secrets: readonly string[];
  /** Names of the channels that a group with these settings has. */
  channelsOf(settings: Readonly<Record<string, unknown>>, group: string): readonly string[];
  /** @param settings as the schema gave them, secrets included @throws what is wrong with them */
  create(settings: Readonly<Record<string, unknown>>, news: ChannelNews, memory: DriverMemory): Driver;
  /** Every way in which a receipt may spell the id of a message. */
  spellings(messageId: string): readonly string[];
}

export type ChannelKinds = ReadonlyMap<number, ChannelKindEntry>;
