/** Placeholder shape; the full catalogue follows. */
export interface CatalogueEntry {
  readonly transient: boolean;
  readonly hint: string;
  readonly patterns?: readonly RegExp[];
}
export const catalogue = {
  internal: { transient: false, hint: 'This is a defect of the action. Please open an issue with the report.' },
} as const satisfies Record<string, CatalogueEntry>;
export type ErrorCode = keyof typeof catalogue;
