import { paint, print } from './account.js';

interface Report {
  readonly status: string;
  readonly details: Readonly<Record<string, { readonly status: string }>>;
}

/** Prints what `/health` answers. Returns what is wrong with it, for people. */
export async function reportHealth(url: string): Promise<string[]> {
  const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(5_000) });
  const { status, details } = (await response.json()) as Report;
  print(`GET /health → ${paint(response.ok ? 'green' : 'red', `${response.status} ${status}`)}`);
  for (const [name, detail] of Object.entries(details)) print(`  ${name.padEnd(10)} ${JSON.stringify(detail)}`);
  return response.ok ? [] : [`/health was answered with ${response.status} ${status}`];
}
