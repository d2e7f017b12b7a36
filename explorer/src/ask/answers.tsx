import { useEffect, useState } from "preact/hooks";
import { addressOf } from "../address";
import { refusal } from "../asking";
import type { Card, Kind, PageInfo } from "../documents";
import { EntityLink, Failure, kinds } from "../parts";
import { askText } from "../service";
import type { Refused } from "../service";
import { documentOf } from "./expression";
import type { Question } from "./question";
import { Reasons } from "./reasons";
import type { Walk } from "./reasons";

interface Edge {
  score: number;
  node: Card;
  support: Walk[];
}

interface Resolution {
  text: string;
  nilProbability: number;
  candidates: { confidence: number; entity: Kind & { description: string | null } }[];
}

interface Page {
  totalCount: number;
  pageInfo: PageInfo;
  edges: Edge[];
  resolutions: Resolution[];
}

/** The answers page by page, each with its score and the walks that explain it. */
export function Answers({ question }: { question: Question }) {
  const [found, setFound] = useState<Page | null>(null);
  const [error, setError] = useState<Refused | null>(null);
  const load = (known: Page | null) => {
    const leaving = new AbortController();
    const document = documentOf(question, known?.pageInfo.endCursor);
    askText<{ answers: Page }>(document, {}, leaving.signal).then(
      ({ answers }) => setFound({ ...answers, edges: [...(known?.edges ?? []), ...answers.edges] }),
      (error: unknown) => {
        if (!leaving.signal.aborted) setError(refusal(error));
      },
    );
    return () => leaving.abort();
  };
  useEffect(() => load(null), []);
  return (
    <section class="answers" aria-labelledby="answers" aria-live="polite">
      <h2 id="answers">Answers{found && ` (${found.totalCount.toLocaleString("en")})`}</h2>
      {error && <Failure error={error} />}
      {!found && !error && <p class="quiet waiting">Asking …</p>}
      {found && (
        <>
          {found.resolutions.map((one, place) => (
            <Understood key={place} resolution={one} />
          ))}
          {linesOf(found.edges).length > 0 && (
            <p>
              <a class="button" href={pictureOf(found.edges)}>
                Draw the reasons in one picture
              </a>
            </p>
          )}
          {found.edges.length === 0 && <p>Nothing in the graph answers this.</p>}
          <ol>
            {found.edges.map((edge) => (
              <li key={edge.node.id}>
                <p class="answer">
                  <EntityLink entity={edge.node} />
                  <span class="quiet">{kinds(edge.node.types)}</span>
                  <span class="number" title="score">
                    <span class="sr">score </span>
                    {shownScore(edge.score)}
                  </span>
                </p>
                {edge.node.description && <p class="quiet">{edge.node.description}</p>}
                <Reasons support={edge.support} />
              </li>
            ))}
          </ol>
          {found.pageInfo.hasNextPage && (
            <button type="button" onClick={() => load(found)}>
              Show more
            </button>
          )}
        </>
      )}
    </section>
  );
}

function linesOf(edges: Edge[]): string[] {
  const all = edges.flatMap(({ support }) => support.flatMap((walk) => walk.statements.map((one) => one.id)));
  return [...new Set(all)];
}

function pictureOf(edges: Edge[]): string {
  return addressOf({ name: "picture", ids: [], lines: linesOf(edges), opened: [], hidden: [] });
}

function Understood({ resolution }: { resolution: Resolution }) {
  const { text, candidates } = resolution;
  return (
    <p class="understood quiet">
      “{text}” was taken for{" "}
      {candidates.length
        ? candidates
            .slice(0, 3)
            .map(({ confidence, entity }) => `${entity.label} (${Math.round(confidence * 100)} %)`)
            .join(", ")
        : "nothing that is in the graph"}
    </p>
  );
}

function shownScore(score: number): string {
  return Number.isInteger(score) ? String(score) : score.toPrecision(3);
}
