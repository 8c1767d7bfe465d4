import pg from 'pg';

/** Runs one statement on a connection of its own, outside of any pool under test. */
export async function askOnce<Row extends pg.QueryResultRow>(url: string, text: string, values: unknown[] = []): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(text, values)).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Ends the connections whose application_name begins so; answers how many. */
export async function terminate(url: string, name: string): Promise<number> {
  const rows = await askOnce(url, 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE starts_with(application_name, $1)', [name]);
  return rows.length;
}
