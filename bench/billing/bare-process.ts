import { openDatabase } from '@vestnik/hub/core/database/database.ts';
import { fastify } from 'fastify';
import { contractById } from './same-statement.ts';

/**
 * The limit: a bare fastify handler that issues the same statement and answers the row as JSON; no login, no rights, no protocol. A process of its own, like
 * the hub. Speaks with its parent by IPC; the URL of the database is its argument.
 */
const database = openDatabase({ url: process.argv[2] ?? '', poolSize: 10, queuePoolSize: 1, name: 'bare' });
const app = fastify();
app.post('/contract', async (request) => {
  const { params } = request.body as { params: { contractId: number } };
  const [row] = await contractById(database.work, params.contractId);
  return { status: 'ok', message: '', data: { return: row }, exception: null, tag: null };
});
await app.listen({ port: 0, host: '127.0.0.1' });
process.send?.({ port: (app.server.address() as { port: number }).port });
process.on('disconnect', () => process.exit(0));
