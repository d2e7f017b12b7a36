/** What a picture shows, as it grows: entities, and the statements between them. */
import type { Card, Line, NeighboursAnswer } from "../documents";
import { CARDS, LINES, NEIGHBOURS } from "../documents";
import { ask } from "../service";

export type Drawn = Card & { degree: number };

/** How far the statements of an opened entity were read. */
interface Reading {
  afterOut: string | null;
  afterIn: string | null;
  isDone: boolean;
}

/** A statement between two entities. */
export type Join = Line & { object: Drawn };

export interface Growth {
  entities: ReadonlyMap<string, Drawn>;
  lines: ReadonlyMap<string, Join>;
  readings: ReadonlyMap<string, Reading>;
}

export const EMPTY: Growth = { entities: new Map(), lines: new Map(), readings: new Map() };

/** Statements in each direction that one click brings: a dozen new names can still be taken in. */
const AT_ONCE = 12;

/** Entities by their ids, without what is around them; unknown ones are left out. */
export async function withEntities(growth: Growth, ids: string[], signal: AbortSignal): Promise<Growth> {
  const missing = ids.filter((id) => !growth.entities.has(id));
  if (!missing.length) return growth;
  const { entities } = await ask(CARDS, { ids: missing }, signal);
  const known = entities.flatMap((one) => (one ? [[one.id, one] as const] : []));
  return { ...growth, entities: new Map([...growth.entities, ...known]) };
}

/** Statements by their ids, with both their ends; unknown ones are left out. */
export async function withLines(growth: Growth, ids: string[], signal: AbortSignal): Promise<Growth> {
  if (!ids.length) return growth;
  const { nodes } = await ask(LINES, { ids }, signal);
  return drawn(
    growth,
    nodes.filter((one): one is Line => one !== null && "subject" in one),
  );
}

/** The same with the next statements of one entity. */
export async function opened(growth: Growth, id: string, signal: AbortSignal): Promise<Growth> {
  const reading = growth.readings.get(id);
  if (reading?.isDone) return growth;
  const { afterOut = null, afterIn = null } = reading ?? {};
  const answer = await ask(NEIGHBOURS, { id, first: AT_ONCE, afterOut, afterIn }, signal);
  return answer.entities[0] ? grown(growth, answer.entities[0], reading) : growth;
}

/** Several entities opened at once, in their order. */
export async function allOpened(growth: Growth, ids: string[], signal: AbortSignal): Promise<Growth> {
  const variables = { first: AT_ONCE, afterOut: null, afterIn: null };
  const answers = await Promise.all(ids.map((id) => ask(NEIGHBOURS, { id, ...variables }, signal)));
  return answers.reduce((all, { entities: [one] }) => (one ? grown(all, one, undefined) : all), growth);
}

function grown(
  growth: Growth,
  entity: NonNullable<NeighboursAnswer["entities"][0]>,
  reading: Reading | undefined,
): Growth {
  const { id, label, description, degree, types } = entity;
  const all = drawn(growth, [...entity.out.nodes, ...entity.in.nodes]);
  const entities = new Map(all.entities).set(id, { id, label, description, degree, types });
  const readings = new Map(growth.readings);
  // Behind the last cursor of a side that was read to its end there is an empty page.
  readings.set(id, {
    afterOut: entity.out.pageInfo.endCursor ?? reading?.afterOut ?? null,
    afterIn: entity.in.pageInfo.endCursor ?? reading?.afterIn ?? null,
    isDone: !entity.out.pageInfo.hasNextPage && !entity.in.pageInfo.hasNextPage,
  });
  return { ...all, entities, readings };
}

function drawn(growth: Growth, more: Line[]): Growth {
  const entities = new Map(growth.entities);
  const lines = new Map(growth.lines);
  for (const line of more) {
    const { subject, object } = line;
    if (!object) continue; // a literal is on the page of the entity
    entities.set(subject.id, subject);
    entities.set(object.id, object);
    lines.set(line.id, { ...line, object });
  }
  return { ...growth, entities, lines };
}
