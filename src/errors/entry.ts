/** The description of one error code. */
export interface CatalogueEntry {
  /** Whether the same request may succeed later without a change. */
  readonly transient: boolean;
  /** What happened, as one sentence. */
  readonly meaning: string;
  /** What to do next, in full sentences. A single word in backticks is the name of an input. */
  readonly hint: string;
}

/** Codes of one area, keyed by code. */
export type CatalogueArea = Readonly<Record<string, CatalogueEntry>>;
