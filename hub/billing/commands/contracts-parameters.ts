import type { Command } from 'commander';
import { identifier } from '../../core/terminal/arguments.ts';
import { renderTable } from '../../core/terminal/table.ts';
import { type Making, toJson, withExamples, withJson } from '../../core/terminal/words.ts';
import { showForm } from '../api/contract-parameters.ts';
import { badValue } from '../bad-value.ts';
import { parseEmails } from '../contacts.ts';
import { findParameter } from '../find-parameter.ts';
import type { Kind } from '../parameter-kind.ts';
import type { ParameterValue } from '../parameter-value.ts';
import { clearParameter, setParameter } from '../set-parameter.ts';
import { commandAct } from './command-act.ts';
import { contractArgument, contractIdOf } from './contracts-arguments.ts';

const wrong = (wanted: string, russian: string): Error => badValue('value', `${wanted} is wanted`, `ожидается ${russian}`);

function numberOf(text: string, wanted: string, russian: string): number {
  if (!/^\d{1,9}$/.test(text)) throw wrong(wanted, russian);
  return Number(text);
}

function dayOf(text: string): Temporal.PlainDate {
  try {
    return Temporal.PlainDate.from(text, { overflow: 'reject' });
  } catch {
    throw wrong('a day such as 2026-11-22', 'день, например 2026-11-22');
  }
}

const FLAGS: Readonly<Record<string, boolean>> = { yes: true, no: false, да: true, нет: false, 1: true, 0: false };

/**
 * What is typed, as the value of a parameter of this kind: a text; yes or no; a day; the number of an item, or `=` and a value of one's own; numbers
 * parted by commas; phones parted by commas; e-mails; of an address `house:20 flat:17`, or a free text.
 * @throws HubError BAD_REQUEST (`value`)
 */
function typedValue(kind: Kind, text: string): ParameterValue {
  switch (kind) {
    case 2: {
      const [, house, flat = ''] = /^house:(\d{1,9})(?:\s+flat:(\S{1,100}))?$/.exec(text.trim()) ?? [];
      if (house === undefined) return { kind, text };
      return { kind, address: { houseId: Number(house), pod: 0, floor: 0, flat, room: '', comment: '', formatKey: '' } };
    }
    case 3:
      return { kind, emails: parseEmails(text) };
    case 5: {
      const flag = FLAGS[text.toLowerCase()];
      if (flag === undefined) throw wrong('yes or no', 'да или нет');
      return { kind, flag };
    }
    case 6:
      return { kind, day: dayOf(text) };
    case 7:
      if (text.startsWith('=')) return { kind, item: 0, custom: text.slice(1) };
      return { kind, item: numberOf(text, 'the number of an item, or = and a value of its own', 'номер значения или = и своё значение') };
    case 8:
      return { kind, contractId: numberOf(text, 'the number of a contract', 'номер договора') };
    case 9:
      return { kind, phones: text.split(',').map((phone) => ({ phone: phone.trim(), comment: '' })) };
    case 11:
      return {
        kind,
        items: text.split(',').map((item) => numberOf(item.trim(), 'numbers of items parted by commas', 'номера значений через запятую')),
      };
    case 10:
      throw wrong('a parameter with a value: a separator has none', 'параметр со значением: у разделителя его нет');
    default:
      return { kind, text };
  }
}

/** `vestnik billing contract parameters|set ...` */
export function addContractParameterCommands(contract: Command, { t, withPorts }: Making): void {
  withJson(
    contractArgument(contract.command('parameters'), t)
      .summary(t('the parameters of a contract', 'параметры договора'))
      .option('--all', t('all, not only those of its group', 'все, не только из его группы')),
    t,
  ).action((which: string, options) =>
    withPorts(async (ports) => {
      const act = commandAct(ports);
      const db = ports.database.work;
      const form = await showForm(db, act, await contractIdOf(db, act, which), options.all === true);
      if (options.json) return ports.print(toJson(form));
      const titles = ['ID', t('PARAMETER', 'ПАРАМЕТР'), t('KIND', 'ВИД'), t('VALUE', 'ЗНАЧЕНИЕ')];
      ports.print(
        renderTable(
          titles,
          form.parameters.map((row) => [row.parameter_id, row.title, row.kind, row.shown]),
        ),
      );
    }),
  );
  const set = contractArgument(contract.command('set'), t)
    .argument('<parameter>', t('number of the parameter', 'номер параметра'), identifier(t))
    .argument(
      '[value]',
      t('the value in the form of its kind; without one it is cleared', 'значение по виду параметра; без него очищается'),
    )
    .summary(t('set a parameter, or clear it', 'задать параметр или очистить'));
  withExamples(
    set,
    t,
    'contract set 17 1 "Иванов И. И."',
    'contract set 17 5 yes',
    'contract set 17 2 "house:20 flat:17"',
    'contract set 17 1',
  ).action((which: string, parameter: number, value: string | undefined) =>
    withPorts(async (ports) => {
      const act = commandAct(ports);
      const id = await contractIdOf(ports.database.work, act, which);
      await ports.database.transaction(async (tx) => {
        const { kind } = await findParameter(tx, act, parameter);
        if (value === undefined) await clearParameter(tx, act, id, parameter, kind);
        else await setParameter(tx, act, id, parameter, typedValue(kind, value));
      });
      ports.print(
        t(
          `contract ${id}: parameter ${parameter} ${value === undefined ? 'cleared' : 'set'}`,
          `договор ${id}: параметр ${parameter} ${value === undefined ? 'очищен' : 'задан'}`,
        ),
      );
    }),
  );
}
