import { useVocabulary } from "../vocabulary";
import { Picks, relationOptions, typeOptions } from "./picks";
import type { Step } from "./question";

const DIRECTIONS: [Step["direction"], string][] = [
  ["OUT", "→ along"],
  ["IN", "← against"],
  ["BOTH", "↔ either way"],
];

const TIMES: [string, { min: number; max: number | null }][] = [
  ["once", { min: 1, max: 1 }],
  ["once or twice", { min: 1, max: 2 }],
  ["one to three times", { min: 1, max: 3 }],
  ["twice", { min: 2, max: 2 }],
  ["at most once", { min: 0, max: 1 }],
  ["any number, at least once", { min: 1, max: null }],
  ["any number, or not at all", { min: 0, max: null }],
];

const MINIMA = [
  ["minTypicality", "typicality ≥", 0.05, 1],
  ["minPlausibility", "plausibility ≥", 0.05, 1],
  ["minSupport", "support ≥", 1, undefined],
] as const;

interface Props {
  step: Step;
  name: string;
  onChange: (step: Step) => void;
  onRemove: () => void;
}

/** One step of a walk: along which relations, which way, how often, and over what. */
export function StepEditor({ step, name, onChange, onRemove }: Props) {
  const vocabulary = useVocabulary();
  const times = TIMES.findIndex(([, { min, max }]) => min === step.min && max === step.max);
  return (
    <div class="step" role="group" aria-label={name}>
      <div class="bar-line">
        <select
          aria-label={`${name}: direction`}
          value={step.direction}
          onChange={(event) =>
            onChange({ ...step, direction: event.currentTarget.value as Step["direction"] })
          }
        >
          {DIRECTIONS.map(([direction, words]) => (
            <option key={direction} value={direction}>
              {words}
            </option>
          ))}
        </select>
        <button type="button" class="plain remove" aria-label={`Remove ${name}`} onClick={onRemove}>
          ×
        </button>
      </div>
      <Picks
        label={step.relations.length ? "relation" : "any relation"}
        chosen={step.relations}
        labelOf={(id) => vocabulary.relationLabel(id)}
        options={relationOptions(vocabulary)}
        onChange={(relations) => onChange({ ...step, relations })}
      />
      <select
        aria-label={`${name}: how often`}
        value={times}
        onChange={(event) => onChange({ ...step, ...TIMES[Number(event.currentTarget.value)]?.[1] })}
      >
        {times < 0 && <option value={-1}>{`${step.min} to ${step.max} times`}</option>}
        {TIMES.map(([words], place) => (
          <option key={words} value={place}>
            {words}
          </option>
        ))}
      </select>
      <details open={step.types.length > 0 || MINIMA.some(([field]) => step[field] !== undefined)}>
        <summary>only where …</summary>
        <Picks
          label="it leads to"
          chosen={step.types}
          labelOf={(id) => vocabulary.typeLabel(id)}
          options={typeOptions(vocabulary)}
          onChange={(types) => onChange({ ...step, types })}
        />
        {MINIMA.map(([field, words, by, most]) => (
          <label key={field} class="minimum">
            {words}
            <input
              type="number"
              min={0}
              max={most}
              step={by}
              value={step[field] ?? ""}
              onInput={(event) => {
                const { [field]: _, ...rest } = step;
                const value = event.currentTarget.valueAsNumber;
                onChange(Number.isNaN(value) ? rest : { ...rest, [field]: value });
              }}
            />
          </label>
        ))}
        <label class="minimum">
          never back to the start
          <input
            type="checkbox"
            checked={step.exceptStart ?? false}
            onChange={(event) => onChange({ ...step, exceptStart: event.currentTarget.checked })}
          />
        </label>
      </details>
    </div>
  );
}
