import { useEffect, useRef, useState } from "preact/hooks";
import { AT_FIRST_HIDDEN, addressOf, go, viewOf } from "./address";
import type { View } from "./address";
import { AskPage } from "./ask/ask_page";
import { useAnswer } from "./asking";
import { ComparePage } from "./compare/compare_page";
import { VOCABULARY } from "./documents";
import type { VocabularyAnswer } from "./documents";
import { EntityPage } from "./entity/entity_page";
import { HomePage } from "./home_page";
import { KeyDialog } from "./key_dialog";
import { Awaited } from "./parts";
import { PicturePage } from "./picture/picture_page";
import { EntitySearch } from "./search/entity_search";
import { SearchPage } from "./search/search_page";
import { THEMES, keptTheme, setTheme } from "./theme";
import type { Theme } from "./theme";
import { Vocabulary, VocabularyContext } from "./vocabulary";

/** The whole page: one view at a time, by its address. */
export function App() {
  const view = useView();
  return (
    <>
      <a class="skip" href="#content" onClick={skip}>
        To the content
      </a>
      <KeyDialog />
      <Awaited asked={useAnswer(VOCABULARY, {})}>{(answer) => <Ready view={view} answer={answer} />}</Awaited>
    </>
  );
}

function Ready({ view, answer }: { view: View; answer: VocabularyAnswer }) {
  const [vocabulary] = useState(() => new Vocabulary(answer));
  return (
    <VocabularyContext.Provider value={vocabulary}>
      <Header view={view} />
      <Content view={view} />
      <footer class="quiet">
        kgservice · data version {vocabulary.stats.dataVersion} · <a href="/graphql">GraphiQL</a>
      </footer>
    </VocabularyContext.Provider>
  );
}

function Header({ view }: { view: View }) {
  const links: [View, string][] = [
    [{ name: "home" }, "Home"],
    [{ name: "ask", question: null }, "Ask"],
    [{ name: "picture", ids: [], opened: [], hidden: AT_FIRST_HIDDEN }, "Picture"],
    [{ name: "compare", one: "", other: "" }, "Compare"],
  ];
  const hasOwnSearch = view.name === "home" || view.name === "search";
  return (
    <header class="top">
      <a class="brand" href="#/" aria-label="kgservice, home">
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <path d="M8 9 L24 8 L19 24 Z" />
          <circle cx="8" cy="9" r="5" />
          <circle cx="24" cy="8" r="4" />
          <circle cx="19" cy="24" r="5" />
        </svg>
        kgservice
      </a>
      <nav aria-label="Views">
        {links.map(([target, label]) => (
          <a
            key={label}
            href={addressOf(target)}
            aria-current={target.name === view.name ? "page" : undefined}
          >
            {label}
          </a>
        ))}
        <a href="/graphql">GraphiQL</a>
      </nav>
      {!hasOwnSearch && (
        <EntitySearch
          label="Search for anything"
          hiddenLabel
          placeholder="search …"
          onChoose={(entity) => go({ name: "entity", id: entity.id })}
          onText={(text) => go({ name: "search", text })}
        />
      )}
      <ThemeChoice />
    </header>
  );
}

function ThemeChoice() {
  const [theme, choose] = useState(keptTheme());
  return (
    <label class="theme">
      <span class="sr">Colours</span>
      <select
        value={theme}
        onChange={(event) => {
          const next = event.currentTarget.value as Theme;
          setTheme(next);
          choose(next);
        }}
      >
        {THEMES.map((one) => (
          <option key={one} value={one}>
            {one === "system" ? "auto" : one}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The view; when another one comes, its heading takes the focus, so that it is read out. */
function Content({ view }: { view: View }) {
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  const at = view.name === "entity" ? `entity ${view.id}` : view.name;
  useEffect(() => {
    document.title = `${title(view)} · kgservice`;
    const stop = isFirst.current || !main.current ? undefined : focusHeading(main.current);
    isFirst.current = false;
    return stop;
  }, [at]);
  return (
    <main id="content" ref={main} tabIndex={-1}>
      <Shown view={view} />
    </main>
  );
}

function Shown({ view }: { view: View }) {
  switch (view.name) {
    case "home":
      return <HomePage />;
    case "search":
      return <SearchPage text={view.text} />;
    case "entity":
      return <EntityPage id={view.id} />;
    case "picture":
      return (
        <PicturePage
          key={`${view.ids} ${view.lines}`}
          ids={view.ids}
          lines={view.lines ?? []}
          opened={view.opened}
          hidden={view.hidden}
        />
      );
    case "ask":
      return <AskPage question={view.question} />;
    case "compare":
      return <ComparePage one={view.one} other={view.other} />;
    case "unknown":
      return (
        <>
          <h1 tabIndex={-1}>There is no such view</h1>
          <p>
            <a href="#/">Begin at the beginning</a>
          </p>
        </>
      );
  }
}

function useView(): View {
  const [view, setView] = useState(() => viewOf(location.hash));
  useEffect(() => {
    const follow = () => setView(viewOf(location.hash));
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  return view;
}

function title(view: View): string {
  switch (view.name) {
    case "entity":
      return view.id;
    case "search":
      return view.text ? `Search: ${view.text}` : "Search";
    case "home":
    case "unknown":
      return "Explorer";
    default:
      return view.name.charAt(0).toUpperCase() + view.name.slice(1);
  }
}

function skip(event: Event): void {
  event.preventDefault();
  document.getElementById("content")?.focus();
}

/** Focus the heading once it is there: what a view asks for comes later than the view. */
function focusHeading(main: HTMLElement): () => void {
  const focus = () => {
    const heading = main.querySelector("h1");
    heading?.focus();
    return heading !== null;
  };
  const waiting = new MutationObserver(() => {
    if (focus()) waiting.disconnect();
  });
  if (!focus()) waiting.observe(main, { childList: true, subtree: true });
  return () => waiting.disconnect();
}
