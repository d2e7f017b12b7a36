/**
 * Every view has an address that can be shared. It stands behind the # of the page: what people look
 * at is then in no log on the way, and may be longer than servers take.
 */
import type { Question } from "./ask/question";
import { readQuestion } from "./ask/question";

export type View =
  | { name: "home" }
  | { name: "search"; text: string }
  | { name: "entity"; id: string }
  | { name: "picture"; ids: string[]; lines?: string[]; opened: string[]; hidden: string[] }
  | { name: "ask"; question: Question | null }
  | { name: "compare"; one: string; other: string }
  | { name: "unknown" };

/** Single purchases are many and say little by themselves; a click on the legend brings them back. */
export const AT_FIRST_HIDDEN = ["Behavior"];

/** The view that an address names. */
export function viewOf(hash: string): View {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  const given = new URLSearchParams(query);
  switch (path) {
    case "":
      return { name: "home" };
    case "search":
      return { name: "search", text: given.get("text") ?? "" };
    case "entity":
      return { name: "entity", id: given.get("id") ?? "" };
    case "picture":
      return {
        name: "picture",
        ids: given.getAll("id"),
        lines: given.getAll("line"),
        opened: given.getAll("open"),
        hidden: given.getAll("hide"),
      };
    case "ask":
      return { name: "ask", question: readQuestion(given.get("question")) };
    case "compare":
      return { name: "compare", one: given.get("one") ?? "", other: given.get("other") ?? "" };
    default:
      return { name: "unknown" };
  }
}

/** The address of a view, as the href of a link. */
export function addressOf(view: View): string {
  const given = new URLSearchParams();
  switch (view.name) {
    case "home":
    case "unknown":
      return "#/";
    case "search":
      given.set("text", view.text);
      break;
    case "entity":
      given.set("id", view.id);
      break;
    case "picture":
      for (const id of view.ids) given.append("id", id);
      for (const id of view.lines ?? []) given.append("line", id);
      for (const id of view.opened) given.append("open", id);
      for (const id of view.hidden) given.append("hide", id);
      break;
    case "ask":
      if (view.question) given.set("question", JSON.stringify(view.question));
      break;
    case "compare":
      if (view.one) given.set("one", view.one);
      if (view.other) given.set("other", view.other);
      break;
  }
  const query = given.toString();
  return `#/${view.name}${query && `?${query}`}`;
}

/** Go to a view; `quietly` where the same view only took on a new state. */
export function go(view: View, quietly = false): void {
  const address = addressOf(view);
  if (quietly) history.replaceState(null, "", address);
  else location.hash = address;
}

export function entityAddress(id: string): string {
  return addressOf({ name: "entity", id });
}

export function pictureAddress(id: string): string {
  return addressOf({ name: "picture", ids: [id], opened: [id], hidden: AT_FIRST_HIDDEN });
}
