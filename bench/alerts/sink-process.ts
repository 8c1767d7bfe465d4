import { startMailSink } from '@vestnik/hub/alerts/mail-sink/mail-sink.ts';

/** The mail server that both sides send to, a process of its own. Whatever it is asked, it answers how many mails have come. */
const sink = await startMailSink({ keep: 10 });
process.send?.({ port: sink.port });
process.on('message', () => process.send?.({ taken: sink.count }));
process.on('disconnect', () => process.exit(0));
