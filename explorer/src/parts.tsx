/** Small parts that several views show. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { entityAddress } from "./address";
import type { Asked } from "./asking";
import type { Card, Kind, Literal } from "./documents";
import { keptKey } from "./key";
import type { Refused } from "./service";
import { useVocabulary } from "./vocabulary";
import { asCurl } from "./writing";

/** A coloured dot; the type is always said in words beside it. */
export function Dot({ types }: { types: readonly Kind[] }) {
  return <span class={`dot kind-${useVocabulary().colour(types)}`} aria-hidden="true" />;
}

/** An entity by its name, which leads to its page. */
export function EntityLink({ entity }: { entity: Omit<Card, "description"> }) {
  return (
    <a class="entity" href={entityAddress(entity.id)} title={kinds(entity.types)}>
      <Dot types={entity.types} />
      {entity.label}
    </a>
  );
}

/** The types of an entity in words. */
export function kinds(types: readonly Kind[]): string {
  return types.map((one) => one.label).join(", ");
}

/** A score between 0 and 1 as a bar and a number. */
export function Score({ name, value }: { name: string; value: number | null }) {
  if (value === null) {
    return (
      <span class="score none" title={`${name}: nobody scored it`}>
        <span class="sr">{name}: </span>–
      </span>
    );
  }
  return (
    <span class="score" title={name}>
      <span class="sr">{name}: </span>
      <svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
        <rect class="all" width="100" height="6" rx="3" />
        <rect class="part" width={Math.max(value * 100, 2)} height="6" rx="3" />
      </svg>
      {value.toFixed(2)}
    </span>
  );
}

/** A literal as a person reads it. */
export function literalText({ text, number, unit, time, language }: Literal): string {
  if (number !== null) {
    // A year is no amount; what stands for itself stays as it was written.
    const shown = Number.isInteger(number) && Math.abs(number) < 10_000 ? text : number.toLocaleString("en");
    return unit ? `${shown} ${unit}` : shown;
  }
  if (time !== null) return time.replace(/T00:00:00(\.0+)?(Z|\+00:00)$/, "");
  return language && language !== "en" ? `${text} (${language})` : text;
}

export function Failure({ error }: { error: Refused }) {
  return (
    <p class="failure" role="alert">
      <strong>{error.code.toLowerCase().replaceAll("_", " ")}</strong> {error.message}
    </p>
  );
}

/** What was asked for once it is there, and what went wrong where it is not. */
export function Awaited<Answer>(props: {
  asked: Asked<Answer>;
  children: (answer: Answer) => ComponentChildren;
}) {
  const { asked } = props;
  if (asked.state === "failed") return <Failure error={asked.error} />;
  if (asked.state === "waiting") return <p class="quiet waiting">Asking …</p>;
  return <>{props.children(asked.answer)}</>;
}

/** Buttons that copy what is asked: as GraphQL, as curl, and as Cypher where that is given. */
export function Copying(props: { graphql: string; cypher?: () => Promise<string> }) {
  const [said, setSaid] = useState("");
  const copy = async (what: string, text: string | Promise<string>) => {
    try {
      const whole = await text;
      await toClipboard(whole);
      setSaid(`${what} copied`);
    } catch (error) {
      setSaid(error instanceof Error ? error.message : String(error));
    }
  };
  const { graphql, cypher } = props;
  const editor = `/graphql#query=${encodeURIComponent(graphql)}`;
  return (
    <div class="copying" role="group" aria-label="Copy what is asked">
      <span class="quiet">Copy as</span>
      <button type="button" onClick={() => copy("GraphQL", graphql)}>
        GraphQL
      </button>
      <button
        type="button"
        onClick={() => copy("curl", asCurl(graphql, location.origin, keptKey() !== null))}
      >
        curl
      </button>
      {cypher && (
        <button type="button" onClick={() => copy("Cypher", cypher())}>
          Cypher
        </button>
      )}
      <a class="button" href={editor}>
        Open in GraphiQL
      </a>
      <span role="status" class="quiet">
        {said}
      </span>
    </div>
  );
}

async function toClipboard(text: string): Promise<void> {
  // Browsers give the clipboard to secure pages alone; over plain HTTP the old way still works.
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}
