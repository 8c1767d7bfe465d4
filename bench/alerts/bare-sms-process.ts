import { once } from 'node:events';
import { createRequire } from 'node:module';
import { textFor } from './task.ts';

/**
 * The limit: npm smpp sends as fast as the window allows and waits for the receipts; no database, no names to fill in but the text of the run. It is asked
 * `{ port, count, window }` and answers `{ seconds }`, from the first message to the last receipt.
 */
// A package of CommonJS whose names Node does not see.
const { connect } = createRequire(import.meta.url)('smpp') as typeof import('smpp');

async function send({ port, count, window }: { port: number; count: number; window: number }): Promise<number> {
  const session = connect({ host: '127.0.0.1', port });
  await once(session, 'connect');
  // As Vestnik does: otherwise small units wait for one another.
  session.socket.setNoDelay(true);
  await new Promise<void>((resolve) => void session.bind_transceiver({ system_id: 'bare', password: '' }, () => resolve()));
  const over = Promise.withResolvers<void>();
  let receipts = 0;
  session.on('deliver_sm', (pdu) => {
    session.send(pdu.response());
    receipts += 1;
    if (receipts === count) over.resolve();
  });
  session.on('error', over.reject);
  const begun = performance.now();
  let sent = 0;
  const one = (): void => {
    if (sent === count) return;
    sent += 1;
    const message = {
      destination_addr: `7916${String(sent).padStart(7, '0')}`,
      dest_addr_ton: 1,
      dest_addr_npi: 1,
      short_message: textFor(sent),
      registered_delivery: 1,
    };
    session.submit_sm(message, (answer) => {
      if (answer.command_status !== 0) over.reject(new Error(`refused: ${answer.command_status}`));
      one();
    });
  };
  for (let at = 0; at < window; at += 1) one();
  await over.promise;
  const seconds = (performance.now() - begun) / 1000;
  session.close();
  return seconds;
}

process.send?.({ port: 0 });
process.on('message', async (question: { port: number; count: number; window: number }) => {
  process.send?.({ seconds: await send(question) });
});
process.on('disconnect', () => process.exit(0));
