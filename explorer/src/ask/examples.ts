/** Questions to begin with: they can be asked of the sample, and changed by hand. */
import { ONCE } from "./question";
import type { Question, Start, Step } from "./question";

interface Example {
  title: string;
  how: string;
  question: Question;
}

function name(text: string, ...types: string[]): Start {
  return types.length ? { by: "name", text, types } : { by: "name", text };
}

function along(relation: string, rest: Partial<Step> = {}): Step {
  return { ...ONCE, relations: [relation], ...rest };
}

export const EXAMPLES: Example[] = [
  {
    title: "Whom did Natalie Portman play in Star Wars Episode II?",
    how: "Two names settle each other: an intersection of two walks",
    question: {
      scoring: "plain",
      set: {
        rows: [
          {
            join: "and",
            start: name("Natalie Portman"),
            steps: [along("PERFORMER", { direction: "IN" })],
          },
          { join: "and", start: name("Star Wars Episode II"), steps: [along("CHARACTER")] },
        ],
      },
    },
  },
  {
    title: "What is for the rain, but not for dog owners?",
    how: "Commonsense of a minimum typicality, less another set",
    question: {
      scoring: "typicality",
      set: {
        rows: [
          {
            join: "and",
            start: name("rain", "Intent"),
            steps: [{ ...ONCE, direction: "IN", minTypicality: 0.5 }],
          },
          { join: "not", start: name("dog owners", "Intent"), steps: [{ ...ONCE, direction: "IN" }] },
        ],
        types: ["Product"],
      },
    },
  },
  {
    title: "Which countries do the actors of Spielberg’s films come from?",
    how: "A walk of four steps; most walks first",
    question: {
      scoring: "walks",
      set: {
        rows: [
          {
            join: "and",
            start: name("Steven Spielberg", "Person"),
            steps: [
              along("DIRECTOR", { direction: "IN" }),
              along("CAST_MEMBER"),
              along("BORN_IN"),
              along("COUNTRY"),
            ],
          },
        ],
      },
    },
  },
  {
    title: "Cities anywhere in Europe with a million people",
    how: "A closure, and a condition on a number",
    question: {
      scoring: "plain",
      set: {
        rows: [
          {
            join: "and",
            start: name("Europe"),
            steps: [along("LOCATED_IN", { direction: "IN", max: null })],
          },
        ],
        types: ["City"],
        where: [{ relation: "POPULATION", op: "GE", value: "1000000" }],
      },
    },
  },
  {
    title: "The three earliest films with Tom Hanks",
    how: "A superlative: the first by a date",
    question: {
      scoring: "plain",
      set: {
        rows: [
          {
            join: "and",
            start: name("Tom Hanks", "Person"),
            steps: [along("CAST_MEMBER", { direction: "IN" })],
          },
        ],
        best: { by: "RELEASED", order: "ASC", first: 3 },
      },
    },
  },
  {
    title: "Who else serves those who walk the dog?",
    how: "Products that share intents with another, ranked by how typical these are",
    question: {
      scoring: "shared",
      set: {
        rows: [
          {
            join: "and",
            start: { by: "entity", id: "P-LEASH", label: "Hands-Free Dog Leash" },
            steps: [
              along("COMMONSENSE", { minTypicality: 0.5 }),
              along("COMMONSENSE", {
                direction: "IN",
                minTypicality: 0.5,
                types: ["Product"],
                exceptStart: true,
              }),
            ],
          },
        ],
      },
    },
  },
];
