/** A fenced block of code. */
export interface CodeBlock {
  readonly language: string;
  readonly text: string;
}

const fence = /^ *```(\w*)\n([\s\S]*?)^ *```$/gm;

/** The fenced blocks of a page, in order. */
export function codeBlocks(markdown: string): readonly CodeBlock[] {
  return [...markdown.matchAll(fence)].map(([, language = '', text = '']) => ({ language, text }));
}

/** Where the links of a page lead; code is not looked at. */
export function linkTargets(markdown: string): readonly string[] {
  const prose = markdown.replaceAll(fence, '').replaceAll(/`[^`]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
}

/** What a link may name after `#`: the headings of a page, turned into anchors as GitHub does. */
export function anchorsOf(markdown: string): readonly string[] {
  const prose = markdown.replaceAll(fence, '');
  return [...prose.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
