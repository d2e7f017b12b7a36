import { AT_FIRST_HIDDEN, addressOf, entityAddress, go } from "../address";
import { useAnswer } from "../asking";
import { CARDS, COMPARE } from "../documents";
import type { CompareAnswer, Intent } from "../documents";
import { Awaited, Copying, Dot, EntityLink, Score } from "../parts";
import { EntitySearch } from "../search/entity_search";
import { bound } from "../writing";

interface Pair {
  key: string;
  intent: Intent;
  one: number | null;
  other: number | null;
}

interface Comparison {
  both: Pair[];
  one: Pair[];
  other: Pair[];
  overlap: number;
}

/** What two products are for: what both are, and what one alone is. */
export function ComparePage({ one, other }: { one: string; other: string }) {
  const variables = one && other ? { one, other } : null;
  const asked = useAnswer(COMPARE, variables);
  const chosen = [one, other].filter(Boolean);
  const cards = useAnswer(CARDS, chosen.length ? { ids: chosen } : null);
  const nameOf = (id: string) =>
    (cards.state === "answered" && cards.answer.entities.find((card) => card?.id === id)?.label) || id;
  return (
    <>
      <h1 tabIndex={-1}>Compare two products</h1>
      <div class="pickers">
        <Picker
          label="One product"
          chosen={nameOf(one)}
          onChoose={(id) => go({ name: "compare", one: id, other })}
        />
        <Picker
          label="Another product"
          chosen={nameOf(other)}
          onChoose={(id) => go({ name: "compare", one, other: id })}
        />
      </div>
      {variables ? (
        <Awaited asked={asked}>
          {(answer) => <Compared answer={answer} graphql={bound(COMPARE.text, variables)} />}
        </Awaited>
      ) : (
        <p class="quiet">
          Choose two products to see what shoppers want both for, and what they want only one of them for.
        </p>
      )}
    </>
  );
}

function Picker(props: { label: string; chosen: string; onChoose: (id: string) => void }) {
  return (
    <EntitySearch
      label={props.label}
      types={["Product"]}
      initial={props.chosen}
      placeholder="name or id"
      onChoose={(entity) => props.onChoose(entity.id)}
      onText={props.onChoose}
    />
  );
}

function Compared({ answer, graphql }: { answer: CompareAnswer; graphql: string }) {
  const [one, other] = answer.entities;
  if (!one || !other) return <p role="alert">There is no such product.</p>;
  const { both, one: left, other: right, overlap } = compared(answer);
  return (
    <>
      <p class="versus">
        <EntityLink entity={one} /> <span class="quiet">and</span> <EntityLink entity={other} />
        <span class="quiet">
          {" "}
          · {both.length} shared of {both.length + left.length + right.length} · overlap{" "}
          <abbr title="The smaller typicality of each intent, summed, over the sum of the larger ones">
            {overlap.toFixed(2)}
          </abbr>
        </span>
      </p>
      <Part title="Wanted for both" pairs={both} heads={[one.label, other.label]} />
      <Part title={`Only ${one.label}`} pairs={left} heads={[one.label, other.label]} />
      <Part title={`Only ${other.label}`} pairs={right} heads={[one.label, other.label]} />
      <p>
        <a
          href={addressOf({
            name: "picture",
            ids: [one.id, other.id],
            opened: [one.id, other.id],
            hidden: AT_FIRST_HIDDEN,
          })}
        >
          Draw both in one picture
        </a>
      </p>
      <Copying graphql={graphql} />
    </>
  );
}

function Part({ title, pairs, heads }: { title: string; pairs: Pair[]; heads: [string, string] }) {
  if (!pairs.length) return null;
  return (
    <table class="compared">
      <caption>{title}</caption>
      <thead>
        <tr>
          <th scope="col">Intent</th>
          {heads.map((head, place) => (
            <th key={place} scope="col">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {pairs.map(({ key, intent, one, other }) => (
          <tr key={key}>
            <th scope="row">
              <span class="quiet">{intent.relation.label}</span>{" "}
              <a href={entityAddress(intent.object.id)}>
                <Dot types={intent.object.types} />
                {intent.object.label}
              </a>
            </th>
            <td>
              <Score name="typicality" value={one} />
            </td>
            <td>
              <Score name="typicality" value={other} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Intents side by side, the most typical first. */
export function compared({ commonsense }: CompareAnswer): Comparison {
  const pairs = new Map<string, Pair & { held: [boolean, boolean] }>();
  commonsense.slice(0, 2).forEach(({ statements }, side) => {
    for (const intent of statements) {
      const key = `${intent.relation.id} ${intent.object.id}`;
      const pair = pairs.get(key) ?? { key, intent, one: null, other: null, held: [false, false] };
      pair[side ? "other" : "one"] = intent.typicality;
      pair.held[side ? 1 : 0] = true;
      pairs.set(key, pair);
    }
  });
  const all = [...pairs.values()].sort((one, other) => weight(other) - weight(one));
  const sum = (pick: (...scores: number[]) => number) =>
    all.reduce((total, pair) => total + pick(pair.one ?? 0, pair.other ?? 0), 0);
  const most = sum(Math.max);
  return {
    both: all.filter(({ held }) => held[0] && held[1]),
    one: all.filter(({ held }) => !held[1]),
    other: all.filter(({ held }) => !held[0]),
    overlap: most ? sum(Math.min) / most : 0,
  };
}

function weight({ one, other }: Pair): number {
  return (one ?? 0) + (other ?? 0);
}
