import { useEffect } from "preact/hooks";
import { addressOf, pictureAddress } from "../address";
import { useAnswer } from "../asking";
import { ENTITY } from "../documents";
import type { EntityCard } from "../documents";
import { Awaited, Copying, Dot } from "../parts";
import { bound } from "../writing";
import { Statements } from "./statements";

/** All that is known of one entity, in both directions. */
export function EntityPage({ id }: { id: string }) {
  return (
    <Awaited asked={useAnswer(ENTITY, { id })}>
      {({ entities: [entity] }) =>
        entity ? (
          <Entity key={entity.id} entity={entity} />
        ) : (
          <>
            <h1 tabIndex={-1}>Nothing has this id</h1>
            <p>
              <code>{id}</code> is not in the graph.{" "}
              <a href={addressOf({ name: "search", text: id })}>Search for it</a>
            </p>
          </>
        )
      }
    </Awaited>
  );
}

function Entity({ entity }: { entity: EntityCard }) {
  useEffect(() => {
    document.title = `${entity.label} · kgservice`;
  }, [entity.label]);
  return (
    <article class="entity-page">
      <Head entity={entity} />
      <Sides entity={entity} commonsense title="Commonsense" />
      <Sides entity={entity} commonsense={false} title="Facts" />
      <Copying graphql={bound(ENTITY.text, { id: entity.id })} />
    </article>
  );
}

function Head({ entity }: { entity: EntityCard }) {
  const isProduct = entity.types.some((type) => type.id === "Product");
  return (
    <header>
      <h1 tabIndex={-1}>{entity.label}</h1>
      {entity.description && <p class="lead">{entity.description}</p>}
      <ul class="types" aria-label="Types">
        {entity.types.map((type) => (
          <li key={type.id}>
            <Dot types={[type]} />
            {type.label}
          </li>
        ))}
      </ul>
      <dl class="small">
        {entity.aliases.length > 0 && (
          <>
            <dt>Also called</dt>
            <dd>{entity.aliases.join(", ")}</dd>
          </>
        )}
        <dt>Id</dt>
        <dd>
          <code>{entity.id}</code>
          {entity.mergedIds.length > 0 && <span class="quiet"> and {entity.mergedIds.join(", ")}</span>}
        </dd>
        <dt>Statements</dt>
        <dd>{entity.degree.toLocaleString("en")}</dd>
      </dl>
      <p class="links">
        <a class="button primary" href={pictureAddress(entity.id)}>
          Draw a picture
        </a>
        <a class="button" href={addressOf({ name: "ask", question: from(entity) })}>
          Ask from here
        </a>
        {isProduct && (
          <a class="button" href={addressOf({ name: "compare", one: entity.id, other: "" })}>
            Compare with another product
          </a>
        )}
      </p>
    </header>
  );
}

function from({ id, label }: EntityCard) {
  const start = { by: "entity" as const, id, label };
  return { set: { rows: [{ join: "and" as const, start, steps: [] }] }, scoring: "plain" as const };
}

/** What it says, and what is said of it: of one kind of relation. */
function Sides(props: { entity: EntityCard; commonsense: boolean; title: string }) {
  const { entity, commonsense, title } = props;
  const out = entity.out.filter((one) => one.relation.commonsense === commonsense);
  const into = entity.in.filter((one) => one.relation.commonsense === commonsense);
  if (!out.length && !into.length) return null;
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      {out.length > 0 && (
        <Statements
          entity={entity}
          direction="OUT"
          counts={out}
          commonsense={commonsense}
          title="From here"
        />
      )}
      {into.length > 0 && (
        <Statements entity={entity} direction="IN" counts={into} commonsense={commonsense} title="To here" />
      )}
    </section>
  );
}
