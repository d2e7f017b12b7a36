import { useVocabulary } from "../vocabulary";
import { Best, Conditions } from "./narrowing";
import { ONCE, newRow } from "./question";
import type { Group, Join, Row, Start } from "./question";
import { PathEditor } from "./path_editor";
import { Picks, typeOptions } from "./picks";
import { StartEditor } from "./start_editor";
import { StepEditor } from "./step_editor";

const JOINS: [Join, string][] = [
  ["and", "and"],
  ["or", "or"],
  ["not", "but not"],
];

interface Props {
  group: Group;
  name: string;
  onChange: (group: Group) => void;
}

/** Rows that are joined from top to bottom, and what narrows them down. */
export function GroupEditor({ group, name, onChange }: Props) {
  const vocabulary = useVocabulary();
  const { rows, types = [], where = [], best } = group;
  const change = (place: number, row: Row) => onChange({ ...group, rows: rows.with(place, row) });
  return (
    <div class="group" role="group" aria-label={name}>
      <ol class="joined">
        {rows.map((row, place) => (
          <li key={place}>
            <RowEditor
              row={row}
              isFirst={place === 0}
              isOnly={rows.length === 1}
              name={`${name}, row ${place + 1}`}
              onChange={(changed) => change(place, changed)}
              onRemove={() => onChange({ ...group, rows: rows.toSpliced(place, 1) })}
            />
          </li>
        ))}
      </ol>
      <div class="bar-line">
        {JOINS.map(([join, word]) => (
          <button
            key={join}
            type="button"
            onClick={() => onChange({ ...group, rows: [...rows, newRow(join)] })}
          >
            + {word} …
          </button>
        ))}
      </div>
      <details class="narrowing" open={types.length > 0 || where.length > 0 || best !== undefined}>
        <summary>Narrow down</summary>
        <Picks
          label="Only of these types"
          chosen={types}
          labelOf={(id) => vocabulary.typeLabel(id)}
          options={typeOptions(vocabulary)}
          onChange={(types) => onChange({ ...group, types })}
        />
        <Conditions where={where} onChange={(where) => onChange({ ...group, where })} />
        <Best
          best={best}
          onChange={(best) => {
            const { best: _, ...rest } = group;
            onChange(best ? { ...rest, best } : rest);
          }}
        />
      </details>
    </div>
  );
}

function RowEditor(props: {
  row: Row;
  isFirst: boolean;
  isOnly: boolean;
  name: string;
  onChange: (row: Row) => void;
  onRemove: () => void;
}) {
  const { row, name, onChange } = props;
  const { join, start, steps, path } = row;
  return (
    <div class="row" role="group" aria-label={name}>
      {props.isFirst ? (
        <span class="join first">Start from</span>
      ) : (
        <select
          class="join"
          aria-label={`${name}: how it joins`}
          value={join}
          onChange={(event) => onChange({ ...row, join: event.currentTarget.value as Join })}
        >
          {JOINS.map(([join, word]) => (
            <option key={join} value={join}>
              {word}
            </option>
          ))}
        </select>
      )}
      <div class="walk">
        <StartEditor start={start} name={name} onChange={(start: Start) => onChange({ ...row, start })} />
        {steps.map((step, place) => (
          <StepEditor
            key={place}
            step={step}
            name={`${name}, step ${place + 1}`}
            onChange={(changed) => onChange({ ...row, steps: steps.with(place, changed) })}
            onRemove={() => onChange({ ...row, steps: steps.toSpliced(place, 1) })}
          />
        ))}
        {path === undefined ? (
          <button type="button" onClick={() => onChange({ ...row, steps: [...steps, { ...ONCE }] })}>
            + step
          </button>
        ) : (
          <PathEditor
            path={path}
            name={`${name}, path`}
            onChange={(path) => onChange({ ...row, path })}
            onRemove={() => {
              const { path: _, ...rest } = row;
              onChange(rest);
            }}
          />
        )}
        {path === undefined && steps.length === 0 && (
          <button type="button" onClick={() => onChange({ ...row, path: "" })}>
            + path
          </button>
        )}
      </div>
      {!props.isOnly && (
        <button type="button" class="plain remove" aria-label={`Remove ${name}`} onClick={props.onRemove}>
          ×
        </button>
      )}
    </div>
  );
}
