import { useEffect, useRef, useState } from "preact/hooks";
import { giveKey, whenKeyIsWanted } from "./key";

/** Asks for an API key when the service wants one. */
export function KeyDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  const [again, setAgain] = useState(false);
  const [key, setKey] = useState("");
  useEffect(
    () =>
      whenKeyIsWanted((refused) => {
        setAgain(refused);
        if (!dialog.current?.open) dialog.current?.showModal();
      }),
    [],
  );
  const submit = (event: Event) => {
    event.preventDefault();
    if (!key.trim()) return;
    dialog.current?.close();
    giveKey(key.trim());
    setKey("");
  };
  return (
    <dialog ref={dialog} class="key" aria-labelledby="key-title" onCancel={(event) => event.preventDefault()}>
      <form onSubmit={submit}>
        <h2 id="key-title">This service asks for a key</h2>
        {again && <p role="alert">That key is not known here.</p>}
        <label for="key-field">API key</label>
        <input
          id="key-field"
          type="password"
          autocomplete="off"
          value={key}
          onInput={(event) => setKey(event.currentTarget.value)}
        />
        <p class="quiet">
          Kept in this tab alone, until you close it. Whoever runs the service makes one with{" "}
          <code>kgservice keys create</code>.
        </p>
        <button type="submit" class="primary">
          Use this key
        </button>
      </form>
    </dialog>
  );
}
