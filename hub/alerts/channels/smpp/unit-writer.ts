import type { Socket } from 'node:net';
import process from 'node:process';

/**
 * Writes units so that all of one turn of the loop leave as one piece.
 * @returns a function that writes one unit and gives the octets that wait to be read by the other side
 */
export function createUnitWriter(socket: Socket): (unit: Buffer) => number {
  let corked = false;
  return (unit) => {
    if (!corked) {
      corked = true;
      socket.cork();
      process.nextTick(() => {
        corked = false;
        socket.uncork();
      });
    }
    socket.write(unit);
    return socket.writableLength;
  };
}
