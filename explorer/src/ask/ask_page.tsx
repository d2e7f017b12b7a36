import { useEffect, useState } from "preact/hooks";
import { go } from "../address";
import { Copying } from "../parts";
import { askText } from "../service";
import { forBrowser } from "../writing";
import type { Value } from "../writing";
import { Answers } from "./answers";
import { documentOf, explainingDocument } from "./expression";
import { GroupEditor } from "./group_editor";
import { NEW, SCORINGS, isWhole } from "./question";
import type { Question, ScoringName } from "./question";

const SCORING_WORDS: Record<ScoringName, string> = {
  plain: "all alike, names by their probability",
  typicality: "the most typical first",
  walks: "who is reached most often first",
  shared: "most that is typical and shared first",
};

/** Build a question by hand, see the GraphQL that it is, and its answers with their reasons. */
export function AskPage({ question: given }: { question: Question | null }) {
  const [question, setQuestion] = useState(given ?? NEW);
  const [asked, setAsked] = useState(given && isWhole(given.set) ? given : null);
  useEffect(() => {
    setQuestion(given ?? NEW);
    setAsked(given && isWhole(given.set) ? given : null);
  }, [given]);
  const document = documentOf(question);
  const whole = isWhole(question.set);
  const submit = (event: Event) => {
    event.preventDefault();
    if (!whole) return;
    setAsked(question);
    go({ name: "ask", question }, true);
  };
  return (
    <>
      <h1 tabIndex={-1}>Ask</h1>
      <form class="question" onSubmit={submit} aria-label="Question">
        <GroupEditor
          group={question.set}
          onChange={(set) => setQuestion({ ...question, set })}
          name="Question"
        />
        <div class="bar-line">
          <label>
            Order:{" "}
            <select
              value={question.scoring}
              onChange={(event) =>
                setQuestion({ ...question, scoring: event.currentTarget.value as ScoringName })
              }
            >
              {SCORINGS.map((one) => (
                <option key={one} value={one}>
                  {SCORING_WORDS[one]}
                </option>
              ))}
            </select>
          </label>
          <button type="submit" class="primary" disabled={!whole}>
            Ask
          </button>
          {!whole && <span class="quiet">say first where to start</span>}
        </div>
      </form>
      <div class="asked">
        <details class="graphql" open>
          <summary>The GraphQL that is sent</summary>
          <pre tabIndex={0} aria-label="GraphQL">
            <code>{document}</code>
          </pre>
          <Copying graphql={document} cypher={() => cypherOf(question)} />
        </details>
        {asked && <Answers key={JSON.stringify(asked)} question={asked} />}
      </div>
    </>
  );
}

interface Explained {
  answers: { explain: { cypher: string | null; parameters: string } };
}

/** What Neo4j is asked, for Neo4j Browser: its parameters first. Raises Refused where that is not allowed. */
async function cypherOf(question: Question): Promise<string> {
  const { explain } = (await askText<Explained>(explainingDocument(question))).answers;
  if (!explain.cypher) throw new Error("Neo4j is away: there is no Cypher to copy");
  return forBrowser(explain.cypher, JSON.parse(explain.parameters) as Record<string, Value>);
}
