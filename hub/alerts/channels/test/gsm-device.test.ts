import { rmSync } from 'node:fs';
import { expect, onTestFinished, vi } from 'vitest';
import { createFolder } from '../../../../test/support/folder.ts';
import { requires } from '../../../../test/support/requires.ts';
import { openSerialPort } from '../gsm/open-port.ts';
import { createModemSimulator } from './support/modem-simulator.ts';
import { plugModem } from './support/serial-pair.ts';

requires('socat').test('a device whose file is gone is told as closed, though the system says nothing', async () => {
  const folder = createFolder('gsm-device');
  const plug = await plugModem(createModemSimulator(), folder.path);
  const closed = vi.fn();
  const port = await openSerialPort(plug.device, 115_200, { read: () => {}, closed });
  onTestFinished(async () => {
    await port.close();
    await plug.unplug();
    folder.remove();
  });
  rmSync(plug.device);
  await vi.waitFor(() => {
    if (closed.mock.calls.length === 0) throw new Error('not told yet');
  }, 15_000);
  expect(closed.mock.calls).toEqual([['the device is gone']]);
});
