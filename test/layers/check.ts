/** Holds every import of a project against the list of allowed ones (`allowed.ts`), and every package against its manifest. */
import { dirname, join, normalize } from "node:path/posix";
import type { Allowed, Edges } from "./allowed.ts";
import { type Import, importsOf } from "./imports.ts";
import type { Manifest, Project } from "./project.ts";

/** Folder of a path's package; "." of what stands at the root. */
const packageOf = (path: string): string => (path.includes("/") ? path.slice(0, path.indexOf("/")) : ".");

/** What a bare specifier names: the package, and the path in it as `exports` writes it. */
function splitSpecifier(specifier: string): { name: string; subpath: string } {
  const parts = specifier.split("/");
  const length = specifier.startsWith("@") ? 2 : 1;
  return { name: parts.slice(0, length).join("/"), subpath: [".", ...parts.slice(length)].join("/") };
}

/** The first file that an entry of `exports` or `imports` gives, whatever the condition. */
function targetOf(entry: unknown): string | undefined {
  if (typeof entry === "string") return entry;
  if (entry === null || typeof entry !== "object") return undefined;
  return Object.values(entry)
    .map(targetOf)
    .find((target) => target !== undefined);
}

/** The file that `exports` or `imports` gives for a path; a key may hold one `*`. */
function resolveSubpath(entries: Readonly<Record<string, unknown>> | undefined, subpath: string): string | undefined {
  for (const [key, entry] of Object.entries(entries ?? {})) {
    if (key === subpath) return targetOf(entry);
    const [before, after] = key.split("*");
    if (before === undefined || after === undefined) continue;
    if (!subpath.startsWith(before) || !subpath.endsWith(after)) continue;
    return targetOf(entry)?.replace("*", subpath.slice(before.length, subpath.length - after.length));
  }
  return undefined;
}

class Check {
  readonly faults: string[] = [];
  readonly #used = new Set<string>();
  readonly #allowed: Allowed;
  readonly #manifests: Project["manifests"];
  readonly #folders: ReadonlyMap<string, string>;

  constructor(allowed: Allowed, manifests: Project["manifests"]) {
    this.#allowed = allowed;
    this.#manifests = manifests;
    this.#folders = new Map([...manifests].map(([folder, { name }]) => [name, folder]));
  }

  /** Tests, fixtures, and packages that no other builds on: they may import everything, and nothing else imports them. */
  isConsumer(path: string): boolean {
    return /\.test\.ts$|\/fixtures\//.test(path) || !Object.hasOwn(this.#allowed.packages, packageOf(path));
  }

  source(path: string, text: string): void {
    if (this.isConsumer(path) || packageOf(path) === ".") return;
    for (const found of importsOf(path, text)) this.#import(path, found);
  }

  #import(path: string, { specifier, line }: Import): void {
    const fault = (what: string): number => this.faults.push(`${path}:${line} imports ${specifier}: ${what}`);
    if (specifier.startsWith("node:")) return;
    const from = packageOf(path);
    if (specifier.startsWith("#")) {
      const target = resolveSubpath(this.#manifests.get(from)?.imports, specifier);
      if (target === undefined) fault(`${from}/package.json has no such entry in "imports"`);
      else if (target.startsWith(".")) this.#folderEdge(path, normalize(join(from, target)), fault);
      return;
    }
    const installed = specifier.lastIndexOf("node_modules/");
    if (installed >= 0) this.#bare(path, specifier.slice(installed + "node_modules/".length), fault);
    else if (specifier.startsWith(".")) {
      const target = normalize(join(dirname(path), specifier));
      if (this.isConsumer(target)) fault("that is test code, or a program of its own, which production never imports");
      else if (packageOf(target) === from) this.#folderEdge(path, target, fault);
      else if (packageOf(target) === ".") this.#packageEdge(from, ".", fault);
      else fault(`another package is imported by its name (${this.#manifests.get(packageOf(target))?.name}/…)`);
    } else this.#bare(path, specifier, fault);
  }

  #bare(path: string, specifier: string, fault: (what: string) => number): void {
    const from = packageOf(path);
    const { name, subpath } = splitSpecifier(specifier);
    const folder = this.#folders.get(name);
    if (folder === from) {
      fault("within a package, imports are relative");
      return;
    }
    if (!this.#declared(from).has(name)) fault(`${from}/package.json does not name ${name} in "dependencies"`);
    this.#used.add(`${from} needs ${name}`);
    if (folder === undefined) return;
    const target = resolveSubpath(this.#manifests.get(folder)?.exports, subpath);
    if (target === undefined) fault(`${folder}/package.json does not export "${subpath}"`);
    else if (this.isConsumer(normalize(join(folder, target))))
      fault("that is test code, or a program of its own, which production never imports");
    else this.#packageEdge(from, folder, fault);
  }

  #declared(folder: string): ReadonlySet<string> {
    const { dependencies, peerDependencies, optionalDependencies } = this.#manifests.get(folder) ?? ({} as Manifest);
    return new Set(Object.keys({ ...dependencies, ...peerDependencies, ...optionalDependencies }));
  }

  #packageEdge(from: string, to: string, fault: (what: string) => number): void {
    this.#used.add(`${from} → ${to}`);
    if (!this.#allowed.packages[from]?.includes(to))
      fault(`test/layers/allowed.ts does not let ${from} import ${to}; dependencies point one way`);
  }

  #folderEdge(path: string, target: string, fault: (what: string) => number): void {
    const [from, to] = [dirname(path), dirname(target)];
    // Data (WebAssembly, JSON) imports nothing, and makes no circle.
    if (from === to || !/\.(ts|mjs|js)$/.test(target)) return;
    this.#used.add(`${from} → ${to}`);
    if (!this.#allowed.folders[from]?.includes(to))
      fault(`test/layers/allowed.ts does not let ${from} import ${to}; dependencies point one way`);
  }

  /** What is allowed, or declared, and not used any more. */
  unused(): void {
    for (const [from, list] of [...Object.entries(this.#allowed.packages), ...Object.entries(this.#allowed.folders)])
      for (const to of list)
        if (!this.#used.has(`${from} → ${to}`))
          this.faults.push(`test/layers/allowed.ts lets ${from} import ${to}, which it does not do: remove the entry`);
    for (const folder of Object.keys(this.#allowed.packages))
      for (const name of this.#declared(folder))
        if (this.#folders.has(name) && !this.#used.has(`${folder} needs ${name}`))
          this.faults.push(`${folder}/package.json names ${name} in "dependencies", and nothing there imports it`);
  }
}

/** A list in which every entry names only entries above it has no circle. */
function disorder(edges: Edges): string[] {
  const names = Object.keys(edges);
  return names.flatMap((from, place) =>
    (edges[from] ?? [])
      .filter((to) => !names.slice(0, place).includes(to))
      .map(
        (to) => `test/layers/allowed.ts: ${from} names ${to}, which does not stand above it: a circle, or the order`,
      ),
  );
}

/** @returns one line for each fault: where, what, and what to do. */
export function layerFaults({ sources, manifests }: Project, allowed: Allowed): string[] {
  const check = new Check(allowed, manifests);
  for (const [path, text] of sources) check.source(path, text);
  check.unused();
  return [...disorder(allowed.packages), ...disorder(allowed.folders), ...check.faults];
}
