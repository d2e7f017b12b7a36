import { SEARCH } from "../documents";
import type { Card } from "../documents";
import { Dot, kinds } from "../parts";
import { ask } from "../service";
import { Combobox } from "./combobox";
import type { Option } from "./combobox";
import { found } from "./why";
import type { Found } from "./why";

/** Suggestions that a person looks over at a glance. */
const SHOWN = 8;

interface Props {
  label: string;
  hiddenLabel?: boolean;
  placeholder?: string;
  initial?: string;
  big?: boolean;
  types?: string[];
  onChoose: (entity: Card) => void;
  onText?: (text: string) => void;
}

/** A field that finds entities while a person types, misspelt or not. */
export function EntitySearch({ types, onChoose, ...rest }: Props) {
  const find = async (text: string, signal: AbortSignal): Promise<Option<Found>[]> => {
    if (!text.trim()) return [];
    const answer = await ask(SEARCH, { text, types: types ?? null, first: SHOWN }, signal);
    return found(answer, text)
      .slice(0, SHOWN)
      .map((item) => ({ key: item.entity.id, item, shown: <Suggestion found={item} /> }));
  };
  return <Combobox {...rest} find={find} onChoose={(item) => onChoose(item.entity)} />;
}

function Suggestion({ found }: { found: Found }) {
  const { entity, name } = found;
  return (
    <span class="suggestion">
      <span class="names">
        <Dot types={entity.types} />
        <strong>{entity.label}</strong>
        {name !== entity.label && <span class="quiet"> “{name}”</span>}
      </span>
      <span class="quiet kinds">{kinds(entity.types)}</span>
      {entity.description && <span class="quiet what">{entity.description}</span>}
      <span class="why">{why(found)}</span>
    </span>
  );
}

/** The reasons in one line, with the probability where there is one. */
export function why({ reasons, confidence }: Found): string {
  const sure = confidence === null ? [] : [`${percent(confidence)} sure`];
  return [...reasons, ...sure].join(" · ");
}

function percent(share: number): string {
  return share < 0.01 ? "under 1 %" : `${Math.round(share * 100)} %`;
}
