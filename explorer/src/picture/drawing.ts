/** The picture itself: Cytoscape draws on a canvas, fcose finds the places. */
import cytoscape from "cytoscape";
import type { Core, ElementDefinition, LayoutOptions, StylesheetJson } from "cytoscape";
import fcose from "cytoscape-fcose";
import { COLOURS } from "../vocabulary";
import type { Drawn, Growth } from "./growth";

cytoscape.use(fcose);

export interface Drawing {
  /** Bring the picture to this; what is there stays where it is as far as it can. */
  show: (growth: Growth, isShown: (entity: Drawn) => boolean, colour: (entity: Drawn) => number) => void;
  /** Bring one entity and what is around it to the front; null for all. */
  choose: (id: string | null) => void;
  /** The whole picture into its frame. */
  fit: () => void;
  /** Colours anew, after the page became light or dark. */
  recolour: () => void;
  end: () => void;
}

/** Lengths are CSS pixels at zoom 1; who has more statements is larger. */
const SMALLEST = 16;
const LARGEST = 44;

/** Names in the picture, in pixels; from afar they are as large as this on the screen, up to a point. */
const FONT = 12;
const LARGEST_FONT = 34;

/** With no more than these, every name has room. */
const FEW = 40;

/** So many entities with so many lines are the landmarks of a picture. */
const HUBS = 24;
const FEWEST_OF_A_HUB = 4;

/** A frame of fewer pixels is a phone's; at this zoom its names can be read. */
const NARROW = 520;
const READABLE = 0.72;

/** Lines around what was chosen that are named in the picture; more would hide each other. */
const NAMED = 8;

/** Draw into an element; `onClick` is told which entity was clicked. */
export function draw(frame: HTMLElement, onClick: (id: string | null) => void): Drawing {
  const picture = cytoscape({
    container: frame,
    style: style(),
    minZoom: 0.1,
    maxZoom: 3,
    boxSelectionEnabled: false,
    selectionType: "single",
  });
  picture.on("tap", (event) => {
    onClick(event.target === picture || event.target.isEdge() ? null : event.target.id());
  });
  picture.on("zoom", () => keepReadable(picture));
  picture.on("mouseover", "node", () => frame.classList.add("over"));
  picture.on("mouseout", "node", () => frame.classList.remove("over"));
  picture.on("mouseover", "edge", (event) => event.target.addClass("over"));
  picture.on("mouseout", "edge", (event) => event.target.removeClass("over"));
  return {
    show: (growth, isShown, colour) => show(picture, growth, isShown, colour, frame.clientWidth),
    choose: (id) => {
      choose(picture, id);
      keepReadable(picture);
    },
    fit: () => picture.animate({ fit: { eles: picture.elements(), padding: 30 }, duration: duration(200) }),
    recolour: () => {
      picture.style(style());
      keepReadable(picture);
    },
    end: () => picture.destroy(),
  };
}

function show(
  picture: Core,
  growth: Growth,
  isShown: (entity: Drawn) => boolean,
  colour: (entity: Drawn) => number,
  width: number,
): void {
  const shown = [...growth.entities.values()].filter(isShown);
  const ids = new Set(shown.map((one) => one.id));
  const lines = [...growth.lines.values()].filter((one) => ids.has(one.subject.id) && ids.has(one.object.id));
  const lineIds = new Set(lines.map((one) => one.id));
  const isFirst = picture.nodes().empty();
  const gone = picture.elements().filter((one) => !ids.has(one.id()) && !lineIds.has(one.id()));
  picture.remove(gone);
  const fresh: ElementDefinition[] = [
    ...shown.filter((one) => !has(picture, one.id)).map((one) => node(one, colour(one))),
    ...lines
      .filter((one) => !has(picture, one.id))
      .map(({ id, subject, object, relation }) => ({
        data: { id, source: subject.id, target: object.id, label: relation.label },
      })),
  ];
  picture.add(fresh);
  for (const one of fresh) besideWhatIsThere(picture, one);
  markHubs(picture);
  if (!fresh.length && !gone.nonempty()) return;
  const places = picture.layout(layout(isFirst));
  places.one("layoutstop", () => requestAnimationFrame(() => enlarge(picture, width)));
  places.run();
}

/** On a narrow screen the whole would be too small to read; "Show all" shows it. */
function enlarge(picture: Core, width: number): void {
  if (picture.destroyed() || width >= NARROW || picture.zoom() >= READABLE) return;
  const chosen = picture.nodes(".chosen");
  picture.zoom(READABLE).center(chosen.nonempty() ? chosen : picture.nodes().first());
}

function has(picture: Core, id: string): boolean {
  return picture.getElementById(id).nonempty();
}

function node({ id, label, degree }: Drawn, colour: number): ElementDefinition {
  const size = Math.min(SMALLEST + 5 * Math.log2(1 + degree), LARGEST);
  return { group: "nodes", data: { id, label, size, colour } };
}

/** What is new begins near what it hangs on, so that the eye can follow it. */
function besideWhatIsThere(picture: Core, one: ElementDefinition): void {
  if (one.group !== "nodes") return;
  const added = picture.getElementById(one.data.id ?? "");
  const known = added
    .neighborhood()
    .nodes()
    .toArray()
    .find((other) => other.position("x") !== 0);
  if (!known) return;
  const { x, y } = known.position();
  const angle = (added.id().length * 2.4 + picture.nodes().length) % (2 * Math.PI);
  added.position({ x: x + 60 * Math.cos(angle), y: y + 60 * Math.sin(angle) });
}

function choose(picture: Core, id: string | null): void {
  picture.elements().removeClass("chosen near far named");
  if (id === null || !has(picture, id)) return;
  const chosen = picture.getElementById(id);
  const near = chosen.closedNeighborhood();
  picture.elements().not(near).addClass("far");
  near.addClass("near");
  if (near.edges().length <= NAMED) near.edges().addClass("named");
  chosen.addClass("chosen");
}

function markHubs(picture: Core): void {
  picture.nodes().removeClass("hub");
  picture
    .nodes()
    .toArray()
    .filter((one) => one.degree(false) >= FEWEST_OF_A_HUB)
    .sort((one, other) => other.degree(false) - one.degree(false))
    .slice(0, HUBS)
    .forEach((one) => one.addClass("hub"));
}

/**
 * Hubs, and what is around the chosen one, keep their names at any zoom; the others show theirs where
 * there is room. So a picture of 200 can be read from afar, as a map can.
 */
function keepReadable(picture: Core): void {
  const size = Math.min(Math.max(FONT, FONT / picture.zoom()), LARGEST_FONT);
  const kept = picture.nodes().length <= FEW ? picture.nodes() : picture.nodes(".hub, .near");
  const line = Math.max(1.3, 0.8 / picture.zoom());
  picture.batch(() => {
    picture.edges().style("width", line);
    picture.nodes().not(kept).removeStyle("font-size text-max-width min-zoomed-font-size");
    kept.style({ "font-size": size, "text-max-width": `${size * 10}px`, "min-zoomed-font-size": 0 });
  });
}

function layout(isFirst: boolean): LayoutOptions {
  const options = {
    name: "fcose",
    quality: "proof",
    randomize: isFirst,
    animate: duration(1) > 0,
    animationDuration: 450,
    fit: true,
    padding: 30,
    nodeDimensionsIncludeLabels: true,
    nodeRepulsion: 9_000,
    idealEdgeLength: 95,
    gravity: 0.2,
    packComponents: false,
  };
  return options as LayoutOptions;
}

function duration(milliseconds: number): number {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : milliseconds;
}

/** The colours of the page, as the canvas takes them. */
function style(): StylesheetJson {
  const [ink, paper, line, accent] = ["ink", "paper", "line", "accent"].map((one) => colourOf(`as-${one}`));
  const kinds = Array.from({ length: COLOURS }, (_, place) => ({
    selector: `node[colour = ${place}]`,
    style: { "background-color": colourOf(`kind-${place}`) },
  }));
  return [
    {
      selector: "node",
      style: {
        width: "data(size)",
        height: "data(size)",
        label: "data(label)",
        color: ink,
        "font-family": "system-ui, sans-serif",
        "font-size": FONT,
        "text-wrap": "wrap",
        "text-max-width": "120px",
        "text-valign": "bottom",
        "text-margin-y": 4,
        "text-outline-color": paper,
        "text-outline-width": 2,
        "min-zoomed-font-size": 7,
      },
    },
    ...kinds,
    {
      selector: "edge",
      style: {
        width: 1.3,
        "line-color": line,
        "target-arrow-color": line,
        "target-arrow-shape": "triangle",
        "arrow-scale": 0.8,
        "curve-style": "bezier",
      },
    },
    { selector: ".far", style: { opacity: 0.4 } },
    { selector: "edge.near", style: { "line-color": accent, "target-arrow-color": accent } },
    {
      selector: "edge.named, edge.over",
      style: {
        label: "data(label)",
        color: ink,
        "font-size": 10,
        "font-family": "system-ui, sans-serif",
        "text-rotation": "autorotate",
        "text-outline-color": paper,
        "text-outline-width": 2,
        "min-zoomed-font-size": 7,
        "z-index": 10,
      },
    },
    { selector: "node.chosen", style: { "border-width": 3, "border-color": accent, "font-weight": "bold" } },
  ] as StylesheetJson;
}

function colourOf(name: string): string {
  const probe = document.createElement("span");
  probe.className = name;
  document.body.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}
