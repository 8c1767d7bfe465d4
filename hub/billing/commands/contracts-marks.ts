import type { Command } from 'commander';
import { wholeNumber } from '../../core/terminal/arguments.ts';
import { renderTable } from '../../core/terminal/table.ts';
import { type Making, pageText, toJson, withJson, withPage } from '../../core/terminal/words.ts';
import { showNote } from '../api/contract-notes.ts';
import { labelContract } from '../label-contract.ts';
import { LARGEST_ID } from '../largest-id.ts';
import { listNotes } from '../list-notes.ts';
import { markContract } from '../mark-contract.ts';
import { saveNote } from '../save-note.ts';
import { commandAct } from './command-act.ts';
import { contractArgument, contractIdOf } from './contracts-arguments.ts';

function addMark(contract: Command, { t, withPorts }: Making, noun: 'group' | 'label', mark: typeof markContract): void {
  const [what, russian] = noun === 'group' ? [t('group', 'группа'), 'группу'] : [t('label', 'метка'), 'метку'];
  contractArgument(contract.command(noun), t)
    .argument('<mark>', t(`number of the ${noun}`, noun === 'group' ? 'номер группы' : 'номер метки'), wholeNumber(t, 0, LARGEST_ID))
    .summary(t(`put a ${noun} on a contract, or take it off`, `поставить ${russian} договору или снять`))
    .option('--off', t('take it off', 'снять'))
    .action((which: string, number: number, options) =>
      withPorts(async (ports) => {
        const act = commandAct(ports);
        const id = await contractIdOf(ports.database.work, act, which);
        await ports.database.transaction((tx) => mark(tx, act, id, number, !options.off));
        ports.print(
          options.off
            ? t(`contract ${id}: ${what} ${number} is off`, `договор ${id}: ${what} ${number} снята`)
            : t(`contract ${id}: ${what} ${number} is on`, `договор ${id}: ${what} ${number} поставлена`),
        );
      }),
    );
}

function addNotes(contract: Command, { t, withPorts }: Making): void {
  withPage(contractArgument(contract.command('notes'), t).summary(t('notes, the newest first', 'примечания, новые сначала')), t).action(
    (which: string, options) =>
      withPorts(async (ports) => {
        const { after, limit = 100 } = options;
        const db = ports.database.work;
        const act = commandAct(ports);
        const id = await contractIdOf(db, act, which);
        const notes = await listNotes(db, act, id, { limit, after });
        const page = { ...notes, items: notes.items.map(showNote) };
        if (options.json) return ports.print(toJson(page));
        const titles = ['ID', t('AT', 'КОГДА'), t('BY', 'КЕМ'), t('SUBJECT', 'ТЕМА'), t('TEXT', 'ТЕКСТ')];
        const rows = page.items.map((note) => [note.id, Temporal.Instant.from(note.at), note.login, note.subject, note.text]);
        ports.print(pageText(renderTable(titles, rows), page.next, t));
      }),
  );
  withJson(
    contractArgument(contract.command('note'), t)
      .argument('<subject>', t('what it is about', 'тема'))
      .summary(t('write a note', 'добавить примечание'))
      .option('--text <text>', t('the text', 'текст'))
      .option('--visible', t('the customer may see it', 'видно абоненту')),
    t,
  ).action((which: string, subject: string, options) =>
    withPorts(async (ports) => {
      const act = commandAct(ports);
      const id = await contractIdOf(ports.database.work, act, which);
      const note = await ports.database.transaction((tx) =>
        saveNote(tx, act, id, { subject, text: options.text ?? '', visible: options.visible === true }),
      );
      ports.print(options.json ? toJson({ id: note }) : t(`note ${note} written`, `примечание ${note} записано`));
    }),
  );
}

/** Groups, labels and notes: `vestnik billing contract group|label|note|notes ...` */
export function addContractMarkCommands(contract: Command, making: Making): void {
  addMark(contract, making, 'group', markContract);
  addMark(contract, making, 'label', labelContract);
  addNotes(contract, making);
}
