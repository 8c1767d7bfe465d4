/** A code as it stands on a trip or an order. Names are those of the moment of choosing, for when the dictionary or code is gone. */
export interface ChosenCode {
  readonly id_MetaDictionary: number;
  readonly Dictionary: string;
  /** Null for free text. */
  readonly id_MetaCode: number | null;
  readonly CodeValue: string;
  readonly Name: string;
}
