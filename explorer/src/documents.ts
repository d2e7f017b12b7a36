/** Every fixed question that the explorer asks, with the shape of its answer. */
import cards from "./documents/cards.graphql?raw";
import compare from "./documents/compare.graphql?raw";
import entity from "./documents/entity.graphql?raw";
import evidence from "./documents/evidence.graphql?raw";
import lines from "./documents/lines.graphql?raw";
import neighbours from "./documents/neighbours.graphql?raw";
import search from "./documents/search.graphql?raw";
import statements from "./documents/statements.graphql?raw";
import vocabulary from "./documents/vocabulary.graphql?raw";

/** A document with the types of what goes in and what comes out. */
export interface Document<Answer, Variables> {
  readonly text: string;
  /** Never there: it ties a document to its types. */
  readonly types?: (variables: Variables) => Answer;
}

export type Direction = "OUT" | "IN";

export interface Kind {
  id: string;
  label: string;
}

export interface Card {
  id: string;
  label: string;
  description: string | null;
  types: Kind[];
}

export interface PageInfo {
  hasNextPage: boolean;
  endCursor: string | null;
}

export interface Literal {
  text: string;
  number: number | null;
  unit: string | null;
  time: string | null;
  language: string | null;
}

export interface Row {
  id: string;
  text: string;
  phrase: string;
  plausibility: number | null;
  typicality: number | null;
  support: number;
  relation: Kind & { commonsense: boolean };
  subject: Card;
  object: Card | null;
  value: Literal | null;
}

export interface VocabularyAnswer {
  stats: { entityCount: number; statementCount: number; dataVersion: string };
  entityTypes: {
    totalCount: number;
    nodes: (Kind & { description: string | null; entityCount: number; parents: { id: string }[] })[];
  };
  relations: {
    totalCount: number;
    nodes: (Kind & { description: string | null; commonsense: boolean; statementCount: number })[];
  };
}

export type Generator = "ID" | "EXACT" | "FUZZY" | "EMBEDDING" | "LEARNED";

export interface SearchAnswer {
  suggest: { text: string; entity: Card }[];
  resolve: {
    nilProbability: number;
    candidates: { name: string; confidence: number; foundBy: Generator[]; entity: Card }[];
  }[];
}

interface RelationCount {
  count: number;
  relation: Kind & { commonsense: boolean };
}

export interface EntityCard extends Card {
  aliases: string[];
  mergedIds: string[];
  degree: number;
  out: RelationCount[];
  in: RelationCount[];
}

export interface StatementsVariables {
  id: string;
  direction: Direction;
  relations: string[] | null;
  order: "RELATION" | "TYPICALITY";
  first: number;
  after: string | null;
}

export interface StatementsAnswer {
  entities: ({ statements: { totalCount: number; pageInfo: PageInfo; nodes: Row[] } } | null)[];
}

interface Feature {
  id: string;
  value: number;
}

export interface Assertion {
  id: string;
  dataset: string;
  run: string | null;
  generator: string | null;
  generatedAt: string | null;
  marketplace: string | null;
  domain: string | null;
  plausibility: number | null;
  typicality: number | null;
  rawText: string | null;
  annotation: Feature[];
  filters: Feature[];
}

export interface EvidenceAnswer {
  node: {
    text: string;
    qualifiers: {
      qualifiers: { relation: { label: string }; object: Kind | null; value: { text: string } | null }[];
    }[];
    assertions: Assertion[];
    evidence: {
      totalCount: number;
      nodes: {
        id: string;
        text: string;
        plausibility: number | null;
        typicality: number | null;
        support: number;
        subject: Kind;
      }[];
    };
  } | null;
}

export interface Line {
  id: string;
  text: string;
  typicality: number | null;
  relation: Kind;
  subject: Card & { degree: number };
  object: (Card & { degree: number }) | null;
}

export interface NeighboursAnswer {
  entities: (
    (Card & { degree: number } & Record<"out" | "in", { pageInfo: PageInfo; nodes: Line[] }>) | null
  )[];
}

export interface Intent {
  id: string;
  phrase: string;
  plausibility: number | null;
  typicality: number | null;
  support: number;
  relation: Kind;
  object: { id: string; label: string; types: Kind[] };
}

export interface CompareAnswer {
  entities: (Card | null)[];
  commonsense: { known: boolean; total: number; statements: Intent[] }[];
}

function document<Answer, Variables>(text: string): Document<Answer, Variables> {
  return { text };
}

export const VOCABULARY = document<VocabularyAnswer, Record<string, never>>(vocabulary);
export const SEARCH = document<SearchAnswer, { text: string; types: string[] | null; first: number }>(search);
export const ENTITY = document<{ entities: (EntityCard | null)[] }, { id: string }>(entity);
export const STATEMENTS = document<StatementsAnswer, StatementsVariables>(statements);
export const EVIDENCE = document<EvidenceAnswer, { id: string }>(evidence);
/** What is not a statement has no id here. */
export const LINES = document<{ nodes: (Line | Record<string, never> | null)[] }, { ids: string[] }>(lines);
export const NEIGHBOURS = document<
  NeighboursAnswer,
  { id: string; first: number; afterOut: string | null; afterIn: string | null }
>(neighbours);
export const CARDS = document<{ entities: ((Card & { degree: number }) | null)[] }, { ids: string[] }>(cards);
export const COMPARE = document<CompareAnswer, { one: string; other: string }>(compare);
