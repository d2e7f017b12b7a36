/**
 * A question as it is built by hand: rows that are joined from top to bottom.
 *
 * Each row starts somewhere, walks on, and joins what the rows above it found: "and" keeps what both
 * found, "or" adds, "but not" takes away. A row may start from a group, which is rows again, and walk
 * on by a property path in the place of steps: so every expression of the API can be built.
 */

export type Join = "and" | "or" | "not";

export type Start =
  | { by: "entity"; id: string; label: string }
  | { by: "name"; text: string; types?: string[] }
  | { by: "type"; type: string }
  | { by: "group"; set: Group };

export interface Step {
  relations: string[];
  direction: "OUT" | "IN" | "BOTH";
  /** How often the step is taken; max null: any number of times. */
  min: number;
  max: number | null;
  types: string[];
  minTypicality?: number;
  minPlausibility?: number;
  minSupport?: number;
  exceptStart?: boolean;
}

export interface Row {
  join: Join;
  start: Start;
  steps: Step[];
  /** A property path that is walked instead of steps. */
  path?: string;
}

export const COMPARISONS = ["EQ", "NE", "LT", "LE", "GT", "GE"] as const;
export type Comparison = (typeof COMPARISONS)[number];

export interface Condition {
  relation: string;
  op: Comparison;
  value: string;
}

export interface Best {
  by: string | null;
  order: "ASC" | "DESC";
  first: number;
}

export interface Group {
  rows: Row[];
  types?: string[];
  where?: Condition[];
  best?: Best;
}

export const SCORINGS = ["plain", "typicality", "walks", "shared"] as const;
export type ScoringName = (typeof SCORINGS)[number];

export interface Question {
  set: Group;
  scoring: ScoringName;
}

export const ONCE: Step = { relations: [], direction: "OUT", min: 1, max: 1, types: [] };

export function newRow(join: Join): Row {
  return { join, start: { by: "name", text: "" }, steps: [] };
}

export const NEW: Question = { set: { rows: [newRow("and")] }, scoring: "plain" };

/** The question of an address; null where there is none, or none that can be read. */
export function readQuestion(text: string | null): Question | null {
  if (text === null) return null;
  try {
    const read: unknown = JSON.parse(text);
    return isQuestion(read) ? read : null;
  } catch {
    return null;
  }
}

function isQuestion(read: unknown): read is Question {
  const one = read as Question;
  return SCORINGS.includes(one?.scoring) && isGroup(one.set);
}

function isGroup(read: unknown): read is Group {
  const one = read as Group;
  return Array.isArray(one?.rows) && one.rows.length > 0 && one.rows.every(isRow);
}

function isRow(one: Row): boolean {
  const joins = ["and", "or", "not"].includes(one?.join);
  const steps = Array.isArray(one?.steps) && one.steps.every((step) => Array.isArray(step?.relations));
  const path = one?.path === undefined || typeof one.path === "string";
  return joins && steps && path && isStart(one.start);
}

function isStart(one: Start): boolean {
  switch (one?.by) {
    case "entity":
      return typeof one.id === "string" && typeof one.label === "string";
    case "name":
      return typeof one.text === "string";
    case "type":
      return typeof one.type === "string";
    case "group":
      return isGroup(one.set);
    default:
      return false;
  }
}

/** Whether every start and every path of a question says something. */
export function isWhole(group: Group): boolean {
  return group.rows.every(({ start, path }) => {
    if (path?.trim() === "") return false;
    if (start.by === "name") return start.text.trim() !== "";
    if (start.by === "type") return start.type !== "";
    return start.by === "entity" || isWhole(start.set);
  });
}
