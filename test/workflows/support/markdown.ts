/** A fenced block of code. */
export interface CodeBlock {
  readonly language: string;
  /** What stands behind the language; GitHub shows nothing of it. */
  readonly info: string;
  readonly text: string;
}

const fence = /^ *```(\w*) *([^\n`]*)\n([\s\S]*?)^ *```$/gm;

/** The fenced blocks of a page, in order. */
export function codeBlocks(markdown: string): readonly CodeBlock[] {
  return [...markdown.matchAll(fence)].map(([, language = '', info = '', text = '']) => ({ language, info, text }));
}

/** The text of a page without its fenced blocks. */
export function proseOf(markdown: string): string {
  return markdown.replaceAll(fence, '');
}

/** The commands of a block for a shell, each on one line, without comments; those joined by `&&` are apart. */
export function commandsOf(shell: string): readonly string[] {
  const lines = shell
    .replaceAll(/\\\n\s*/g, '')
    .replaceAll(/\n(?=  )/g, ' ')
    .split('\n');
  return lines
    .map(line => line.replace(/(^|\s)#.*$/, '').trim())
    .flatMap(line => line.split(/\s+&&\s+/))
    .filter(command => command !== '');
}

/** Where the links of a page lead; code is not looked at. */
export function linkTargets(markdown: string): readonly string[] {
  const prose = proseOf(markdown).replaceAll(/`[^`]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
}

/** What a link may name after `#`: the headings of a page, turned into anchors as GitHub does. */
export function anchorsOf(markdown: string): readonly string[] {
  return [...proseOf(markdown).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
