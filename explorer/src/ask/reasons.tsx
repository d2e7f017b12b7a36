import type { Kind } from "../documents";
import { EntityLink } from "../parts";

export interface Walk {
  leg: number[];
  score: number;
  entities: (Kind & { types: Kind[] })[];
  statements: {
    id: string;
    text: string;
    typicality: number | null;
    relation: Kind;
    subject: { id: string };
  }[];
}

/** Why something is an answer: for each leg of the question, the walk that led to it. */
export function Reasons({ support }: { support: Walk[] }) {
  const walks = support.filter((walk) => walk.statements.length > 0);
  if (!walks.length) return null;
  return (
    <ul class="reasons" aria-label="Reasons">
      {walks.map((walk, place) => (
        <li key={place} title={walk.statements.map((one) => one.text).join("; ")}>
          <Drawn walk={walk} />
        </li>
      ))}
    </ul>
  );
}

function Drawn({ walk }: { walk: Walk }) {
  const [first, ...rest] = walk.entities;
  if (!first) return null;
  return (
    <>
      <EntityLink entity={first} />
      {rest.map((entity, place) => {
        const statement = walk.statements[place];
        const isAlong = statement?.subject.id === walk.entities[place]?.id;
        return (
          <span key={place} class="hop">
            <span class={isAlong ? "arrow along" : "arrow against"}>
              <span class="sr">{isAlong ? " to, by " : " from, by "}</span>
              <span class="relation">{statement?.relation.label}</span>
              {statement?.typicality != null && <span class="number">{statement.typicality.toFixed(2)}</span>}
            </span>
            <EntityLink entity={entity} />
          </span>
        );
      })}
    </>
  );
}
