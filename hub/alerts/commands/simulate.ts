import { once } from 'node:events';
import { type Command, InvalidArgumentError } from 'commander';
import { HubError } from '../../core/errors.ts';
import { wholeNumber } from '../../core/terminal/arguments.ts';
import { type Making, withExamples } from '../../core/terminal/words.ts';
import { createRepeats } from '../engine/repeats.ts';
import { startMailSink } from '../mail-sink/mail-sink.ts';
import type { NumberRule } from '../smsc/behaviour.ts';
import { createSmsc } from '../smsc/smsc.ts';

interface Given {
  readonly smsPort: number;
  readonly mailPort: number;
  readonly account?: readonly Account[];
  readonly reply: string;
  readonly receiptDelay: number;
  readonly refuse?: string;
  readonly unreachable?: string;
  readonly silent?: string;
}

interface Account {
  readonly systemId: string;
  readonly password: string;
}

const HIGHEST_PORT = 65_535;
/** Milliseconds; an hour. */
const LONGEST_DELAY = 3_600_000;
/** A phone does not answer twice within so many milliseconds: two programs that answer each other would never end. */
const ANSWERED = 5_000;
const MOST_PHONES = 100_000;
/** The answer of a centre that does not know the number. */
const UNKNOWN_NUMBER = 0x0b;
const ORDINARY: readonly Account[] = [{ systemId: 'vestnik', password: 'secret' }];

function portTaken(option: string, port: number, cause: NodeJS.ErrnoException): HubError {
  const why = `127.0.0.1:${port} (${cause.code ?? cause.message})`;
  return new HubError('CONFLICT', `cannot listen on ${why}; choose another ${option}`, {
    cause,
    reason: 'port',
    russian: `нельзя слушать ${why}; выберите другой ${option}`,
  });
}

/** The last digit of a number is one of these. */
const endsWith = (digits: string): RegExp => new RegExp(`[${digits}]$`);

/** `vestnik alerts simulate`. */
export function addSimulateCommand(alerts: Command, { t }: Making): void {
  const port = wholeNumber(t, 0, HIGHEST_PORT);
  const digits = (text: string): string => {
    if (/^\d+$/.test(text)) return text;
    throw new InvalidArgumentError(t('digits, such as 8 or 89.', 'цифры, например 8 или 89.'));
  };
  const account = (text: string, before: Account[] | undefined): Account[] => {
    const [, systemId = '', password = ''] = /^([^:]{1,15}):(.{1,8})$/.exec(text) ?? [];
    if (systemId) return [...(before ?? []), { systemId, password }];
    throw new InvalidArgumentError(t('login:password, at most 15 and 8 characters.', 'логин:пароль, не длиннее 15 и 8 знаков.'));
  };
  const command = alerts
    .command('simulate')
    .summary(
      t('a message centre and a mail server that deliver to nobody', 'центр сообщений и почтовый сервер, которые никому не доставляют'),
    )
    .description(
      t(
        'Takes SMS by SMPP 3.4 and mail by SMTP on this computer, shows what has come, sends receipts and answers for the phones, until it is interrupted. For trying channels without a provider. Needs no database.',
        'Принимает SMS по SMPP 3.4 и письма по SMTP на этом компьютере, показывает пришедшее, шлёт квитанции и отвечает за телефоны, пока не прервут. Чтобы пробовать каналы без оператора. База данных не нужна.',
      ),
    )
    .option('--sms-port <port>', t('of the message centre', 'центра сообщений'), port, 2_775)
    .option('--mail-port <port>', t('of the mail server', 'почтового сервера'), port, 2_525)
    .option(
      '--account <login:password>',
      t('who may bind; can be repeated (default: vestnik:secret)', 'кто может подключиться; можно повторять (по умолчанию vestnik:secret)'),
      account,
    )
    .option(
      '--reply <text>',
      t('what a phone answers, once in five seconds; empty: nothing', 'что отвечает телефон, раз в пять секунд; пусто: ничего'),
      'OK',
    )
    .option(
      '--receipt-delay <ms>',
      t('until a message is delivered, milliseconds', 'через сколько доставляется, мс'),
      wholeNumber(t, 0, LONGEST_DELAY),
      500,
    )
    .option(
      '--refuse <digits>',
      t('refuse numbers that end with one of these digits', 'отвергать номера, которые кончаются одной из этих цифр'),
      digits,
    )
    .option('--unreachable <digits>', t('these take no message: receipt UNDELIV', 'до этих не доходит: квитанция UNDELIV'), digits)
    .option('--silent <digits>', t('these do not answer', 'эти не отвечают'), digits);
  withExamples(command, t, 'simulate', "simulate --refuse 8 --silent 7 --reply 'OK'").action(async (given: Given) => {
    const print = (line: string): void => void process.stdout.write(`${line}\n`);
    const rules: NumberRule[] = [];
    if (given.refuse) rules.push({ numbers: endsWith(given.refuse), status: UNKNOWN_NUMBER });
    if (given.unreachable) rules.push({ numbers: endsWith(given.unreachable), receipt: 'UNDELIV' });
    const silent = given.silent ? endsWith(given.silent) : undefined;
    const answered = createRepeats(ANSWERED, MOST_PHONES);
    const smsc = createSmsc({
      port: given.smsPort,
      accounts: given.account ?? ORDINARY,
      behaviour: { receiptDelay: given.receiptDelay, rules },
      reply({ to, text }) {
        print(`SMS ${to} ${text}`);
        if (given.reply === '' || silent?.test(to) || answered.has(to)) return undefined;
        answered.add(to);
        return given.reply;
      },
    });
    const mailSink = startMailSink({
      port: given.mailPort,
      arrived: ({ to, raw }) => print(`MAIL ${to.join(', ')} ${t(`${raw.length} bytes`, `${raw.length} байт`)}`),
    });
    const [centre, mails] = await Promise.allSettled([smsc.start(), mailSink]);
    try {
      if (centre.status === 'rejected') throw portTaken('--sms-port', given.smsPort, centre.reason);
      if (mails.status === 'rejected') throw portTaken('--mail-port', given.mailPort, mails.reason);
      const ends = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
      const at = [`127.0.0.1:${smsc.port}`, `127.0.0.1:${mails.value.port}`];
      print(
        t(
          `message centre ${at[0]}, mail server ${at[1]}; Ctrl+C ends`,
          `центр сообщений ${at[0]}, почтовый сервер ${at[1]}; Ctrl+C завершает`,
        ),
      );
      await ends;
    } finally {
      await smsc.stop();
      if (mails.status === 'fulfilled') await mails.value.stop();
    }
  });
}
