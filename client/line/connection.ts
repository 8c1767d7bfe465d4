import { isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { LineReader, TOO_LONG } from '@vestnik/protocol/line/line-reader.ts';
import { splitParams } from '@vestnik/protocol/line/parameters.ts';
import { decodeWindows1251 } from '@vestnik/protocol/windows1251.ts';
import { errorCode } from '../ports.ts';
import { LINE_EXIT, LineFault } from './exit.ts';

/** A line of the server: its words decoded, and the whole of it as it came. */
export type ServerLine = { readonly words: readonly string[]; readonly raw: string };

export type Connection = {
  /** Sends bytes. Resolves when more may be sent, or the connection is over. */
  send(bytes: Uint8Array): Promise<void>;
  /** Stops and goes on reading: the server waits meanwhile. */
  pause(): void;
  resume(): void;
  /** Ends the conversation; what was sent still leaves. */
  close(): void;
  /** Ends it at once. */
  cut(): void;
};

export type ConnectionOptions = {
  readonly host: string;
  readonly port: number;
  /** PEM of the authority, or of the server's own certificate; undefined: what this computer trusts. */
  readonly ca: string | undefined;
  /** SHA-256 of the server's certificate, 64 hexadecimal digits in upper case; it is then trusted and nothing else. */
  readonly fingerprint: string | undefined;
  /** Milliseconds for connecting. */
  readonly patience: number;
  onLine(line: ServerLine): void;
  /** Called once: the connection is over. */
  onEnd(fault: LineFault): void;
};

/** No line that a server sends is longer. */
const LONGEST_LINE = 1024 * 1024;

/**
 * Connects over TLS and checks who answers before a byte is sent.
 * @throws LineFault with exit 3 that says what to do next
 */
export function openConnection(options: ConnectionOptions): Promise<Connection> {
  const { host, port } = options;
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port,
      ...(options.ca !== undefined && { ca: options.ca }),
      ...(isIP(host) === 0 && { servername: host }),
      // Judged below, where the fault can name the fingerprint; nothing is sent before.
      rejectUnauthorized: false,
      minVersion: 'TLSv1.2',
    });
    let judged = false;
    const timer = setTimeout(() => socket.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })), options.patience);
    const end = (fault: LineFault): void => {
      clearTimeout(timer);
      socket.destroy();
      if (judged) options.onEnd(fault);
      else reject(fault);
      judged = true;
    };
    socket.on('error', (error) => end(unreachable(host, port, error, judged)));
    socket.on('close', () => end(closed(host, port)));
    socket.on('secureConnect', () => {
      clearTimeout(timer);
      const fault = judge(socket, options);
      if (fault) return end(fault);
      judged = true;
      socket.setNoDelay(true);
      socket.setKeepAlive(true, 60_000);
      read(socket, options, end);
      resolve(drive(socket));
    });
  });
}

function drive(socket: TLSSocket): Connection {
  return {
    send: (bytes) =>
      new Promise((sent) => {
        if (socket.write(bytes) || socket.destroyed) return sent();
        const go = (): void => {
          socket.off('drain', go);
          socket.off('close', go);
          sent();
        };
        socket.on('drain', go);
        socket.on('close', go);
      }),
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    close: () => void socket.end(),
    cut: () => void socket.destroy(),
  };
}

function read(socket: TLSSocket, { onLine }: ConnectionOptions, end: (fault: LineFault) => void): void {
  const reader = new LineReader();
  socket.on('data', (chunk: Buffer) => {
    reader.push(chunk);
    for (let line = reader.next(LONGEST_LINE); line !== undefined; line = reader.next(LONGEST_LINE)) {
      const words = line === TOO_LONG ? undefined : splitParams(line);
      if (line === TOO_LONG || words === undefined || 'fault' in words) return end(foreign());
      onLine({ words, raw: decodeWindows1251(line) });
    }
  });
}

function judge(socket: TLSSocket, { host, fingerprint }: ConnectionOptions): LineFault | undefined {
  const shown = socket.getPeerX509Certificate()?.fingerprint256 ?? '';
  if (fingerprint !== undefined) {
    if (shown.replaceAll(':', '') === fingerprint) return undefined;
    return new LineFault(LINE_EXIT.connection, {
      en: `${host} shows another certificate, with the fingerprint ${shown}. Ask its administrator whether it was changed; only then pass the new one by --fingerprint`,
      ru: `сервер ${host} предъявил другой сертификат, его отпечаток ${shown}. Узнайте у администратора, менялся ли он, и только тогда укажите новый в --fingerprint`,
    });
  }
  if (socket.authorized) return undefined;
  const why = String(socket.authorizationError);
  return new LineFault(LINE_EXIT.connection, {
    en: `the certificate of ${host} is not trusted (${why}). Pass its authority by --ca FILE; or, if the server printed the fingerprint ${shown} at its first start, pass that by --fingerprint`,
    ru: `сертификат сервера ${host} не является доверенным (${why}). Укажите удостоверяющий центр: --ca ФАЙЛ; или, если сервер при первом запуске напечатал отпечаток ${shown}, укажите его в --fingerprint`,
  });
}

function unreachable(host: string, port: number, error: unknown, connected: boolean): LineFault {
  const code = errorCode(error) ?? (error instanceof Error ? error.message : String(error));
  if (connected) {
    return new LineFault(
      LINE_EXIT.connection,
      {
        en: `the connection to ${host}:${port} broke (${code}). Run the command again`,
        ru: `связь с ${host}:${port} прервана (${code}). Повторите команду`,
      },
      error,
    );
  }
  const tls = code.startsWith('ERR_SSL') || code === 'EPROTO';
  return new LineFault(
    LINE_EXIT.connection,
    tls
      ? {
          en: `${host}:${port} does not speak TLS as needed here (${code}). Check the port; the line protocol usually has 8500`,
          ru: `${host}:${port} не отвечает по TLS (${code}). Проверьте порт; у строкового протокола обычно 8500`,
        }
      : {
          en: `${host}:${port} cannot be reached (${code}). Check --host and --port, and that the server runs and lets this computer in`,
          ru: `${host}:${port} недоступен (${code}). Проверьте --host и --port, работает ли сервер и открыт ли к нему доступ`,
        },
    error,
  );
}

function closed(host: string, port: number): LineFault {
  return new LineFault(LINE_EXIT.connection, {
    en: `${host}:${port} closed the connection. It may be stopping, or refuse this address for too many failed logins; try again in a few minutes`,
    ru: `${host}:${port} закрыл соединение. Возможно, сервер останавливается или отказывает этому адресу из-за неудачных входов; повторите через несколько минут`,
  });
}

function foreign(): LineFault {
  return new LineFault(LINE_EXIT.connection, {
    en: 'what answers does not speak the line protocol of alerts. Check --host and --port',
    ru: 'ответ не похож на строковый протокол оповещения. Проверьте --host и --port',
  });
}
