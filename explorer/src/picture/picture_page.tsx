import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { addressOf, entityAddress, go } from "../address";
import { refusal } from "../asking";
import { Dot, Failure, kinds } from "../parts";
import { EntitySearch } from "../search/entity_search";
import type { Refused } from "../service";
import { whenThemeChanges } from "../theme";
import { useVocabulary } from "../vocabulary";
import type { Drawing } from "./drawing";
import { EMPTY, allOpened, opened, withEntities, withLines } from "./growth";
import type { Drawn, Growth, Join } from "./growth";

interface Props {
  ids: string[];
  lines: string[];
  opened: string[];
  hidden: string[];
}

/** A picture that grows by clicking; beside it the same as a list, for keyboard and screen reader. */
export function PicturePage(given: Props) {
  const vocabulary = useVocabulary();
  const [growth, setGrowth] = useState<Growth>(EMPTY);
  const [chosen, setChosen] = useState<string | null>(given.ids[0] ?? null);
  const [roots, setRoots] = useState(given.ids);
  const [clicked, setClicked] = useState(given.opened);
  const [hidden, setHidden] = useState(new Set(given.hidden));
  const [error, setError] = useState<Refused | null>(null);
  const [busy, setBusy] = useState(true);
  const frame = useRef<HTMLDivElement>(null);
  const [drawing, setDrawing] = useState<Drawing | null>(null);

  const colour = (entity: Drawn) => vocabulary.colour(entity.types);
  const kindOf = (entity: Drawn) => (entity.types[0] ? vocabulary.root(entity.types[0].id) : "");
  const isShown = (entity: Drawn) => !hidden.has(kindOf(entity));
  const shown = useMemo(() => [...growth.entities.values()].filter(isShown), [growth, hidden]);
  const lines = useMemo(() => {
    const ids = new Set(shown.map((one) => one.id));
    return [...growth.lines.values()].filter((one) => ids.has(one.subject.id) && ids.has(one.object.id));
  }, [growth, shown]);

  const grow = async (work: (signal: AbortSignal) => Promise<Growth>) => {
    setBusy(true);
    try {
      setGrowth(await work(new AbortController().signal));
      setError(null);
    } catch (error) {
      setError(refusal(error));
    }
    setBusy(false);
  };
  const open = (id: string) => {
    setChosen(id);
    setClicked((known) => (known.includes(id) ? known : [...known, id]));
    void grow((signal) => opened(growth, id, signal));
  };
  const add = (id: string) => {
    setRoots((known) => [...known, id]);
    void grow(async (signal) => opened(await withEntities(growth, [id], signal), id, signal));
    setClicked((known) => [...known, id]);
    setChosen(id);
  };
  const toggle = (kind: string) => {
    const next = new Set(hidden);
    if (!next.delete(kind)) next.add(kind);
    setHidden(next);
  };

  // A click in the picture comes to the newest `open`, not to that of the first drawing.
  const newest = useRef(open);
  newest.current = open;
  useEffect(() => {
    let mine: Drawing | null = null;
    let left = false;
    void import("./drawing").then(({ draw }) => {
      if (left || !frame.current) return;
      mine = draw(frame.current, (id) => (id === null ? setChosen(null) : newest.current(id)));
      setDrawing(mine);
    });
    const stop = whenThemeChanges(() => mine?.recolour());
    return () => {
      left = true;
      stop();
      mine?.end();
    };
  }, []);
  useEffect(() => {
    void grow(async (signal) =>
      allOpened(
        await withLines(await withEntities(EMPTY, given.ids, signal), given.lines, signal),
        given.opened,
        signal,
      ),
    );
  }, []);
  useEffect(() => {
    drawing?.show(growth, isShown, colour);
    if (drawing && frame.current) frame.current.dataset["drawn"] = String(shown.length);
  }, [drawing, growth, hidden]);
  useEffect(() => drawing?.choose(chosen), [drawing, growth, hidden, chosen]);
  useEffect(
    () => go({ name: "picture", ids: roots, lines: given.lines, opened: clicked, hidden: [...hidden] }, true),
    [roots, clicked, hidden],
  );

  const legend = useMemo(() => legendOf([...growth.entities.values()], kindOf), [growth]);
  const at = chosen === null ? undefined : growth.entities.get(chosen);
  return (
    <div class="picture-page">
      <h1 tabIndex={-1}>Picture</h1>
      <div class="bar-line">
        <EntitySearch
          label="Add to the picture"
          hiddenLabel
          placeholder="add something …"
          onChoose={({ id }) => add(id)}
        />
        <button type="button" onClick={() => drawing?.fit()}>
          Show all
        </button>
        <span class="quiet" role="status">
          {busy ? "Asking …" : `${shown.length} entities, ${lines.length} statements`}
        </span>
      </div>
      {error && <Failure error={error} />}
      <div class="picture">
        <div class="frame-side">
          <div
            ref={frame}
            class="frame"
            role="img"
            aria-label={`Picture of ${shown.length} entities and ${lines.length} statements between them. The list beside it holds the same.`}
          />
          <ul class="legend" aria-label="Types in the picture">
            {legend.map(({ kind, count, types }) => (
              <li key={kind}>
                <button type="button" aria-pressed={!hidden.has(kind)} onClick={() => toggle(kind)}>
                  <Dot types={types} />
                  {vocabulary.typeLabel(kind)} <span class="quiet">{count}</span>
                </button>
              </li>
            ))}
          </ul>
        </div>
        <aside aria-label="What is in the picture">
          {at ? (
            <Chosen
              entity={at}
              lines={lines}
              isDone={growth.readings.get(at.id)?.isDone ?? false}
              onOpen={open}
            />
          ) : (
            <p class="quiet">Click on anything to see what is around it.</p>
          )}
          <h2>All in the picture</h2>
          <ul class="members">
            {shown.map((one) => (
              <li key={one.id}>
                <button
                  type="button"
                  class="plain"
                  aria-current={one.id === chosen}
                  onClick={() => open(one.id)}
                >
                  <Dot types={one.types} />
                  {one.label}
                  <span class="sr"> ({kinds(one.types)})</span>
                </button>
              </li>
            ))}
          </ul>
        </aside>
      </div>
    </div>
  );
}

function Chosen(props: { entity: Drawn; lines: Join[]; isDone: boolean; onOpen: (id: string) => void }) {
  const { entity, lines, isDone, onOpen } = props;
  const own = lines.filter((one) => one.subject.id === entity.id || one.object.id === entity.id);
  return (
    <section class="chosen" aria-label="Chosen" aria-live="polite">
      <h2>
        <Dot types={entity.types} />
        {entity.label}
      </h2>
      <p class="quiet">{[kinds(entity.types), entity.description].filter(Boolean).join(" · ")}</p>
      <p class="links">
        <button type="button" disabled={isDone} onClick={() => onOpen(entity.id)}>
          {isDone ? "All is shown" : "Show more of it"}
        </button>
        <a class="button" href={entityAddress(entity.id)}>
          Its page
        </a>
        <a
          class="button"
          href={addressOf({
            name: "ask",
            question: {
              scoring: "plain",
              set: {
                rows: [
                  { join: "and", start: { by: "entity", id: entity.id, label: entity.label }, steps: [] },
                ],
              },
            },
          })}
        >
          Ask
        </a>
      </p>
      <ul class="sayings" tabIndex={0} aria-label="What is said of it in the picture">
        {own.map((one) => (
          <li key={one.id}>{one.text}</li>
        ))}
      </ul>
    </section>
  );
}

function legendOf(entities: Drawn[], kindOf: (entity: Drawn) => string) {
  const kindsIn = new Map<string, { kind: string; count: number; types: Drawn["types"] }>();
  for (const one of entities) {
    const kind = kindOf(one);
    const known = kindsIn.get(kind) ?? { kind, count: 0, types: one.types };
    known.count += 1;
    kindsIn.set(kind, known);
  }
  return [...kindsIn.values()].sort((one, other) => other.count - one.count);
}
