import type { ChannelKindEntry, ChannelKinds } from './channel-kind.ts';
import { CHANNEL_KIND } from './driver.ts';
import { createGsmDriver } from './gsm/gsm-driver.ts';
import { SECRETS as GSM_SECRETS, settingsSchema as gsmSettings } from './gsm/settings.ts';
import { messageIdForms } from './smpp/message-id.ts';
import { SECRETS as SMPP_SECRETS, settingsSchema as smppSettings } from './smpp/settings.ts';
import { createSmppDriver } from './smpp/smpp-driver.ts';
import { createSmtpDriver } from './smtp/driver.ts';
import { SECRETS as SMTP_SECRETS, settingsSchema as smtpSettings } from './smtp/settings.ts';

/** The kinds of channels that are served, by their numbers on the wire. @param bounceKey signs return paths; the same on every hub */
export function channelKinds(bounceKey: Uint8Array): ChannelKinds {
  const kinds: readonly ChannelKindEntry[] = [
    {
      number: CHANNEL_KIND.gsm,
      settings: gsmSettings,
      secrets: GSM_SECRETS,
      channelsOf: (_, group) => [group],
      create(given, news, memory) {
        const settings = gsmSettings.parse(given);
        return createGsmDriver(settings, news, { memory });
      },
      spellings: (id) => [id],
    },
    {
      number: CHANNEL_KIND.smpp,
      settings: smppSettings,
      secrets: SMPP_SECRETS,
      channelsOf(settings, group) {
        const { binds } = smppSettings.parse(settings);
        return binds === 1 ? [group] : Array.from({ length: binds }, (_, at) => `${group} ${at + 1}`);
      },
      create: (settings, news) => createSmppDriver(smppSettings.parse(settings), news),
      spellings: messageIdForms,
    },
    {
      number: CHANNEL_KIND.smtp,
      settings: smtpSettings,
      secrets: SMTP_SECRETS,
      channelsOf: (_, group) => [group],
      create: (settings, news) => createSmtpDriver(smtpSettings.parse(settings), news, { bounceKey }),
      spellings: (id) => [id],
    },
  ];
  return new Map(kinds.map((kind) => [kind.number, kind]));
}
