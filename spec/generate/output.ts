/** A file that is generated whole, or the part of a file between two marks. */
export interface Output {
  /** From the project's root. */
  readonly path: string;
  /** Name of the part, which stands in its marks; without it the whole file is generated. */
  readonly region?: string;
  /** Lines, the last one ended too. */
  readonly content: string;
}

/** How the comments of a kind of file begin and end. */
const COMMENT: Readonly<Record<string, readonly [string, string]>> = {
  md: ["<!-- ", " -->"],
  sol: ["// ", ""],
  h: ["// ", ""],
  c: ["// ", ""],
  ts: ["// ", ""],
};

/** The marks that a region of a file stands between. @throws Error for a kind of file that has no comments. */
export function marksOf(path: string, region: string): { begin: string; end: string } {
  const comment = COMMENT[path.slice(path.lastIndexOf(".") + 1)];
  if (!comment) throw new Error(`${path}: no comments are known for this kind of file; add them to COMMENT`);
  const [open, close] = comment;
  return {
    begin: `${open}generated: ${region} (npm run generate)${close}`,
    end: `${open}end of ${region}${close}`,
  };
}

/**
 * The file with its generated part exchanged. The marks keep their indentation, and the content takes it over.
 * @throws Error unless each mark stands in the file exactly once, in this order.
 */
export function replaceRegion(text: string, path: string, region: string, content: string): string {
  const { begin, end } = marksOf(path, region);
  const lines = text.split("\n");
  const places = (mark: string): number[] => lines.flatMap((line, i) => (line.trim() === mark ? [i] : []));
  const [from, to] = [places(begin), places(end)];
  if (from.length !== 1 || to.length !== 1 || (from[0] as number) > (to[0] as number))
    throw new Error(`${path} must have the lines "${begin}" and "${end}", once each and in this order`);
  const [first, last] = [from[0] as number, to[0] as number];
  const indent = (lines[first] as string).slice(0, (lines[first] as string).indexOf(begin));
  const body = content
    .trimEnd()
    .split("\n")
    .map((line) => (line === "" ? "" : indent + line));
  return [...lines.slice(0, first + 1), ...body, ...lines.slice(last)].join("\n");
}

/** The file as it should be. @param text as it is; undefined if there is none. */
export function written(output: Output, text: string | undefined): string {
  if (output.region === undefined) return output.content;
  if (text === undefined) throw new Error(`${output.path}, a part of which is generated, is missing`);
  return replaceRegion(text, output.path, output.region, output.content);
}
