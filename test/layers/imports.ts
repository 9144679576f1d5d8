/** The modules that a source file names: imports, re-exports, dynamic imports, types by `import("…")`, and workers by URL. */
import { parseSync, Visitor } from "oxc-parser";

export interface Import {
  readonly specifier: string;
  readonly line: number;
}

const MODULE = /\.(ts|mjs|js)$/;

/**
 * @param path only its ending matters: it tells the language.
 * @throws Error if the file does not parse, or imports something whose name is computed: nobody could check that.
 */
export function importsOf(path: string, text: string): Import[] {
  const { program, errors } = parseSync(path, text);
  if (errors[0] !== undefined) throw new Error(`${path} does not parse: ${errors[0].message}`);
  const imports: Import[] = [];
  const lineAt = (offset: number): number => text.slice(0, offset).split("\n").length;
  const add = (source: { readonly type: string; readonly start: number; readonly value?: unknown } | null): void => {
    if (source === null) return;
    if (typeof source.value !== "string")
      throw new Error(`${path}:${lineAt(source.start)} imports a module whose name is computed: write the name out`);
    imports.push({ specifier: source.value, line: lineAt(source.start) });
  };
  new Visitor({
    ImportDeclaration: ({ source }) => add(source),
    ExportNamedDeclaration: ({ source }) => add(source),
    ExportAllDeclaration: ({ source }) => add(source),
    ImportExpression: ({ source }) => add(source),
    TSImportType: ({ source }) => add(source),
    // new URL("./worker.ts", import.meta.url)
    NewExpression: ({ callee, arguments: [name, base] }) => {
      if (callee.type !== "Identifier" || callee.name !== "URL" || base?.type !== "MemberExpression") return;
      if (name?.type === "Literal" && typeof name.value === "string" && MODULE.test(name.value)) add(name);
    },
  }).visit(program);
  return imports;
}
