/** A generated file, or the generated part of a file between two marks. */
export interface Output {
  /** Relative to the project's root. */
  readonly path: string;
  /** Name of the part, as in its marks; without it the whole file is generated. */
  readonly region?: string;
  /** Lines; the last one also ends with a newline. */
  readonly content: string;
}

/** Start and end of comments, by kind of file. */
const COMMENT: Readonly<Record<string, readonly [string, string]>> = {
  md: ["<!-- ", " -->"],
  sol: ["// ", ""],
  h: ["// ", ""],
  c: ["// ", ""],
  ts: ["// ", ""],
};

/** The marks around a region of a file. @throws Error if the comments of this kind of file are unknown. */
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
 * Replaces the generated part of a file. The marks keep their indentation, and the content gets it too.
 * @throws Error unless each mark occurs exactly once, in this order.
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

/** The up-to-date file. @param text the present content; undefined if the file is missing. */
export function written(output: Output, text: string | undefined): string {
  if (output.region === undefined) return output.content;
  if (text === undefined) throw new Error(`${output.path}, a part of which is generated, is missing`);
  return replaceRegion(text, output.path, output.region, output.content);
}
