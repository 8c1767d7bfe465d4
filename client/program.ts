import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkInstallation } from './check.ts';
import { type CommandLine, parseCommandLine } from './command-line.ts';
import { type Configuration, loadConfiguration } from './configuration.ts';
import { EXIT, type ExitCode, ExitError } from './exit.ts';
import { renderHelp } from './help.ts';
import { inspectFiles } from './inspect.ts';
import { type Language, systemLanguage } from './messages.ts';
import { isPrivate, makePrivate } from './private-file.ts';
import { requestReplay } from './replay.ts';
import { runClient, type Screen } from './run.ts';
import { VERSION } from './version.ts';

/**
 * The program behind the command line: reads the arguments, does what they ask, and answers the exit code (spec online-ticket 7.2, 7.7).
 * What goes wrong is told on the screen in the user's language; nothing is thrown.
 */
export async function main(argv: readonly string[], programFolder: string, screen: Screen): Promise<ExitCode> {
  let language = systemLanguage(process.env, Intl.DateTimeFormat().resolvedOptions().locale);
  try {
    const line = parseCommandLine(argv);
    const asked = line.values.get('Language')?.toLowerCase();
    if (asked === 'ru' || asked === 'en') language = asked;
    const { command } = line;
    switch (command.kind) {
      case 'help':
        showHelp(language, screen);
        return EXIT.done;
      case 'version':
        screen.out(`Stat_Client ${VERSION}`);
        return EXIT.done;
      case 'inspect':
        return await inspectFiles(command.path, language, screen.out);
    }
    const configuration = configure(line, programFolder);
    language = configuration.settings.language ?? language;
    switch (command.kind) {
      case 'protect': {
        const pem = configuration.settings.clientCert;
        await protect(pem);
        screen.out(language === 'ru' ? `файл ${pem} доступен только владельцу` : `${pem} can be read by its user only`);
        return EXIT.done;
      }
      case 'check':
        return await checkInstallation(configuration, language, screen.out);
      case 'replay':
        return await requestReplay(configuration.settings, command.selection, language, screen.out);
      default:
        return await runClient(configuration, language, command.kind === 'once', screen);
    }
  } catch (error) {
    if (error instanceof ExitError) {
      screen.error(error.text[language]);
      return error.exit;
    }
    screen.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return EXIT.unexpected;
  }
}

function configure(line: CommandLine, programFolder: string): Configuration {
  return loadConfiguration({ file: line.file, values: line.values, programFolder, currentFolder: process.cwd() });
}

async function protect(pem: string): Promise<void> {
  try {
    await makePrivate(pem);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ExitError(
      EXIT.certificate,
      { en: `${pem} cannot be protected: ${why}`, ru: `файл ${pem} не удалось закрыть: ${why}` },
      error,
    );
  }
  if (await isPrivate(pem)) return;
  throw new ExitError(EXIT.certificate, {
    en: `${pem} belongs to another user: run this program as its owner, or give the file to the user who runs it (chown)`,
    ru: `файл ${pem} принадлежит другому пользователю: запускайте программу от имени владельца или передайте файл тому, кто её запускает (chown)`,
  });
}

/** On Windows the help also gets a window of its own, since the program's window closes with it. */
function showHelp(language: Language, screen: Screen): void {
  const help = renderHelp(language);
  screen.out(help.trimEnd());
  if (process.platform !== 'win32') return;
  const file = join(tmpdir(), 'Stat_Client-help.txt');
  writeFileSync(file, `\ufeff${help.replaceAll('\n', '\r\n')}`);
  spawn('notepad.exe', [file], { detached: true, stdio: 'ignore' })
    .on('error', () => undefined)
    .unref();
}
