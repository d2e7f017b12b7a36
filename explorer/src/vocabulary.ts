/** Types and relations in use, and the colour of each type. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Kind, VocabularyAnswer } from "./documents";

/** Colours that --kind-0 .. --kind-11 give, in style/theme.css. */
export const COLOURS = 12;

export class Vocabulary {
  readonly types: VocabularyAnswer["entityTypes"]["nodes"];
  readonly relations: VocabularyAnswer["relations"]["nodes"];
  readonly stats: VocabularyAnswer["stats"];
  private readonly parents: Map<string, string[]>;
  private readonly colours = new Map<string, number>();

  constructor(answer: VocabularyAnswer) {
    this.stats = answer.stats;
    this.types = answer.entityTypes.nodes;
    this.relations = answer.relations.nodes;
    this.parents = new Map(this.types.map((one) => [one.id, one.parents.map((parent) => parent.id)]));
    // Those that most entities have come first, so that they do not share a colour.
    const roots = this.types.filter((one) => this.root(one.id) === one.id);
    roots.sort((one, other) => other.entityCount - one.entityCount || (one.id < other.id ? -1 : 1));
    roots.forEach((one, place) => this.colours.set(one.id, place % COLOURS));
  }

  /** The most general type above a type; of several parents the first. */
  root(type: string): string {
    const seen = new Set<string>();
    let at = type;
    while (!seen.has(at)) {
      seen.add(at);
      at = this.parents.get(at)?.[0] ?? at;
    }
    return at;
  }

  /** The number of the colour of an entity with these types. */
  colour(types: readonly Kind[]): number {
    const first = types[0];
    return first ? (this.colours.get(this.root(first.id)) ?? 0) : 0;
  }

  typeLabel(id: string): string {
    return this.types.find((one) => one.id === id)?.label ?? id;
  }

  relationLabel(id: string): string {
    return this.relations.find((one) => one.id === id)?.label ?? id;
  }
}

export const VocabularyContext = createContext<Vocabulary | null>(null);

export function useVocabulary(): Vocabulary {
  const found = useContext(VocabularyContext);
  if (!found) throw new Error("no vocabulary around this part of the page");
  return found;
}
