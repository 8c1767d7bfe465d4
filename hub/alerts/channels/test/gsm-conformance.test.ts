import { createFolder } from '../../../../test/support/folder.ts';
import { requires } from '../../../../test/support/requires.ts';
import { createGsmDriver } from '../gsm/gsm-driver.ts';
import { settingsSchema } from '../gsm/settings.ts';
import { conformance, type Peer } from './conformance.ts';
import { QUICK } from './support/gsm.ts';
import { createModemSimulator } from './support/modem-simulator.ts';
import { plugModem } from './support/serial-pair.ts';

const PERMANENT = '+79990000001';
const TEMPORARY = '+79990000002';

async function makeModemPeer(): Promise<Peer> {
  const folder = createFolder('gsm-conformance');
  const modem = createModemSimulator({
    refuse: ({ address }) => ({ [PERMANENT]: '+CMS ERROR: 28', [TEMPORARY]: '+CMS ERROR: 38' })[address],
  });
  const plug = await plugModem(modem, folder.path);
  return {
    driver: (news) => createGsmDriver(settingsSchema.parse({ device: plug.device, receipts: 'on' }), news, { timing: QUICK }),
    addresses: {
      good: '+79161234567',
      others: Array.from({ length: 10 }, (_, index) => `+7916000000${index}`),
      permanent: PERMANENT,
      temporary: TEMPORARY,
    },
    text: 'Учебная тревога! Сбор во дворе.\nПодъезд 2 {нижний}',
    patience: 3_000,
    silence() {
      modem.behaviour.silentFromMessage = true;
    },
    voice() {
      modem.behaviour.silentFromMessage = modem.behaviour.silent = false;
    },
    down: () => plug.unplug(),
    up: () => plug.plugIn(),
    arrived: () => modem.sent.map(({ address, text }) => ({ address, text })),
    open: () => plug.users(),
    async close() {
      await plug.unplug();
      folder.remove();
    },
  };
}

requires('socat').describe('a modem at the other end of a cable', () => conformance('GSM modem', makeModemPeer));
