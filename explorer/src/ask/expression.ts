/** From a question to the GraphQL that asks it. */
import { Word, written } from "../writing";
import type { Value } from "../writing";
import type { Best, Condition, Group, Question, Row, ScoringName, Start, Step } from "./question";

type Expression = { [name: string]: Value | undefined };

const SCORING: Record<ScoringName, Expression | undefined> = {
  plain: undefined,
  typicality: { statement: new Word("TYPICALITY") },
  walks: { merge: new Word("SUM") },
  shared: { statement: new Word("TYPICALITY"), merge: new Word("SUM"), intersect: new Word("PRODUCT") },
};

/** Answers on a page of the list. */
export const PAGE = 20;

const FOUND = `{
    totalCount
    pageInfo { hasNextPage endCursor }
    edges {
      score
      node { id label description types { id label } }
      support {
        leg
        score
        entities { id label types { id label } }
        statements { id text typicality relation { id label } subject { id } }
      }
    }
    resolutions { text nilProbability candidates { confidence entity { id label description } } }
  }`;

/** The whole document: exactly this is sent. */
export function documentOf(question: Question, after: string | null = null): string {
  return answersOf(question, FOUND, { first: PAGE, after: after ?? undefined });
}

/** The document that asks how a page of the answers is found, in Cypher too. */
export function explainingDocument(question: Question): string {
  return answersOf(question, "{ pageInfo { hasNextPage } explain { cypher parameters } }", { first: PAGE });
}

function answersOf(question: Question, selection: string, paging: Expression): string {
  const given: Expression = {
    ...paging,
    scoring: SCORING[question.scoring],
    query: expressionOf(question.set),
  };
  const lines = Object.entries(given).flatMap(([name, value]) =>
    value === undefined ? [] : [`    ${name}: ${written(value, "    ")}`],
  );
  return `{\n  answers(\n${lines.join("\n")}\n  ) ${selection}\n}`;
}

/** Rows joined from top to bottom, then filtered, then cut to the best. */
export function expressionOf(group: Group): Expression {
  let all: Expression = {};
  group.rows.forEach((row, place) => {
    const one = walkOf(row);
    all = place ? joined(all, row.join, one) : one;
  });
  return bestOf(filtered(all, group.types ?? [], group.where ?? []), group.best);
}

function joined(above: Expression, join: Row["join"], one: Expression): Expression {
  if (join === "not") return { subtract: { from: above, remove: one } };
  const name = join === "and" ? "intersect" : "union";
  const before = above[name];
  return { [name]: [...(Array.isArray(before) ? before : [above]), one] };
}

function walkOf({ start, steps, path }: Row): Expression {
  const from = startOf(start);
  if (path !== undefined) return { follow: { from, path: path.trim() } };
  return steps.length ? { follow: { from, steps: steps.map(stepOf) } } : from;
}

function startOf(start: Start): Expression {
  switch (start.by) {
    case "entity":
      return { ids: [start.id] };
    case "name":
      return { mention: { text: start.text.trim(), types: some(start.types) } };
    case "type":
      return { type: start.type };
    case "group":
      return expressionOf(start.set);
  }
}

function stepOf(step: Step): Expression {
  const { minTypicality, minPlausibility, minSupport } = step;
  const where = { minPlausibility, minTypicality, minSupport };
  const isFiltered = Object.values(where).some((one) => one !== undefined);
  return {
    relations: some(step.relations),
    direction: step.direction === "OUT" ? undefined : new Word(step.direction),
    hops: hopsOf(step),
    where: isFiltered ? where : undefined,
    types: some(step.types),
    exceptStart: step.exceptStart || undefined,
  };
}

function hopsOf({ min, max }: Step): Expression | undefined {
  if (max === null) return { min, unbounded: true };
  return min === 1 && max === 1 ? undefined : { min, max };
}

function filtered(of: Expression, types: string[], where: Condition[]): Expression {
  const whole = where.filter((one) => one.relation && one.value.trim());
  if (!types.length && !whole.length) return of;
  const conditions = whole.map(({ relation, op, value }) => ({
    relation,
    op: new Word(op),
    value: value.trim(),
  }));
  return { filter: { types: some(types), where: conditions.length ? conditions : undefined, of } };
}

function bestOf(of: Expression, best: Best | undefined): Expression {
  if (!best) return of;
  return { top: { by: best.by ?? undefined, order: new Word(best.order), first: best.first, of } };
}

function some(list: string[] | undefined): string[] | undefined {
  return list?.length ? list : undefined;
}
