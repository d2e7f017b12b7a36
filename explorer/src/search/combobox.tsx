import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";

export interface Option<Item> {
  key: string;
  item: Item;
  shown: ComponentChildren;
}

interface Props<Item> {
  label: string;
  hiddenLabel?: boolean;
  placeholder?: string;
  initial?: string;
  big?: boolean;
  find: (text: string, signal: AbortSignal) => Promise<Option<Item>[]>;
  onChoose: (item: Item) => void;
  /** Milliseconds without a key before `find` is called. */
  pause?: number;
  /** Enter without a chosen option; without it the first option is taken. */
  onText?: (text: string) => void;
}

/** Long enough that a word typed in one go asks the service once or twice. */
const PAUSE = 90;

/**
 * A field with suggestions, used with the keyboard, a screen reader or a pointer.
 *
 * Source: the combobox pattern of the ARIA Authoring Practices Guide, with list autocomplete.
 */
export function Combobox<Item>(props: Props<Item>) {
  const id = useId();
  const [text, setText] = useState(props.initial ?? "");
  const [options, setOptions] = useState<Option<Item>[]>([]);
  /** The text that the options were found for: Enter never takes one of another text. */
  const [fits, setFits] = useState("");
  const [at, setAt] = useState(-1);
  const [open, setOpen] = useState(false);
  const [said, setSaid] = useState("");
  const [fault, setFault] = useState("");
  const typed = useRef(false);
  useEffect(() => setText(props.initial ?? ""), [props.initial]);

  useEffect(() => {
    if (!typed.current) return;
    const leaving = new AbortController();
    const wait = setTimeout(() => {
      props.find(text, leaving.signal).then(
        (found) => {
          setOptions(found);
          setFits(text);
          setAt(-1);
          setOpen(true);
          setSaid(text.trim() ? plural(found.length) : "");
          setFault("");
        },
        (error: unknown) => {
          if (!leaving.signal.aborted) setFault(error instanceof Error ? error.message : String(error));
        },
      );
    }, props.pause ?? PAUSE);
    return () => {
      clearTimeout(wait);
      leaving.abort();
    };
  }, [text]);

  const choose = (option: Option<Item>) => {
    setOpen(false);
    typed.current = false;
    if (!props.onText) setText("");
    props.onChoose(option.item);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const shown = open && options.length > 0 && fits === text;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!shown) setOpen(options.length > 0);
      else setAt(moved(at, event.key === "ArrowDown" ? 1 : -1, options.length));
    } else if (event.key === "Enter") {
      const option = shown ? options[props.onText ? at : Math.max(at, 0)] : undefined;
      event.preventDefault();
      if (option) choose(option);
      else if (text.trim()) {
        setOpen(false);
        typed.current = false;
        props.onText?.(text.trim());
      }
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      setOpen(false);
    }
  };
  const shown = open && options.length > 0;
  return (
    <div class={props.big ? "combobox big" : "combobox"}>
      <label for={id} class={props.hiddenLabel ? "sr" : ""}>
        {props.label}
      </label>
      <input
        id={id}
        role="combobox"
        type="text"
        autocomplete="off"
        spellcheck={false}
        aria-autocomplete="list"
        aria-expanded={shown}
        aria-controls={`${id}-list`}
        aria-activedescendant={shown && at >= 0 ? `${id}-${at}` : undefined}
        placeholder={props.placeholder}
        value={text}
        onInput={(event) => {
          typed.current = true;
          setText(event.currentTarget.value);
        }}
        onKeyDown={onKeyDown}
        onFocus={() => {
          if (options.length === 0 && !text) {
            typed.current = true;
            props.find("", new AbortController().signal).then(
              (found) => {
                setOptions(found);
                setFits("");
                setOpen(found.length > 0);
              },
              () => {},
            );
          }
        }}
        onBlur={() => setOpen(false)}
      />
      <ul id={`${id}-list`} role="listbox" aria-label={props.label} hidden={!shown}>
        {options.map((option, place) => (
          <li
            key={option.key}
            id={`${id}-${place}`}
            role="option"
            aria-selected={place === at}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => choose(option)}
          >
            {option.shown}
          </li>
        ))}
      </ul>
      <span role="status" class="sr">
        {said}
      </span>
      {fault && (
        <span role="alert" class="failure">
          {fault}
        </span>
      )}
    </div>
  );
}

function moved(at: number, by: number, length: number): number {
  if (at < 0) return by > 0 ? 0 : length - 1;
  return (at + by + length) % length;
}

function plural(count: number): string {
  if (!count) return "nothing fits";
  return count === 1 ? "1 suggestion" : `${count} suggestions`;
}
