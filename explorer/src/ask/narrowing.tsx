import { useVocabulary } from "../vocabulary";
import { COMPARISONS } from "./question";
import type { Best as BestOf, Comparison, Condition } from "./question";

const SIGNS: Record<Comparison, string> = { EQ: "=", NE: "≠", LT: "<", LE: "≤", GT: ">", GE: "≥" };

/** Conditions on values: all of them hold. */
export function Conditions(props: { where: Condition[]; onChange: (where: Condition[]) => void }) {
  const { where, onChange } = props;
  const change = (place: number, condition: Condition) => onChange(where.with(place, condition));
  return (
    <div class="conditions">
      {where.map((one, place) => (
        <div key={place} class="bar-line" role="group" aria-label={`Condition ${place + 1}`}>
          <RelationSelect
            label={`Condition ${place + 1}: value`}
            value={one.relation}
            empty="choose a value"
            onChange={(relation) => change(place, { ...one, relation })}
          />
          <select
            aria-label={`Condition ${place + 1}: comparison`}
            value={one.op}
            onChange={(event) => change(place, { ...one, op: event.currentTarget.value as Comparison })}
          >
            {COMPARISONS.map((op) => (
              <option key={op} value={op}>
                {SIGNS[op]}
              </option>
            ))}
          </select>
          <input
            type="text"
            aria-label={`Condition ${place + 1}: with`}
            placeholder="1000000, 1994-07-06, red"
            value={one.value}
            onInput={(event) => change(place, { ...one, value: event.currentTarget.value })}
          />
          <button
            type="button"
            class="plain remove"
            aria-label={`Remove condition ${place + 1}`}
            onClick={() => onChange(where.toSpliced(place, 1))}
          >
            ×
          </button>
        </div>
      ))}
      <button type="button" onClick={() => onChange([...where, { relation: "", op: "GE", value: "" }])}>
        + condition on a value
      </button>
    </div>
  );
}

/** Only the first of them: by score, or by a value. */
export function Best({ best, onChange }: { best: BestOf | undefined; onChange: (best?: BestOf) => void }) {
  if (!best) {
    return (
      <button type="button" onClick={() => onChange({ by: null, order: "DESC", first: 3 })}>
        + only the first of them
      </button>
    );
  }
  return (
    <div class="bar-line" role="group" aria-label="Only the first">
      <label>
        the{" "}
        <input
          type="number"
          aria-label="How many"
          min={1}
          max={1000}
          value={best.first}
          onInput={(event) => onChange({ ...best, first: event.currentTarget.valueAsNumber || 1 })}
        />
      </label>
      <select
        aria-label="Which end"
        value={best.order}
        onChange={(event) => onChange({ ...best, order: event.currentTarget.value as BestOf["order"] })}
      >
        <option value="DESC">largest, latest</option>
        <option value="ASC">smallest, earliest</option>
      </select>
      <span>by</span>
      <RelationSelect
        label="By which value"
        value={best.by ?? ""}
        empty="score"
        mayBeEmpty
        onChange={(by) => onChange({ ...best, by: by || null })}
      />
      <button
        type="button"
        class="plain remove"
        aria-label="Remove: only the first"
        onClick={() => onChange()}
      >
        ×
      </button>
    </div>
  );
}

function RelationSelect(props: {
  label: string;
  value: string;
  empty: string;
  mayBeEmpty?: boolean;
  onChange: (relation: string) => void;
}) {
  const { relations } = useVocabulary();
  return (
    <select
      aria-label={props.label}
      value={props.value}
      onChange={(event) => props.onChange(event.currentTarget.value)}
    >
      <option value="" disabled={!props.mayBeEmpty}>
        {props.empty}
      </option>
      {relations.map((one) => (
        <option key={one.id} value={one.id}>
          {one.label}
        </option>
      ))}
    </select>
  );
}
