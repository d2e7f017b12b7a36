/** The one way to the service: its GraphQL API, with the key of this tab where there is one. */
import type { Document } from "./documents";
import { forgetKey, keptKey, wantedKey } from "./key";

/** What the service refused, in its own words. */
export class Refused extends Error {
  constructor(
    message: string,
    readonly code: string,
  ) {
    super(message);
  }
}

interface Body {
  data?: unknown;
  errors?: { message: string; extensions?: { code?: string } }[];
}

/** The answer to one of the explorer's own documents. Raises Refused. */
export function ask<Answer, Variables>(
  document: Document<Answer, Variables>,
  variables: Variables,
  signal?: AbortSignal,
): Promise<Answer> {
  return askText<Answer>(document.text, variables, signal);
}

/** The answer to any document. Raises Refused where there is an error, even beside data. */
export async function askText<Answer>(
  query: string,
  variables: unknown = {},
  signal?: AbortSignal,
): Promise<Answer> {
  const body = (await (await send(JSON.stringify({ query, variables }), signal)).json()) as Body;
  const error = body.errors?.[0];
  if (error) throw new Refused(error.message, error.extensions?.code ?? "INTERNAL");
  return body.data as Answer;
}

/** One POST; where a key is wanted the person is asked for one, and it is sent again. */
export async function send(body: string, signal?: AbortSignal): Promise<Response> {
  for (;;) {
    const key = keptKey();
    const headers: Record<string, string> = { "content-type": "application/json" };
    if (key) headers["authorization"] = `Bearer ${key}`;
    const response = await reached(body, headers, signal);
    if (response.status !== 401) return response;
    if (key) forgetKey(key);
    await wantedKey(key !== null);
  }
}

async function reached(
  body: string,
  headers: Record<string, string>,
  signal?: AbortSignal,
): Promise<Response> {
  try {
    return await fetch("/graphql", { method: "POST", headers, body, signal: signal ?? null });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Refused("The service cannot be reached. Is it running?", "UNREACHABLE");
  }
}
