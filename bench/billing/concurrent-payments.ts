import { Pool } from 'undici';
import { administratorOf, BALANCE_PATH, type Ground, JSON_HEADERS, PAYMENT_PATH, say, withDatabase } from './ground.ts';
import { paymentType } from './money.ts';

/** A thousand payments at once on one contract, each on a connection of its own: all there, the balance exact. */
const PAYMENTS = 1_000;

export async function concurrentPayments({ hub }: Ground): Promise<void> {
  const { login, password } = administratorOf(hub);
  const pool = new Pool(hub.rest, { connections: PAYMENTS, pipelining: 1 });
  const call = async (path: string, method: string, params: object): Promise<string> => {
    const body = JSON.stringify({ method, user: { user: login, pswd: password }, params });
    const answer = await pool.request({ path, method: 'POST', headers: JSON_HEADERS, body });
    return answer.body.text();
  };
  try {
    const type = await withDatabase(hub, paymentType);
    const today = Temporal.Now.plainDateISO().toString();
    const begun = performance.now();
    const answers = await Promise.all(
      Array.from({ length: PAYMENTS }, (_, n) =>
        call(PAYMENT_PATH, 'paymentUpdate', {
          payment: { id: 0, contractId: 1, typeId: type, date: today, sum: `${n + 1}.01`, comment: `payment ${n}` },
        }),
      ),
    );
    const seconds = (performance.now() - begun) / 1000;
    const taken = answers.filter((text) => text.includes('"status":"ok"')).length;
    const expected = ((PAYMENTS * (PAYMENTS + 1)) / 2 + PAYMENTS * 0.01).toFixed(2);
    const balance = await call(BALANCE_PATH, 'contractBalanceGet', {
      contractId: 1,
      year: Number(today.slice(0, 4)),
      month: Number(today.slice(5, 7)),
    });
    const { payments } = (JSON.parse(balance) as { data: { return: { payments: string } } }).data.return;
    say(`\n${PAYMENTS} payments at once on one contract, each on its connection: ${taken} taken in ${seconds.toFixed(1)} s`);
    const refused = answers.find((text) => !text.includes('"status":"ok"'));
    if (refused) say(`  one of those refused: ${refused.slice(0, 300)}`);
    say(`  payments of the month    ${payments}, expected ${expected}: ${Number(payments) === Number(expected) ? 'exact' : 'WRONG'}`);
  } finally {
    await pool.close();
  }
}
