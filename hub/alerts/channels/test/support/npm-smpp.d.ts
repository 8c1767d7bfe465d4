/** What tests and benches use of npm smpp 0.5.1, which has no types of its own: the other opinion on units of SMPP. */
declare module 'smpp' {
  import type { EventEmitter } from 'node:events';
  import type { Server as NetServer, Socket } from 'node:net';

  /** Fields and options by their names in the protocol, such as `short_message` and `receipted_message_id`. */
  export interface PduFields {
    command_status?: number;
    sequence_number?: number;
    [field: string]: unknown;
  }

  export class PDU {
    constructor(command: string, fields?: PduFields);
    /** @returns false where the octets are fewer than the unit says; @throws where fields go beyond the end */
    static fromBuffer(octets: Buffer): PDU | false;
    readonly command: string;
    readonly command_length: number;
    readonly command_status: number;
    readonly sequence_number: number;
    readonly [field: string]: unknown;
    response(fields?: PduFields): PDU;
    toBuffer(): Buffer;
  }

  export class Session extends EventEmitter {
    readonly socket: Socket;
    send(pdu: PDU, answered?: (answer: PDU) => void): boolean;
    bind_transceiver(fields: PduFields, answered?: (answer: PDU) => void): boolean;
    submit_sm(fields: PduFields, answered?: (answer: PDU) => void): boolean;
    deliver_sm(fields: PduFields, answered?: (answer: PDU) => void): boolean;
    enquire_link(answered?: (answer: PDU) => void): boolean;
    unbind(answered?: (answer: PDU) => void): boolean;
    close(): void;
    destroy(): void;
  }

  export function connect(options: { host: string; port: number; tls?: boolean; rejectUnauthorized?: boolean }): Session;
  export function createServer(listener: (session: Session) => void): NetServer;
}
