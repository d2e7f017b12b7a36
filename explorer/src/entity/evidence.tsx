import { useAnswer } from "../asking";
import { EVIDENCE } from "../documents";
import type { Assertion } from "../documents";
import { Awaited, EntityLink, Score } from "../parts";

/** Who says so, and what single behaviors stand behind a statement that was rolled up. */
export function Evidence({ id }: { id: string }) {
  return (
    <div class="evidence">
      <Awaited asked={useAnswer(EVIDENCE, { id })}>
        {({ node }) => {
          if (!node) return <p class="quiet">It is gone.</p>;
          const { assertions, evidence, qualifiers } = node;
          return (
            <>
              <p>
                <strong>{node.text}</strong>
              </p>
              {qualifiers.map((set, place) => (
                <p key={place}>
                  {set.qualifiers
                    .map((one) => `${one.relation.label}: ${one.object?.label ?? one.value?.text ?? ""}`)
                    .join(" · ")}
                </p>
              ))}
              {assertions.length > 0 && (
                <ul aria-label="Assertions">
                  {assertions.map((one) => (
                    <li key={one.id}>
                      <Said assertion={one} />
                    </li>
                  ))}
                </ul>
              )}
              {evidence.totalCount > 0 && (
                <>
                  <p class="quiet">
                    Rolled up from{" "}
                    {evidence.totalCount === 1 ? "one behavior" : `${evidence.totalCount} behaviors`}
                    {evidence.totalCount > evidence.nodes.length &&
                      `, of which ${evidence.nodes.length} are shown`}
                  </p>
                  <ul aria-label="Behaviors behind it">
                    {evidence.nodes.map((one) => (
                      <li key={one.id} class="statement">
                        <span class="other">
                          <EntityLink entity={{ ...one.subject, types: [] }} />
                        </span>
                        <Score name="typicality" value={one.typicality} />
                        <Score name="plausibility" value={one.plausibility} />
                        <span class="quiet">support {one.support.toLocaleString("en")}</span>
                      </li>
                    ))}
                  </ul>
                </>
              )}
            </>
          );
        }}
      </Awaited>
    </div>
  );
}

function Said({ assertion }: { assertion: Assertion }) {
  const { dataset, run, generator, generatedAt, marketplace, domain, rawText } = assertion;
  const where = [
    generator && `by ${generator}`,
    generatedAt?.slice(0, 10),
    marketplace,
    domain,
    run && `run ${run}`,
  ].filter(Boolean);
  const judged = [...assertion.annotation, ...assertion.filters];
  return (
    <>
      {rawText && <q>{rawText}</q>} <span class="quiet">{[dataset, ...where].join(" · ")}</span>
      {judged.length > 0 && (
        <span class="quiet"> · {judged.map((one) => `${one.id} ${one.value}`).join(", ")}</span>
      )}
    </>
  );
}
