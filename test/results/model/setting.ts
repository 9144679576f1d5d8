import { LONGEST } from "./game.ts";

/** What an adversary does, each as eagerly as the dice say. */
export const TRICKS = [
  "odd boundaries",
  "false outputs",
  "false starts",
  "old starts",
  "last moment before finality",
  "false counters",
  "reorganisations",
  "chains of lies",
  "slow play",
  "reopening",
  "hoarding",
  "many spans",
  "line of moves",
  "made-up roots",
  "across machines",
  "same places",
] as const;
export type Trick = (typeof TRICKS)[number];

/**
 * When the guardian asks again:
 *  - `mindful`: within `patience` hours of a false settled output or a freeze;
 *  - `woken`: within `patience` hours of a freeze, and never else;
 *  - `random`: at any time;
 *  - `spiteful`: in the moments that hurt most.
 */
export type GuardianKind = "none" | "mindful" | "woken" | "random" | "spiteful";

export type Setting = {
  finalityDelay: number;
  hours: number;
  guardian: GuardianKind;
  patience: number;
  /** Of the mindful guardian in a freeze, where it differs. */
  patienceInFreeze: number | undefined;
  /** Longest absence of the honest side, of two; 0 if it is always there. */
  absence: number;
  /** In an absence, the adversary proposes two results for one span. */
  rivals: boolean;
  reorganisations: boolean;
  /** Nobody appends for more than three W. */
  idle: boolean;
  /** Nobody calls `advance` of their own accord. */
  nobodyAdvances: boolean;
  /** The timelock appends and replaces machines. */
  upgrades: boolean;
  places: number;
  /** Places that may be used again are taken at once by something else: the worst case of many boundaries. */
  placesTakenAtOnce: boolean;
  /** Hours for which a higher boundary must have been final before a place is used again. */
  keepFor: number;
  /** The only tricks, all as eager as can be; undefined for all of them, as the dice say. */
  tricks: readonly Trick[] | undefined;
  /** A game that fell in an absence is kept back for months, for an end that nobody has settled. */
  sly: boolean;
};

const setting = (name: string, finalityDelay: number, changes: Partial<Setting> = {}): [string, Setting] => [
  name,
  {
    finalityDelay,
    hours: 1500,
    guardian: "none",
    patience: 0,
    patienceInFreeze: undefined,
    absence: 0,
    rivals: false,
    reorganisations: false,
    idle: false,
    nobodyAdvances: false,
    upgrades: false,
    places: 2 ** 20,
    placesTakenAtOnce: true,
    keepFor: LONGEST + 14 * 24,
    tricks: undefined,
    sly: false,
    ...changes,
  },
];

const absent: Partial<Setting> = {
  absence: 150,
  rivals: true,
  guardian: "mindful",
  patience: 20,
  patienceInFreeze: 200,
};

const sly: Partial<Setting> = { sly: true, guardian: "woken", patience: 50, hours: 2400 };

/** The worlds in which the rules are played. Hours, and finality delays of 2, 10 and 17 days. */
export const SETTINGS: Readonly<Record<string, Setting>> = Object.fromEntries([
  setting("present, 48 h", 48),
  setting("present, 240 h", 240),
  setting("reorganised, 48 h", 48, { reorganisations: true }),
  setting("spiteful guardian, reorganised, 48 h", 48, { guardian: "spiteful", reorganisations: true }),
  setting("spiteful guardian, 240 h", 240, { guardian: "spiteful" }),
  setting("random guardian, reorganised, 48 h", 48, { guardian: "random", reorganisations: true }),
  setting("askings taken back, 48 h", 48, {
    guardian: "random",
    reorganisations: true,
    tricks: ["reorganisations", "odd boundaries", "many spans", "false counters", "false outputs", "reopening"],
  }),
  setting("absent, 48 h", 48, absent),
  setting("absent, 240 h", 240, absent),
  setting("absent, 400 h", 400, { ...absent, hours: 2100 }),
  setting("absent, woken guardian, 400 h", 400, { absence: 150, hours: 2100, guardian: "woken", patience: 50 }),
  setting("absent, hoarding, 400 h", 400, { absence: 150, hours: 2100, tricks: ["hoarding", "false outputs"] }),
  setting("idle, 48 h", 48, { idle: true, hours: 2100 }),
  setting("idle, nobody advances, 48 h", 48, { idle: true, hours: 2100, nobodyAdvances: true }),
  setting("random guardian, nobody advances, 48 h", 48, { guardian: "random", nobodyAdvances: true }),
  setting("upgrades, reorganised, 48 h", 48, { upgrades: true, reorganisations: true }),
  setting("few places, 48 h", 48, { places: 1024, placesTakenAtOnce: false, hours: 2100 }),
  setting("crowded places, reorganised, 48 h", 48, {
    places: 500,
    placesTakenAtOnce: false,
    hours: 2100,
    keepFor: LONGEST,
    reorganisations: true,
    guardian: "random",
  }),
  setting("sly, absent 150 h, 400 h", 400, { ...sly, absence: 150, tricks: ["hoarding"] }),
  setting("sly, absent 88 h, 300 h", 300, { ...sly, absence: 88, tricks: ["hoarding", "odd boundaries"] }),
]);
