import { payerOf } from '@vestnik/hub/billing/payer.ts';
import { moveMonth } from '@vestnik/hub/billing/sql/balances.ts';
import { managedContracts } from '@vestnik/hub/billing/sql/managed-contracts.ts';
import { lockPayerRow } from '@vestnik/hub/billing/sql/payers.ts';
import { openDatabase } from '@vestnik/hub/core/database/database.ts';
import { statement } from '@vestnik/hub/core/database/statement.ts';
import { publish } from '@vestnik/hub/core/events/publish.ts';
import { audit } from '@vestnik/hub/core/identity/audit.ts';
import { fastify } from 'fastify';

/**
 * A payment by hand: a bare fastify handler whose transaction writes and reads the same, a statement for each step, committed as durably; no login, no rights,
 * no protocol, no journal. A process of its own, like the hub. Speaks with its parent by IPC; the URL of the database is its argument.
 */
const CALLER = { login: 'by-hand', rights: [], face: 'json', address: undefined, requestId: undefined } as const;
const today = Temporal.Now.plainDateISO();
const month = today.with({ day: 1 });

const checkType = statement<{ title: string; isClass: boolean; editable: boolean; closed: Temporal.PlainDate | null }>(
  'bench.checkType',
  `SELECT title, is_class AS "isClass", editable, (SELECT max(day) FROM closed_date WHERE type_id = ANY ($2::int[])) AS closed
   FROM payment_type WHERE type_id = $1`,
);
const insertPayment = statement<{ id: number }>(
  'bench.insertPayment',
  `INSERT INTO contract_payment (contract_id, type_id, day, sum, comment, login, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING payment_id AS id`,
);

interface Payment {
  readonly contractId: number;
  readonly typeId: number;
  readonly sum: string;
  readonly comment: string;
}

const database = openDatabase({ url: process.argv[2] ?? '', poolSize: 10, queuePoolSize: 1, name: 'by hand' });
const app = fastify();
app.post('/payment', async (request) => {
  const { contractId, typeId, sum, comment } = (request.body as { params: { payment: Payment } }).params.payment;
  const id = await database.transaction(async (tx) => {
    const [payer] = await lockPayerRow(tx, contractId, 0n, 0n, null);
    if (!payer || payerOf(payer) !== contractId) throw new Error(`contract ${contractId} is not there, or another pays for it`);
    const [type] = await checkType(tx, typeId, [0, 1]);
    const now = Temporal.Now.instant();
    const [row] = await insertPayment(tx, contractId, typeId, today, sum, comment, CALLER.login, now);
    const [before] = await moveMonth(tx, contractId, month, sum, '0', '0', month);
    const told = {
      contractId,
      contractTitle: payer.title,
      id: row?.id,
      typeId,
      typeTitle: type?.title,
      date: today.toString(),
      amount: sum,
    };
    await publish(tx, {
      type: 'vestnik.billing.payment.created',
      subject: `contract/${contractId}`,
      data: { ...told, before: before?.outgoing },
    });
    await audit(tx, CALLER, { action: 'billing.payment.add', object: String(contractId), after: told });
    await managedContracts(tx, contractId, today);
    return row?.id;
  });
  return { status: 'ok', message: '', data: { return: [id] }, exception: null, tag: null };
});
await app.listen({ port: 0, host: '127.0.0.1' });
process.send?.({ port: (app.server.address() as { port: number }).port });
process.on('disconnect', () => process.exit(0));
