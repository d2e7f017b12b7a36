/** GraphQL and curl as text: what can be copied. */

/** A value of GraphQL: strings are quoted, `word` stands for an enum. */
export type Value = string | number | boolean | null | Word | Value[] | { [name: string]: Value | undefined };

/** The name of an enum value, written without quotes. */
export class Word {
  constructor(readonly text: string) {}
}

const WIDTH = 88;

/** A value as GraphQL writes it, over several lines where it is long. */
export function written(value: Value, indent = ""): string {
  if (value === null || typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value === "string") return JSON.stringify(value);
  if (value instanceof Word) return value.text;
  const inner = `${indent}  `;
  const isList = Array.isArray(value);
  const parts = isList
    ? value.map((one) => written(one, inner))
    : Object.entries(value).flatMap(([name, one]) =>
        one === undefined ? [] : [`${name}: ${written(one, inner)}`],
      );
  const [open, close] = isList ? ["[", "]"] : ["{", "}"];
  const flat = isList ? `[${parts.join(", ")}]` : `{ ${parts.join(", ")} }`;
  if (!parts.length) return open + close;
  if (indent.length + flat.length <= WIDTH && !flat.includes("\n")) return flat;
  return `${open}\n${parts.map((part) => inner + part).join("\n")}\n${indent}${close}`;
}

/** A document with the values of its variables in their places, so that it stands by itself. */
export function bound(document: string, variables: Record<string, unknown>): string {
  const header = /^\s*query\s+\w+\s*(?:\(([^)]*)\))?\s*/.exec(document);
  if (!header) return document;
  const enums = new Set(
    [...(header[1] ?? "").matchAll(/\$(\w+):\s*(?:Direction|StatementOrder)\b/g)].map((found) => found[1]),
  );
  return document.slice(header[0].length).replace(/\$(\w+)/g, (_, name: string) => {
    const value = (variables[name] ?? null) as Value;
    return enums.has(name) ? String(value) : written(value, "      ");
  });
}

/** Cypher for Neo4j Browser: its parameters are set by lines above it. */
export function forBrowser(cypher: string, parameters: Record<string, Value>): string {
  const lines = Object.entries(parameters).map(([name, value]) => `:param ${name} => ${inCypher(value)}`);
  return [...lines, cypher, ""].join("\n\n");
}

function inCypher(value: Value | undefined): string {
  if (Array.isArray(value)) return `[${value.map(inCypher).join(", ")}]`;
  if (value === null || typeof value !== "object" || value instanceof Word) return JSON.stringify(value);
  const parts = Object.entries(value).map(([name, one]) => `\`${name}\`: ${inCypher(one)}`);
  return `{${parts.join(", ")}}`;
}

/** A command that asks the same; where a key is used, it is left to the reader's environment. */
export function asCurl(query: string, origin: string, withKey: boolean): string {
  const key = withKey ? ` \\\n  -H "authorization: Bearer $KG_KEY"` : "";
  return (
    `curl -s ${origin}/graphql -H 'content-type: application/json'${key} -d @- <<'END'\n` +
    `${JSON.stringify({ query })}\nEND\n`
  );
}
