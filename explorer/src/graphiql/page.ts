/** GraphiQL with everything it needs from this service alone, and questions to begin with in its tabs. */
import "graphiql/setup-workers/vite";
import "graphiql/style.css";
import { GraphiQL } from "graphiql";
import { h, render } from "preact";
import { createElement } from "react";
import { createRoot } from "react-dom/client";
import { KeyDialog } from "../key_dialog";
import { send } from "../service";
import "../style/theme.css";
import { EXAMPLES } from "./examples";
import "./page.css";

/** What an address asks to open: `/graphql#query=...`. */
function given(): string | null {
  return new URLSearchParams(location.hash.slice(1)).get("query");
}

async function fetcher(asked: unknown): Promise<never> {
  return (await (await send(JSON.stringify(asked))).json()) as never;
}

const dialog = document.getElementById("key");
if (dialog) render(h(KeyDialog, null), dialog);

const page = document.getElementById("page");
const query = given();
const tabs = [...(query ? [query] : []), ...EXAMPLES].map((query) => ({ query }));
if (page) {
  createRoot(page).render(
    createElement(GraphiQL, {
      fetcher,
      defaultTabs: tabs,
      ...(query ? { initialQuery: query } : {}),
      shouldPersistHeaders: false,
      children: createElement(GraphiQL.Logo, null, createElement("a", { href: "/" }, "Explorer")),
    }),
  );
}
