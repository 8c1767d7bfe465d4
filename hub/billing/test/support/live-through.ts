import { activateOption } from '../../activate-option.ts';
import { attachModules } from '../../attach-modules.ts';
import { changeContract } from '../../change-contract.ts';
import { changeStatus } from '../../change-status.ts';
import { createContract } from '../../create-contract.ts';
import { deleteCharge } from '../../delete-charge.ts';
import { deleteContract } from '../../delete-contract.ts';
import { deletePayment } from '../../delete-payment.ts';
import { labelContract } from '../../label-contract.ts';
import { markContract } from '../../mark-contract.ts';
import { money } from '../../money.ts';
import { saveCharge } from '../../save-charge.ts';
import { saveContractService } from '../../save-contract-service.ts';
import { saveContractTariffGroup } from '../../save-contract-tariff-group.ts';
import { savePayment } from '../../save-payment.ts';
import { closeReserve, saveReserve } from '../../save-reserve.ts';
import { setContractLimit, setTemporaryLimit } from '../../set-limit.ts';
import { setParameter } from '../../set-parameter.ts';
import type { BillingBench } from './billing-bench.ts';
import { npayModule, object, plan, service, tariff } from './fees.ts';

/** One contract from its creation to its deletion, by a pattern with group 3 and a domain: every type of event happens to it. @returns its number */
export async function liveThrough(bench: BillingBench): Promise<number> {
  const [payment, charge] = [await bench.paymentType(), await bench.chargeType()];
  const moduleId = await npayModule(bench, { manage: true });
  const another = await npayModule(bench);
  const serviceId = await service(bench, moduleId);
  const [row] = await bench.rows<{ pattern: number; parameter: number; option: number; tariffs: number }>(
    `WITH marks AS (INSERT INTO billing_group (group_id, title) VALUES (3, 'VIP'), (5, 'Office')),
       place AS (INSERT INTO billing_domain (title) VALUES ('North') RETURNING domain_id),
       text AS (INSERT INTO billing_parameter (title, kind) VALUES ('Name', 1) RETURNING parameter_id),
       extra AS (INSERT INTO tariff_option (title) VALUES ('Turbo') RETURNING option_id),
       plans AS (INSERT INTO tariff_group (title) VALUES ('Plans') RETURNING tariff_group_id)
     INSERT INTO contract_pattern (title, number_mask, groups, modules, mode, domain_id)
     SELECT 'Subscribers', 'C-NNNNN', 8, ARRAY[$1::int], 1, domain_id FROM place
     RETURNING pattern_id AS pattern, (SELECT parameter_id FROM text) AS parameter, (SELECT option_id FROM extra) AS option,
       (SELECT tariff_group_id FROM plans) AS tariffs`,
    [moduleId],
  );
  const { id } = await bench.write((tx, act) => createContract(tx, act, { patternId: row?.pattern ?? 0 }));
  const save = { contractId: id, comment: 'why' };
  const chargeId = await bench.write((tx, act) => saveCharge(tx, act, { ...save, typeId: charge, sum: money('10.00') }));
  await bench.write((tx, act) => saveCharge(tx, act, { id: chargeId, contractId: id, sum: money('12.00') }));
  const paid = await bench.write((tx, act) => savePayment(tx, act, { ...save, typeId: payment, sum: money('12.00') }));
  const paymentId = paid.ids[0] ?? 0;
  await bench.write((tx, act) => savePayment(tx, act, { id: paymentId, contractId: id, sum: money('13.00') }));
  const reserve = {
    contractId: id,
    typeId: await bench.reserveType(),
    sum: money('3.00'),
    dateTo: bench.today.add({ days: 3 }),
    comment: 'held',
  };
  const reserveId = await bench.write((tx, act) => saveReserve(tx, act, reserve));
  await bench.write((tx, act) => saveReserve(tx, act, { id: reserveId, sum: money('2.00') }));
  await bench.write((tx, act) => closeReserve(tx, act, reserveId));
  await bench.write((tx, act) => setContractLimit(tx, act, id, money('-5.00')));
  await bench.write((tx, act) => setTemporaryLimit(tx, act, id, money('-9.00'), 3));
  await bench.write((tx, act) => setParameter(tx, act, id, row?.parameter ?? 0, { kind: 1, text: 'Jones' }));
  await bench.write((tx, act) => setParameter(tx, act, id, row?.parameter ?? 0, { kind: 1, text: 'Smith' }));
  await bench.write((tx, act) => markContract(tx, act, id, 5, true));
  const [label] = await bench.rows<{ id: number }>(`INSERT INTO billing_label (title) VALUES ('Key') RETURNING label_id AS id`);
  await bench.write((tx, act) => labelContract(tx, act, id, label?.id ?? 0, true));
  await tariff(bench, id, await plan(bench, serviceId, '1.00'), '2026-03-01');
  const objectId = await object(bench, id, serviceId, '2026-03-01');
  await object(bench, id, serviceId, '2026-03-01', { id: objectId, to: '2026-03-02' });
  const span = { dateFrom: bench.today, dateTo: null, comment: 'why' };
  await bench.write((tx, act) => saveContractService(tx, act, { id: 0, contractId: id, serviceId, ...span }));
  await bench.write((tx, act) => saveContractTariffGroup(tx, act, { id: 0, contractId: id, groupId: row?.tariffs ?? 0, ...span }));
  const [mode] = await bench.rows<{ id: number }>(
    `INSERT INTO tariff_option_mode (option_id, title, charge_sum, charge_type_id) VALUES ($1, 'month', 1, $2) RETURNING mode_id AS id`,
    [row?.option ?? 0, charge],
  );
  await bench.write((tx, act) =>
    activateOption(tx, act, { contractId: id, optionId: row?.option ?? 0, modeId: mode?.id ?? 0, web: false }),
  );
  const closing = { status: 4, dateFrom: bench.today, dateTo: null, comment: '' };
  await bench.write((tx, act) => changeStatus(tx, act, id, closing, { reason: 'manual' }));
  await bench.write((tx, act) => attachModules(tx, act, id, [another]));
  await bench.write((tx, act) => changeContract(tx, act, id, { comment: 'moved' }));
  await bench.write((tx, act) => changeContract(tx, act, id, { dateTo: bench.today }));
  await bench.write((tx, act) => deletePayment(tx, act, { id: paymentId }));
  await bench.write((tx, act) => deleteCharge(tx, act, { id: chargeId }));
  await bench.write((tx, act) => deleteContract(tx, act, id));
  return id;
}
