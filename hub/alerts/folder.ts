import * as z from 'zod';

/** What groups and lists have in common: a name, unlike that of any other of its kind in any case of letters, and a description (specification of alerts 3.5). */
export const nameField = z.string().min(1).max(255).meta({ description: 'Unique whatever the case of its letters' });
export const descriptionField = z.string().max(1_000);

export const newFolderInput = z.strictObject({ name: nameField, description: descriptionField.default('') });
export type NewFolderInput = z.input<typeof newFolderInput>;

/** Fields left out keep their values. */
export const folderChange = z.strictObject({ name: nameField.optional(), description: descriptionField.optional() });
export type FolderChange = z.input<typeof folderChange>;

/** A group or a list as faces show it. */
export interface FolderView {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  /** People in a group; in a list, those who are in it themselves. */
  readonly people: number;
  /** Of a list: groups that are in it. */
  readonly groups?: number;
  readonly version: number;
  readonly created_at: string;
  readonly changed_at: string;
}
