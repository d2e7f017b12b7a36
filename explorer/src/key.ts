/** The API key of this tab: kept in sessionStorage, so it goes when the tab does. */

const PLACE = "kgservice.key";

type Listener = (again: boolean) => void;

let listener: Listener | null = null;
let waiting: { done: Promise<void>; given: () => void } | null = null;

export function keptKey(): string | null {
  return sessionStorage.getItem(PLACE);
}

/** Forget a key that was refused, unless another one was given meanwhile. */
export function forgetKey(key: string): void {
  if (keptKey() === key) sessionStorage.removeItem(PLACE);
}

/** Keep a key; whatever waits for one goes on. */
export function giveKey(key: string): void {
  sessionStorage.setItem(PLACE, key);
  waiting?.given();
  waiting = null;
}

/** Whoever shows the dialog; `again` says that a key was refused. */
export function whenKeyIsWanted(shows: Listener): void {
  listener = shows;
}

/** Ends once a key was given; requests that come meanwhile wait for the same one. */
export function wantedKey(again: boolean): Promise<void> {
  if (!waiting) {
    let given = () => {};
    const done = new Promise<void>((resolve) => {
      given = resolve;
    });
    waiting = { done, given };
    listener?.(again);
  }
  return waiting.done;
}
