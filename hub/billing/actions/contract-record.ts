import { badValue } from '../bad-value.ts';
import type { ActionArgs, ActionBinding, Call } from '../catalogue/descriptor.ts';
import { changeContract } from '../change-contract.ts';
import { changeStatuses } from '../change-statuses.ts';
import { modeOf } from '../contract.ts';
import { createContract } from '../create-contract.ts';
import { deleteContract } from '../delete-contract.ts';
import { findContract } from '../find-contract.ts';
import { setContractPassword } from '../set-contract-password.ts';
import { balanceAttributes, contractAttributes, moduleAttributes, showContract } from '../show-contract.ts';
import { fieldLog } from '../sql/contract-records.ts';
import { patterns } from '../sql/patterns.ts';
import { dateTimeText } from '../wire/texts.ts';

/** The contract of an action that calls it `id` or `cid`. @throws HubError BAD_REQUEST */
function contractOf(args: ActionArgs): number {
  const id = args.int('cid') ?? args.int('id');
  if (id === undefined) throw badValue('cid', 'the contract is needed', 'не указан договор');
  return id;
}

/** Who set a field to what, oldest first: columns date, user, value. */
async function logOf(call: Call, args: ActionArgs, field: 'mode' | 'personType') {
  const cid = args.needInt('cid');
  await findContract(call.db, call, cid);
  return (await fieldLog(call.db, cid, field)).map(({ at, login, value }) => ({
    date: dateTimeText(at, call.settings.timeZone),
    user: login,
    value,
  }));
}

/** The record of a contract (catalogue 2.1). */
export const contractRecord: ActionBinding = {
  module: 'contract',
  actions: {
    async NewContract(call, args, out) {
      const dateFrom = args.day('date');
      const { id, title } = await createContract(call.tx, call, {
        patternId: args.int('pattern_id') ?? 0,
        title: args.text('custom_title') || args.text('title') || '',
        superId: args.int('super_id') ?? 0,
        subMode: args.int('sub_mode') ?? 0,
        ...(dateFrom && { dateFrom }),
      });
      out.element('contract', { id, title });
    },
    async DeleteContract(call, args) {
      const folder = args.flag('save') ? (args.text('folder') ?? '') : '';
      await deleteContract(call.tx, call, args.needInt('cid'), folder);
    },
    SetDelContract: (call, args) => changeContract(call.tx, call, args.needInt('cid'), { hidden: args.flag('del') ?? false }),
    async ContractInfo(call, args, out) {
      const summary = await showContract(call.db, call, args.needInt('cid'));
      out.element('contract', contractAttributes(summary));
      out.element('info', {}, (inside) => {
        inside.items('groups', summary.info.groupItems);
        inside.items('tariff', summary.info.tariffs);
      });
      out.element('balance', balanceAttributes(summary));
      out.element('modules', {}, (inside) => {
        for (const module of moduleAttributes(summary)) inside.element('item', module);
      });
      out.element('script');
      out.element('plugins');
    },
    SetFcContract: (call, args) => changeContract(call.tx, call, args.needInt('cid'), { personType: args.needInt('value') }),
    async ContractFace(call, args, out) {
      out.table(await logOf(call, args, 'personType'));
    },
    /** A title that is missing or empty stays; an empty comment is none. */
    UpdateContractTitleAndComment(call, args) {
      const [title, comment, patternId] = [args.text('title') || undefined, args.text('comment'), args.int('patid') ?? 0];
      return changeContract(call.tx, call, args.needInt('cid'), {
        ...(title !== undefined && { title }),
        ...(comment !== undefined && { comment }),
        ...(patternId > 0 && { patternId }),
      });
    },
    UpdateContractPassword: (call, args) =>
      setContractPassword(call.tx, call, args.needInt('cid'), args.flag('set_pswd') ? undefined : args.needText('value')),
    UpdateContractDate1: (call, args) => changeContract(call.tx, call, contractOf(args), { dateFrom: args.needDay('value') }),
    /** An empty value opens the contract again. */
    UpdateContractDate2: (call, args) => changeContract(call.tx, call, contractOf(args), { dateTo: args.day('value') ?? null }),
    UpdateContractMode: (call, args) => changeContract(call.tx, call, args.needInt('cid'), { mode: modeOf(args.needText('value')) }),
    async ContractMode(call, args, out) {
      out.table(await logOf(call, args, 'mode'));
    },
    /** What is done to several contracts; of its types there is one. */
    async ContractGroupOperation(call, args) {
      if (args.needText('type') !== 'changeStatus')
        throw badValue('type', 'changeStatus is the only type', 'поддерживается только changeStatus');
      await changeStatuses(call.tx, call, args.ints('cids'), {
        status: args.needInt('status'),
        dateFrom: args.needDay('date1'),
        dateTo: args.day('date2') ?? null,
        comment: args.text('comment') ?? '',
      });
    },
    async GetPatternList(call, _args, out) {
      out.items('patterns', await patterns(call.db));
    },
  },
};
