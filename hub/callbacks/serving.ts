import type { ServingModule } from '../core/module.ts';
import { startAllowList } from './allow-list.ts';
import { publicBinRoutes } from './api/public-bin.ts';
import { callbackRoutes } from './api.ts';
import { binBase } from './bin-address.ts';
import { createBinGate } from './bin-gate.ts';
import { startBins } from './bins.ts';
import { startDeliveries } from './deliveries.ts';
import { startEndpointTable } from './endpoint-table.ts';
import { eraseBinRequests } from './erase-bin-requests.ts';
import { createAddressPolicy } from './guard/address-policy.ts';
import { startMaintenance } from './maintenance.ts';
import { createGauges, METRICS } from './metrics.ts';
import { showEvent } from './show-event.ts';
import { binOfToken } from './sql/bins.ts';
import { startTicks } from './tick-slot.ts';
import { createFetchProof } from './wire/fetch-proof.ts';
import { WIRE_METRICS } from './wire/metrics.ts';
import { createOwnAddresses } from './wire/own-addresses.ts';
import { sendMessage } from './wire/send-message.ts';
import { createSender } from './wire/sender.ts';
import { createTakeIntoBin } from './wire/take-into-bin.ts';

/** What a hub runs of it. */
export const serving: ServingModule = {
  rights: {
    'callbacks.read': 'see endpoints, deliveries and their outcomes, without bodies of personal data',
    'callbacks.write': 'add, change, test, enable and disable endpoints',
    'callbacks.resend': 'send deliveries again, and cancel those that wait',
    'callbacks.payload': 'read bodies and answers unmasked: personal data, every reading is audited',
    'callbacks.allow.request': 'ask for an address to be put on the allow-list',
    'callbacks.allow.forward': 'hand such requests on to support',
    'callbacks.allow.approve': 'approve, reject and revoke addresses of the allow-list',
  },
  metrics: [...METRICS, ...WIRE_METRICS],
  showEvent,
  async start(hub) {
    const { configuration, database, events, secretKey } = hub;
    const options = configuration.callbacks;
    const undo: (() => Promise<void> | void)[] = [];
    // In reverse order of the start: first nothing more goes out or comes in, then what it stood on.
    const stop = async (): Promise<void> => {
      for (const step of undo.splice(0).reverse()) await step();
    };
    try {
      const policy = createAddressPolicy(options, createOwnAddresses());
      const allowList = await startAllowList(database, policy);
      undo.push(() => allowList.stop());
      const proxy = options.egressProxy === undefined ? undefined : new URL(options.egressProxy);
      const sender = createSender({ judge: allowList.judge, policy, proxy });
      undo.push(() => sender.stop());
      const table = await startEndpointTable({ database, secretKey });
      undo.push(() => table.stop());
      const base = binBase(configuration);
      const bins = startBins({ database, secretKey, keep: options.binRequests, days: options.binDays });
      undo.push(() => bins.stop());
      await events.subscribe('callbacks.bins', ['vestnik.travel.Person'], eraseBinRequests);
      const send = sendMessage(sender, base, createTakeIntoBin(bins, options.binBytes));
      const ticks = startTicks({ database, hubId: hub.hubId, zone: options.callbackIdZone });
      const deliveries = await startDeliveries({
        database,
        events,
        secretKey,
        hubId: hub.hubId,
        table,
        ticks,
        send,
        slots: options.slots,
        leaseSeconds: options.leaseSeconds,
      });
      undo.push(() => deliveries.stop());
      const maintenance = await startMaintenance({ database, events, secretKey, ticks, settings: options });
      undo.push(() => maintenance.stop());
      const { testsPerMinute, binDays } = options;
      const ports = { database, hubId: hub.hubId, secretKey, policy, binBase: base, binDays, ticks, send, testsPerMinute };
      return {
        routes: { callbacks: callbackRoutes(hub, ports, createFetchProof(sender)) },
        publicRoutes: publicBinRoutes({
          bins,
          gate: createBinGate(async (token) => (await binOfToken(database.work, token)).length > 0),
          binBase: base,
          mostBytes: options.binBytes,
        }),
        gauges: createGauges(database, {
          get underWay() {
            return deliveries.underWay;
          },
          get pools() {
            return sender.pools;
          },
        }),
        addresses: {},
        stop,
      };
    } catch (error) {
      await stop();
      throw error;
    }
  },
};
