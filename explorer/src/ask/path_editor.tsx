interface Props {
  path: string;
  name: string;
  onChange: (path: string) => void;
  onRemove: () => void;
}

/** A walk in one line, for those who know property paths from SPARQL. */
export function PathEditor({ path, name, onChange, onRemove }: Props) {
  return (
    <div class="step" role="group" aria-label={name}>
      <div class="bar-line">
        <label>
          path{" "}
          <input
            type="text"
            spellcheck={false}
            autocapitalize="none"
            placeholder="^DIRECTOR/CAST_MEMBER+"
            value={path}
            onInput={(event) => onChange(event.currentTarget.value)}
          />
        </label>
        <button type="button" class="plain remove" aria-label={`Remove ${name}`} onClick={onRemove}>
          ×
        </button>
      </div>
      <p class="quiet">
        <code>a/b</code> then, <code>a|b</code> or, <code>^a</code> backwards, <code>a+</code> <code>a*</code>{" "}
        <code>a?</code> <code>{"a{1,3}"}</code> how often
      </p>
    </div>
  );
}
