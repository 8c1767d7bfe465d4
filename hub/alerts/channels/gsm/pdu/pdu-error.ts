/** A PDU that cannot be read or built; the message says which field is wrong and why. Never carries a phone or a text. */
export class PduError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PduError';
  }
}
