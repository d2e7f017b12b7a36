import { addressOf, go } from "./address";
import { EXAMPLES } from "./ask/examples";
import { EntitySearch } from "./search/entity_search";
import { useVocabulary } from "./vocabulary";

/** What is here, and where to begin. */
export function HomePage() {
  const vocabulary = useVocabulary();
  const { entityCount, statementCount } = vocabulary.stats;
  const types = [...vocabulary.types]
    .filter((one) => one.entityCount > 0)
    .sort((one, other) => other.entityCount - one.entityCount);
  return (
    <>
      <section class="welcome">
        <h1 tabIndex={-1}>What is it for, and what is true of it?</h1>
        <EntitySearch
          label="Search for anything"
          hiddenLabel
          big
          placeholder="a product, a wish, a film, a city … spelling does not matter"
          onChoose={(entity) => go({ name: "entity", id: entity.id })}
          onText={(text) => go({ name: "search", text })}
        />
        <p class="quiet">
          {entityCount.toLocaleString("en")} entities, {statementCount.toLocaleString("en")} statements
        </p>
      </section>
      <section aria-labelledby="questions">
        <h2 id="questions">Questions to begin with</h2>
        <ul class="cards">
          {EXAMPLES.map((one) => (
            <li key={one.title}>
              <a href={addressOf({ name: "ask", question: one.question })}>
                <strong>{one.title}</strong>
                <span class="quiet">{one.how}</span>
              </a>
            </li>
          ))}
        </ul>
      </section>
      <section aria-labelledby="kinds">
        <h2 id="kinds">What there is</h2>
        <ul class="kinds-list">
          {types.map((one) => (
            <li key={one.id}>
              <a
                href={addressOf({ name: "ask", question: everyOf(one.id) })}
                title={one.description ?? one.label}
              >
                <span class={`dot kind-${vocabulary.colour([one])}`} aria-hidden="true" />
                {one.label} <span class="quiet">{one.entityCount.toLocaleString("en")}</span>
              </a>
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}

function everyOf(type: string) {
  return {
    set: { rows: [{ join: "and" as const, start: { by: "type" as const, type }, steps: [] }] },
    scoring: "plain" as const,
  };
}
