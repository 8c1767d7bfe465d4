import { houseTitle } from '../address-title.ts';
import { badValue } from '../bad-value.ts';
import type { ActionArgs, ActionBinding, Call } from '../catalogue/descriptor.ts';
import { changeContract } from '../change-contract.ts';
import { emailLines, parseEmails } from '../contacts.ts';
import { findContract } from '../find-contract.ts';
import { findHouseByName } from '../find-house.ts';
import { needKind } from '../find-parameter.ts';
import { contractForm, readParameter } from '../list-parameters.ts';
import type { Kind } from '../parameter-kind.ts';
import type { ParameterValue } from '../parameter-value.ts';
import { setParameter } from '../set-parameter.ts';
import { houseById } from '../sql/addresses.ts';
import { historyOf, storedValueOf } from '../sql/parameter-values.ts';
import { listItems, parameterGroups } from '../sql/parameters.ts';
import { dateTimeText } from '../wire/texts.ts';

const set = (call: Call, args: ActionArgs, value: ParameterValue): Promise<void> =>
  setParameter(call.tx, call, args.needInt('cid'), args.needInt('pid'), value);

/** The value of a parameter of this kind; undefined: none. */
async function read(call: Call, args: ActionArgs, ...kinds: readonly Kind[]) {
  const [cid, pid] = [args.needInt('cid'), args.needInt('pid')];
  await findContract(call.db, call, cid);
  const parameter = await needKind(call.db, call, pid, ...kinds);
  const [value] = await storedValueOf(call.db, cid, pid);
  return { parameter, value };
}

/** More phones than are kept are refused by the rule; more than this are not even read. */
const MOST_PHONES_READ = 100;

function phonesOf(args: ActionArgs): { phone: string; comment: string }[] {
  const count = args.needInt('count');
  if (count < 0 || count > MOST_PHONES_READ)
    throw badValue('count', `${count} phones cannot be taken`, `неверное количество телефонов ${count}`);
  return Array.from({ length: count }, (_, at) => ({
    phone: args.text(`phone${at + 1}`) ?? '',
    comment: args.text(`comment${at + 1}`) ?? '',
  }));
}

/** An address in a house, which is named by its number or by city, street and house. */
async function addressOf(call: Call, args: ActionArgs): Promise<ParameterValue> {
  const hid = args.int('hid') ?? 0;
  const [city, street, house] = [args.text('cityStr') ?? '', args.text('streetStr') ?? '', args.text('houseAndFrac') ?? ''];
  const houseId = hid > 0 || (city === '' && street === '' && house === '') ? hid : await findHouseByName(call.tx, city, street, house);
  return {
    kind: 2,
    address: {
      houseId,
      pod: args.int('pod') ?? 0,
      floor: args.int('floor') ?? 0,
      flat: args.text('flat') ?? '',
      room: args.text('room') ?? '',
      comment: args.text('comment') ?? '',
      formatKey: args.text('formatKey') ?? '',
    },
  };
}

/** Parameters of a contract (catalogue 2.2). */
export const contractParameters: ActionBinding = {
  module: 'contract',
  actions: {
    async ContractParameters(call, args, out) {
      const { groupId, rows } = await contractForm(call.db, call, args.needInt('cid'), args.flag('all') ?? false);
      out.element('parameters', {}, (inside) => {
        for (const { id, kind, title, alwaysVisible, history, value } of rows)
          inside.element('parameter', { alwaysVisible, history, pid: id, pt: kind, title, value: value ?? '' });
      });
      out.element('condel', { pgid: groupId });
      if (args.flag('list')) out.items('groups', await parameterGroups(call.db, null));
    },
    SetGrContract: (call, args) => changeContract(call.tx, call, args.needInt('cid'), { parameterGroupId: args.needInt('pgid') }),
    UpdateParameterType1: (call, args) => set(call, args, { kind: 1, text: args.text('value') ?? '' }),
    UpdateParameterType5: (call, args) => set(call, args, { kind: 5, flag: args.flag('value') ?? false }),
    UpdateParameterType6: (call, args) => set(call, args, { kind: 6, day: args.day('value') ?? null }),
    /** A parameter that takes several items gets them as a comma list. */
    async UpdateListParam(call, args) {
      const { kind } = await needKind(call.tx, call, args.needInt('pid'), 7, 11);
      const custom = args.text('custom_value') ?? '';
      await set(call, args, kind === 11 ? { kind: 11, items: args.ints('value') } : { kind: 7, item: args.int('value') ?? 0, custom });
    },
    async GetListParam(call, args, out) {
      const { parameter, value } = await read(call, args, 7, 11);
      const items = await listItems(call.db, parameter.id);
      const chosen = value ? (value.number ?? value.detail?.items?.join(',') ?? 0) : 0;
      out.element('values', { value: chosen }, (inside) => {
        for (const { id, title } of items) inside.element('item', { id, title });
      });
    },
    UpdatePhoneInfo: (call, args) => set(call, args, { kind: 9, phones: phonesOf(args) }),
    async GetPhoneInfo(call, args, out) {
      const phones = (await read(call, args, 9)).value?.detail?.phones ?? [];
      const entries = phones.flatMap(({ phone, comment }, at) => [
        [`phone${at + 1}`, phone],
        [`comment${at + 1}`, comment],
      ]);
      out.element('phone', { count: phones.length, ...Object.fromEntries(entries) });
    },
    UpdateEmailInfo: (call, args) => set(call, args, { kind: 3, emails: parseEmails(args.text('e-mail') ?? args.text('buf') ?? '') }),
    async EmailInfo(call, args, out) {
      const { parameter, value } = await read(call, args, 3);
      const emails = value?.detail?.emails ?? [];
      out.root({ buf: emailLines(emails), error: '', id: parameter.id });
      out.table(emails.map(({ name, address }) => ({ email: address, name })));
    },
    UpdateAddressInfo: async (call, args) => set(call, args, await addressOf(call, args)),
    async AddressInfo(call, args, out) {
      const { value } = await read(call, args, 2);
      const [house] = value?.number ? await houseById(call.db, value.number) : [];
      const { flat = '', room = '', comment = '', pod = '', floor = '' } = value?.detail?.address ?? {};
      out.element('address', {
        cityid: house?.cityId ?? 0,
        city: house?.cityTitle ?? '',
        areaValue: house?.areaTitle ?? '',
        quarterValue: house?.quarterTitle ?? '',
        streetid: house?.streetId ?? 0,
        street: house?.streetTitle ?? '',
        hid: house?.id ?? 0,
        house: house ? houseTitle(house.house, house.frac) : '',
        flat,
        room,
        comment,
        pod,
        floor,
        title: value?.title ?? '',
      });
    },
    AddAddressCustom: (call, args) => set(call, args, { kind: 2, text: args.needText('address') }),
    async GetParameterHistory(call, args, out) {
      const [cid, pid] = [args.needInt('cid'), args.needInt('pid')];
      await readParameter(call.db, call, cid, pid);
      const rows = await historyOf(call.db, cid, pid);
      out.table(rows.map(({ at, login, title }) => ({ when: dateTimeText(at, call.settings.timeZone), who: login, value: title })));
    },
  },
};
