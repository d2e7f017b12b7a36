import { addressOf, entityAddress, go, pictureAddress } from "../address";
import { useAnswer } from "../asking";
import { SEARCH } from "../documents";
import { Awaited, Copying, Dot, kinds } from "../parts";
import { bound } from "../writing";
import { EntitySearch, why } from "./entity_search";
import { found } from "./why";

const SHOWN = 20;

/** Everything that a text may mean, with the reasons. */
export function SearchPage({ text }: { text: string }) {
  const variables = text ? { text, types: null, first: SHOWN } : null;
  const asked = useAnswer(SEARCH, variables);
  return (
    <>
      <h1 tabIndex={-1}>Search</h1>
      <EntitySearch
        label="Search for anything"
        hiddenLabel
        big
        initial={text}
        placeholder="a product, a wish, a film, a city …"
        onChoose={(entity) => go({ name: "entity", id: entity.id })}
        onText={(text) => go({ name: "search", text })}
      />
      {variables && (
        <Awaited asked={asked}>
          {(answer) => {
            const all = found(answer, text);
            const nobody = answer.resolve[0]?.nilProbability ?? 1;
            return (
              <section aria-label="Results">
                <p class="quiet" role="status">
                  {all.length ? `${all.length} found` : "Nothing is called so, nor nearly so."} · that none of
                  them is meant: {Math.round(nobody * 100)} %
                </p>
                <ol class="results">
                  {all.map((one) => (
                    <li key={one.entity.id}>
                      <a href={entityAddress(one.entity.id)}>
                        <Dot types={one.entity.types} />
                        {one.entity.label}
                      </a>{" "}
                      <span class="quiet">{kinds(one.entity.types)}</span>
                      {one.entity.description && <p>{one.entity.description}</p>}
                      <p class="why">
                        {one.name !== one.entity.label && <>“{one.name}” </>}
                        {why(one)}
                      </p>
                      <p class="links">
                        <a href={pictureAddress(one.entity.id)}>picture</a>
                      </p>
                    </li>
                  ))}
                </ol>
                <p>
                  <a href={addressOf({ name: "ask", question: null })}>Ask a question instead</a>
                </p>
                <Copying graphql={bound(SEARCH.text, variables)} />
              </section>
            );
          }}
        </Awaited>
      )}
    </>
  );
}
