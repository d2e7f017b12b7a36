import { useEffect, useState } from "preact/hooks";
import { refusal } from "../asking";
import { STATEMENTS } from "../documents";
import type { Direction, EntityCard, Row } from "../documents";
import { EntityLink, Failure, Score, literalText } from "../parts";
import { ask } from "../service";
import type { Refused } from "../service";
import { Evidence } from "./evidence";

const PAGE = 20;

interface Props {
  entity: EntityCard;
  direction: Direction;
  counts: EntityCard["out"];
  commonsense: boolean;
  title: string;
}

interface Pages {
  rows: Row[];
  total: number;
  after: string | null;
}

/** Statements of one entity in one direction, page after page, of all relations or of one. */
export function Statements({ entity, direction, counts, commonsense, title }: Props) {
  const [relation, setRelation] = useState("");
  const [pages, setPages] = useState<Pages | null>(null);
  const [error, setError] = useState<Refused | null>(null);
  const relations = relation ? [relation] : counts.map((one) => one.relation.id);

  const load = (known: Pages | null, signal?: AbortSignal) => {
    const order = commonsense ? "TYPICALITY" : "RELATION";
    const after = known?.after ?? null;
    const variables = { id: entity.id, direction, relations, order, first: PAGE, after } as const;
    ask(STATEMENTS, variables, signal).then(
      ({ entities: [found] }) => {
        if (!found) return;
        const { nodes, totalCount, pageInfo } = found.statements;
        setPages({
          rows: [...(known?.rows ?? []), ...nodes],
          total: totalCount,
          after: pageInfo.hasNextPage ? pageInfo.endCursor : null,
        });
      },
      (error: unknown) => {
        if (!signal?.aborted) setError(refusal(error));
      },
    );
  };
  useEffect(() => {
    const leaving = new AbortController();
    setPages(null);
    load(null, leaving.signal);
    return () => leaving.abort();
  }, [entity.id, relation]);

  return (
    <section class="statements" aria-label={`${title}: ${commonsense ? "commonsense" : "facts"}`}>
      <div class="bar-line">
        <h3>{title}</h3>
        {counts.length > 1 && (
          <label>
            <span class="sr">Relation</span>
            <select value={relation} onChange={(event) => setRelation(event.currentTarget.value)}>
              <option value="">all relations</option>
              {counts.map((one) => (
                <option key={one.relation.id} value={one.relation.id}>
                  {one.relation.label} ({one.count.toLocaleString("en")})
                </option>
              ))}
            </select>
          </label>
        )}
      </div>
      {error && <Failure error={error} />}
      {pages ? (
        <>
          <ul class="rows">
            {commonsense && <Heads />}
            {pages.rows.map((row) => (
              <Line key={row.id} row={row} direction={direction} commonsense={commonsense} />
            ))}
          </ul>
          <p class="paging quiet">
            {pages.rows.length} of {pages.total.toLocaleString("en")}
            {pages.after && (
              <button type="button" onClick={() => load(pages)}>
                Show more
              </button>
            )}
          </p>
        </>
      ) : (
        !error && <p class="quiet waiting">Asking …</p>
      )}
    </section>
  );
}

/** What the columns of numbers are; a screen reader hears it with each number. */
function Heads() {
  return (
    <li class="statement scored heads" aria-hidden="true">
      <span class="relation" />
      <span class="other" />
      <span>typicality</span>
      <span>plausibility</span>
      <span />
    </li>
  );
}

function Line({ row, direction, commonsense }: { row: Row; direction: Direction; commonsense: boolean }) {
  const [open, setOpen] = useState(false);
  const other = direction === "OUT" ? row.object : row.subject;
  return (
    <li>
      <div class={commonsense ? "statement scored" : "statement"}>
        <span class="relation">
          {direction === "IN" && <span aria-hidden="true">← </span>}
          {row.relation.label}
          {direction === "IN" && <span class="sr"> of</span>}
        </span>
        <span class="other">
          {other ? <EntityLink entity={other} /> : row.value && <span>{literalText(row.value)}</span>}
        </span>
        {commonsense && (
          <>
            <Score name="typicality" value={row.typicality} />
            <Score name="plausibility" value={row.plausibility} />
          </>
        )}
        <button type="button" class="plain" aria-expanded={open} onClick={() => setOpen(!open)}>
          support {row.support.toLocaleString("en")}
          <span class="sr">, the evidence for: {row.text}</span>
        </button>
      </div>
      {open && <Evidence id={row.id} />}
    </li>
  );
}
