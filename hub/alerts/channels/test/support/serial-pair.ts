import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { vi } from 'vitest';
import { findProgram } from '../../../../../scripts/setup/programs.mjs';
import { openSerialPort, type Port } from '../../gsm/open-port.ts';
import type { ModemSimulator } from './modem-simulator.ts';

/** A cable: two terminals joined by socat, the simulator at one of them. */
export interface PluggedModem {
  /** The device that a program opens. */
  readonly device: string;
  /** Pulls the plug: the device is gone. */
  unplug(): Promise<void>;
  plugIn(): Promise<void>;
  /** How often this process has the device open now. */
  users(): number;
}

/** How often this process has a terminal open (Linux). */
function usersOf(terminal: string): number {
  const links = readdirSync('/proc/self/fd').map((number) => {
    try {
      return readlinkSync(`/proc/self/fd/${number}`);
    } catch {
      // Closed meanwhile: the one that lists this folder.
      return '';
    }
  });
  return links.filter((link) => link === terminal).length;
}

/** Plugs a simulated modem in. @param folder of the test, for the names of the terminals */
export async function plugModem(modem: ModemSimulator, folder: string): Promise<PluggedModem> {
  const [device, far] = [join(folder, 'modem'), join(folder, 'far')];
  let cable: ChildProcess | undefined;
  let port: Port | undefined;
  let terminal = '';
  const plugIn = async (): Promise<void> => {
    cable = spawn(findProgram('socat') ?? 'socat', [`pty,raw,echo=0,link=${device}`, `pty,raw,echo=0,link=${far}`], { stdio: 'ignore' });
    await vi.waitFor(() => {
      if (!existsSync(device) || !existsSync(far)) throw new Error('socat has not made its terminals yet');
    }, 20_000);
    terminal = realpathSync(device);
    port = await openSerialPort(far, 115_200, { read: (bytes) => modem.feed(bytes), closed: () => {} });
    const { write } = port;
    modem.plug(write);
  };
  const unplug = async (): Promise<void> => {
    modem.plug(() => {});
    await port?.close();
    const ended = cable;
    if (ended && ended.exitCode === null && ended.signalCode === null) {
      const gone = new Promise((done) => ended.once('exit', done));
      ended.kill('SIGTERM');
      await gone;
    }
  };
  await plugIn();
  return { device, unplug, plugIn, users: () => usersOf(terminal) };
}
