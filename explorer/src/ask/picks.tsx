import { Combobox } from "../search/combobox";
import type { Option } from "../search/combobox";
import { plain } from "../search/why";
import type { Vocabulary } from "../vocabulary";

interface Choice {
  id: string;
  label: string;
  beside: string;
}

interface Props {
  label: string;
  chosen: string[];
  labelOf: (id: string) => string;
  options: Choice[];
  onChange: (chosen: string[]) => void;
}

const SHOWN = 30;

/** Several of a list, found by typing. */
export function Picks({ label, chosen, labelOf, options, onChange }: Props) {
  const find = (text: string): Promise<Option<string>[]> => {
    const wanted = plain(text);
    const left = options.filter(
      ({ id, label }) =>
        !chosen.includes(id) && (plain(label).includes(wanted) || plain(id).includes(wanted)),
    );
    return Promise.resolve(
      left.slice(0, SHOWN).map((one) => ({ key: one.id, item: one.id, shown: <Shown {...one} /> })),
    );
  };
  return (
    <div class="picks">
      {chosen.map((id) => (
        <span key={id} class="pick">
          {labelOf(id)}
          <button
            type="button"
            class="plain"
            aria-label={`Take away ${labelOf(id)}`}
            onClick={() => onChange(chosen.filter((one) => one !== id))}
          >
            ×
          </button>
        </span>
      ))}
      <Combobox
        label={label}
        hiddenLabel
        placeholder={chosen.length ? "or …" : label}
        find={find}
        pause={0}
        onChoose={(id) => onChange([...chosen, id])}
      />
    </div>
  );
}

function Shown({ id, label, beside }: Choice) {
  return (
    <span class="suggestion">
      <span class="names">
        <strong>{label}</strong> <span class="quiet">{id}</span>
      </span>
      <span class="quiet kinds">{beside}</span>
    </span>
  );
}

export function typeOptions({ types }: Vocabulary): Choice[] {
  return types.map(({ id, label, entityCount }) => ({ id, label, beside: entityCount.toLocaleString("en") }));
}

export function relationOptions({ relations }: Vocabulary): Choice[] {
  return relations.map(({ id, label, statementCount }) => ({
    id,
    label,
    beside: statementCount.toLocaleString("en"),
  }));
}
