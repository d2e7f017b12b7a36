import { Dot } from "../parts";
import { EntitySearch } from "../search/entity_search";
import { useVocabulary } from "../vocabulary";
import { GroupEditor } from "./group_editor";
import { Picks, typeOptions } from "./picks";
import { newRow } from "./question";
import type { Start } from "./question";

const WAYS: [Start["by"], string][] = [
  ["name", "whatever is meant by"],
  ["entity", "exactly"],
  ["type", "every"],
  ["group", "the answers to"],
];

interface Props {
  start: Start;
  name: string;
  onChange: (start: Start) => void;
}

/** Where a walk begins: a name, one entity, all of a type, or another question. */
export function StartEditor({ start, name, onChange }: Props) {
  return (
    <div class="start">
      <select
        aria-label={`${name}: begin with`}
        value={start.by}
        onChange={(event) => onChange(begun(event.currentTarget.value as Start["by"], start))}
      >
        {WAYS.map(([by, words]) => (
          <option key={by} value={by}>
            {words}
          </option>
        ))}
      </select>
      <Given start={start} name={name} onChange={onChange} />
    </div>
  );
}

function Given({ start, name, onChange }: Props) {
  const vocabulary = useVocabulary();
  switch (start.by) {
    case "name":
      return (
        <>
          <input
            type="text"
            aria-label={`${name}: name`}
            placeholder="a name, spelt as you like"
            value={start.text}
            onInput={(event) => onChange({ ...start, text: event.currentTarget.value })}
          />
          <Picks
            label="of type"
            chosen={start.types ?? []}
            labelOf={(id) => vocabulary.typeLabel(id)}
            options={typeOptions(vocabulary)}
            onChange={(types) =>
              onChange({ by: "name", text: start.text, ...(types.length ? { types } : {}) })
            }
          />
        </>
      );
    case "entity":
      return (
        <EntitySearch
          label={`${name}: entity`}
          hiddenLabel
          placeholder="search …"
          initial={start.label}
          onChoose={({ id, label }) => onChange({ by: "entity", id, label })}
          onText={(text) => onChange({ by: "entity", id: text, label: text })}
        />
      );
    case "type":
      return (
        <span class="with-dot">
          <Dot types={[{ id: start.type, label: start.type }]} />
          <select
            aria-label={`${name}: type`}
            value={start.type}
            onChange={(event) => onChange({ by: "type", type: event.currentTarget.value })}
          >
            <option value="" disabled>
              choose a type
            </option>
            {vocabulary.types.map((one) => (
              <option key={one.id} value={one.id}>
                {one.label} ({one.entityCount})
              </option>
            ))}
          </select>
        </span>
      );
    case "group":
      return (
        <GroupEditor
          group={start.set}
          name={`${name}, inner question`}
          onChange={(set) => onChange({ by: "group", set })}
        />
      );
  }
}

/** Another way to begin, with what can be kept of the old one. */
function begun(by: Start["by"], old: Start): Start {
  switch (by) {
    case "name":
      return { by, text: old.by === "entity" ? old.label : "" };
    case "entity":
      return { by, id: "", label: old.by === "name" ? old.text : "" };
    case "type":
      return { by, type: "" };
    case "group":
      return { by, set: { rows: [{ ...newRow("and"), start: old }] } };
  }
}
