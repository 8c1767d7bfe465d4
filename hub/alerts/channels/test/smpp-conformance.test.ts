import { conformance, type Peer } from './conformance.ts';
import { smppDriver, startSmsc } from './support/smpp.ts';

async function makePeer(settings: Parameters<typeof smppDriver>[2]): Promise<Peer> {
  const smsc = await startSmsc({
    behaviour: {
      rules: [
        { numbers: /^79160000099$/, status: 0x0b },
        { numbers: /^79160000098$/, status: 0x08 },
      ],
    },
  });
  return {
    driver: (news) => smppDriver(smsc.port, news, settings),
    addresses: {
      good: '+79160000001',
      others: Array.from({ length: 8 }, (_, index) => `+7916000001${index}`),
      permanent: '+79160000099',
      temporary: '+79160000098',
    },
    text: 'Тревога! Сбор в 9:00 😀',
    patience: 3_000,
    silence: () => smsc.behave({ silent: true }),
    voice: () => smsc.behave({ silent: false }),
    down: () => smsc.stop(),
    up: () => smsc.start(),
    arrived: () => smsc.messages().map(({ to, text }) => ({ address: to, text })),
    open: () => smsc.connections().open,
    close: () => smsc.stop(),
  };
}

conformance('SMPP, one transceiver', () => makePeer({}));
conformance('SMPP, transmitter and receiver, three binds, window 1', () => makePeer({ mode: 'transmitter+receiver', binds: 3, window: 1 }));
