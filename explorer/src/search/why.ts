/** Why a search found what it found, in words. */
import type { Card, Generator, SearchAnswer } from "../documents";

export interface Found {
  entity: Card;
  /** The name that fits, where it is not the label. */
  name: string;
  reasons: string[];
  /** How probable it is that this entity is meant; null where the text is only the beginning of a name. */
  confidence: number | null;
}

const MOST = 3;

const WORDS: Record<Generator, string> = {
  ID: "has this id",
  EXACT: "is named so",
  FUZZY: "is spelt nearly so",
  EMBEDDING: "means nearly the same",
  LEARNED: "learned from what people chose",
};

/** Suggestions and candidates as one list: sure candidates, then beginnings, then the rest. */
export function found(answer: SearchAnswer, text: string): Found[] {
  const candidates = answer.resolve.flatMap((one) => one.candidates);
  const all = new Map<string, Found>();
  const entry = (entity: Card, name: string): Found => {
    const known = all.get(entity.id) ?? { entity, name, reasons: [], confidence: null };
    all.set(entity.id, known);
    return known;
  };
  const sure = candidates.filter((one) => one.confidence >= 0.5);
  for (const one of [...sure, ...candidates.filter((one) => one.foundBy.includes("EXACT"))]) {
    entry(one.entity, one.name);
  }
  for (const { text: name, entity } of answer.suggest) {
    entry(entity, name).reasons.push(beginning(name, text));
  }
  for (const one of candidates) {
    const known = entry(one.entity, one.name);
    known.confidence = one.confidence;
    for (const generator of one.foundBy) known.reasons.push(WORDS[generator]);
  }
  return [...all.values()].map((one) => ({ ...one, reasons: pithy(one.reasons) }));
}

function beginning(name: string, text: string): string {
  const [whole, part] = [plain(name), plain(text)];
  if (whole.startsWith(part)) return `begins with “${text}”`;
  return whole.includes(` ${part}`) ? `has a word that begins with “${text}”` : "begins nearly so";
}

/** What is named so exactly is also spelt nearly so; the strongest reason says it. */
function pithy(reasons: string[]): string[] {
  const exact = reasons.some((one) => one === WORDS.EXACT || one === WORDS.ID);
  const kept = exact ? reasons.filter((one) => one !== WORDS.FUZZY && one !== WORDS.EMBEDDING) : reasons;
  return [...new Set(kept)].slice(0, MOST);
}

/** Lower case without accents: enough to mark what fits; the service compares more finely. */
export function plain(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{Mark}/gu, "")
    .toLowerCase();
}
