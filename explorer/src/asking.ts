import { useEffect, useState } from "preact/hooks";
import type { Document } from "./documents";
import { Refused, ask } from "./service";

export type Asked<Answer> =
  { state: "waiting" } | { state: "failed"; error: Refused } | { state: "answered"; answer: Answer };

/** The answer to a document, asked anew when the variables change; null variables ask nothing. */
export function useAnswer<Answer, Variables>(
  document: Document<Answer, Variables>,
  variables: Variables | null,
): Asked<Answer> {
  const key = JSON.stringify(variables);
  const [asked, setAsked] = useState<{ key: string; found: Asked<Answer> } | null>(null);
  useEffect(() => {
    if (variables === null) return;
    const leaving = new AbortController();
    ask(document, variables, leaving.signal).then(
      (answer) => setAsked({ key, found: { state: "answered", answer } }),
      (error: unknown) => {
        if (!leaving.signal.aborted) setAsked({ key, found: { state: "failed", error: refusal(error) } });
      },
    );
    return () => leaving.abort();
  }, [document, key]);
  return asked?.key === key ? asked.found : { state: "waiting" };
}

/** Whatever went wrong, in words that can be shown. */
export function refusal(error: unknown): Refused {
  return error instanceof Refused ? error : new Refused(String(error), "INTERNAL");
}
