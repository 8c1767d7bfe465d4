import { createServer } from 'node:net';

/** The port when nobody has it, else 0: the system then gives a free one. */
export function orFree(port: number): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(0));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(port)));
  });
}
