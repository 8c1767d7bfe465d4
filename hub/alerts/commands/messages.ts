import { readFile as readBytes, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Command } from 'commander';
import { validate } from '../../core/http/validate.ts';
import { renderTable } from '../../core/terminal/table.ts';
import { pageText, toJson, withPage } from '../../core/terminal/words.ts';
import { addMessage } from '../add-message.ts';
import { messageBody, messageJson, newMessageBody } from '../api/message-answers.ts';
import { changeMessage } from '../change-message.ts';
import { deleteFile } from '../delete-file.ts';
import { deleteMessage } from '../delete-message.ts';
import { listFiles, readFile } from '../list-files.ts';
import { listMessages, showMessage } from '../list-messages.ts';
import { saveFile } from '../save-file.ts';
import type { AlertMaking } from './alert-ports.ts';
import { unusableFile } from './local-files.ts';
import { shownText } from './shown-words.ts';
import { addThing } from './things.ts';

/** `vestnik alerts message ...`, `file ...` */
export function addMessageCommands(alerts: Command, making: AlertMaking): void {
  const { t, withPorts } = making;
  addThing<ReturnType<typeof messageJson>>(alerts, making, {
    noun: 'message',
    many: { en: 'messages', ru: 'сообщения' },
    titles: [
      ['TYPE', 'ВИД'],
      ['FILE', 'ФАЙЛ'],
      ['TEXT', 'ТЕКСТ'],
    ],
    cells: ({ type, file, text }) => [type, file, shownText(text)],
    example: '--set type=text --set name=Сбор --set text="{name}, сбор в {time}"',
    async list(db, _act, wish) {
      const { items, next } = await listMessages(db, wish);
      return { items: items.map(messageJson), next };
    },
    show: async (db, _act, id) => messageJson(await showMessage(db, id)),
    add: async (tx, act, fields) => messageJson(await addMessage(tx, act, validate(newMessageBody, fields, 'body'))),
    change: async (tx, act, { id, fields, version }) =>
      messageJson(await changeMessage(tx, act, { id, change: validate(messageBody, fields, 'body'), version })),
    remove: deleteMessage,
  });

  const file = alerts.command('file').summary(t('sound files', 'звуковые файлы'));
  withPage(file.command('list').summary(t('list files', 'список файлов')), t).action(({ limit = 100, after, json }) =>
    withPorts(async (ports) => {
      const page = await listFiles(ports.database.work, { limit, after });
      const titles = [t('NAME', 'ИМЯ'), t('BYTES', 'БАЙТ'), t('SECONDS', 'СЕКУНД')];
      const rows = page.items.map(({ name, size, length_ms: length }) => [
        name,
        size,
        length === null ? null : (length / 1_000).toFixed(1),
      ]);
      ports.print(json ? toJson(page) : pageText(renderTable(titles, rows), page.next, t));
    }),
  );
  file
    .command('put')
    .summary(t('store a WAVE file; what has its name is replaced', 'сохранить файл WAVE; файл с тем же именем заменяется'))
    .argument('<path>')
    .option('--name <name>', t('another name than that of the file', 'другое имя вместо имени файла'))
    .action((path: string, options) =>
      withPorts(async (ports) => {
        const content = await readBytes(path).catch((error) => {
          throw unusableFile(path, error);
        });
        const wish = { name: options.name ?? basename(path), content };
        const { name, length_ms: length } = await ports.database.transaction((tx) => saveFile(tx, ports.act(), wish));
        const seconds = ((length ?? 0) / 1_000).toFixed(1);
        ports.print(t(`${name}: ${seconds} s`, `${name}: ${seconds} с`));
      }),
    );
  file
    .command('get')
    .summary(t('write a file to this computer', 'записать файл на этот компьютер'))
    .argument('<name>')
    .option('--out <path>', t('where to (default: its name in this folder)', 'куда (по умолчанию под своим именем в эту папку)'))
    .action((name: string, options) =>
      withPorts(async (ports) => {
        const { content } = await ports.database.transaction((tx) => readFile(tx, ports.act(), name));
        const path = options.out ?? name;
        await writeFile(path, content, { flag: 'wx' }).catch((error) => {
          throw unusableFile(path, error);
        });
        ports.print(t(`${path}: ${content.length} bytes`, `${path}: ${content.length} байт`));
      }),
    );
  file
    .command('delete')
    .summary(t('delete a file that no message has', 'удалить файл, которого нет ни в одном сообщении'))
    .argument('<name>')
    .action((name: string) =>
      withPorts(async (ports) => {
        await ports.database.transaction((tx) => deleteFile(tx, ports.act(), name));
        ports.print(t(`file ${name} is deleted`, `файл ${name} удалён`));
      }),
    );
}
