// A service of your own for the billing: requests of subscribers to be connected, kept in a table of its own.
// Start the hub with billing.siteServices naming this folder; see README.md here and docs/billing-site-services.md.

/** Texts of the documentation and of the list of rights, in both languages. */
const doc = (ru, en) => ({ ru, en });

export default {
  name: 'ConnectionRequestService',
  package: 'com.example.site',
  namespace: 'http://site.example.com/requests/',

  // What travels: `@name` is an attribute in SOAP, `name` an element; both are keys in JSON.
  beans: `
    connectionRequest { @id: int!, @contractId: int!, @contractTitle: string, @state: string, @opened: dateTime, fee: decimal, text: string }
  `,

  // Runs at each start of a hub, and one hub at a time.
  async prepare({ query }) {
    await query('CREATE SCHEMA IF NOT EXISTS site');
    await query(`CREATE TABLE IF NOT EXISTS site.connection_request (
      request_id  integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      contract_id integer NOT NULL,
      state       text NOT NULL DEFAULT 'open',
      fee         numeric(15, 2) NOT NULL,
      text        text NOT NULL,
      opened_at   timestamptz NOT NULL,
      opened_by   text NOT NULL
    )`);
  },

  operations: {
    connectionRequestAdd: {
      kind: 'write', // In a transaction of its own, audited; whatever throws undoes it.
      doc: doc('Создаёт заявку на подключение', 'Makes a request to be connected'),
      parameters: {
        contractId: { type: 'int', identifies: true, doc: doc('Номер договора', 'Number of the contract') },
        text: { type: 'string', optional: true, doc: doc('Что подключить', 'What is to be connected') },
        fee: { type: 'decimal', optional: true, doc: doc('Стоимость подключения', 'What the connection costs') },
      },
      result: 'int',
      async run(call, { contractId, text, fee }) {
        const contract = await call.contract(contractId); // One that the operator may not see does not exist.
        if (!text?.trim()) throw call.refusal('text: say what is to be connected', 'text: укажите, что подключить');
        const [open] = await call.query("SELECT request_id AS id FROM site.connection_request WHERE contract_id = $1 AND state = 'open'", [
          contract.id,
        ]);
        if (open) throw call.refusal(`request ${open.id} of this contract is still open`, `Заявка ${open.id} этого договора ещё открыта`);
        const [made] = await call.query(
          `INSERT INTO site.connection_request (contract_id, text, fee, opened_at, opened_by) VALUES ($1, $2, $3, $4, $5)
           RETURNING request_id AS id`,
          [contract.id, text.trim(), fee ?? '0', call.now, call.operator.login],
        );
        return made.id;
      },
    },

    connectionRequestList: {
      doc: doc('Открытые заявки на подключение', 'Open requests to be connected'),
      result: 'connectionRequest[]',
      async run(call) {
        const rows = await call.query(
          `SELECT r.request_id AS id, r.contract_id AS "contractId", c.title AS "contractTitle", r.state, r.opened_at AS opened, r.fee, r.text
           FROM site.connection_request r JOIN billing_read.contract c ON c.contract_id = r.contract_id
           WHERE r.state = 'open' ORDER BY r.request_id`,
        );
        const seen = new Set(await call.visible(rows.map(({ contractId }) => contractId)));
        return rows.filter(({ contractId }) => seen.has(contractId));
      },
    },

    connectionRequestClose: {
      kind: 'write',
      doc: doc('Закрывает заявку на подключение', 'Closes a request to be connected'),
      parameters: { id: { type: 'int', identifies: true, doc: doc('Номер заявки', 'Number of the request') } },
      async run(call, { id }) {
        const [request] = await call.query('SELECT contract_id AS "contractId" FROM site.connection_request WHERE request_id = $1', [id]);
        if (!request) throw call.refusal(`there is no request ${id}`, `Заявка не найдена: ${id}`);
        await call.contract(request.contractId);
        await call.query("UPDATE site.connection_request SET state = 'closed' WHERE request_id = $1", [id]);
      },
    },
  },
};
