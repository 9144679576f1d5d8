import type { Hash } from "./tree.ts";

/**
 * Siblings that open the nodes first … end − 1 of a tree's lowest level at once: at each level from the lowest, the first node's sibling if the node is a right child, the last node's if it is a left child.
 * @param node the node at a height and an index.
 */
export function rangeSiblings(
  node: (height: number, index: number) => Hash,
  depth: number,
  first: number,
  end: number,
): Hash[] {
  const siblings: Hash[] = [];
  let [a, b] = [first, end];
  for (let height = 0; height < depth; height++) {
    if (a % 2 === 1) siblings.push(node(height, a - 1));
    if (b % 2 === 1) siblings.push(node(height, b));
    a = Math.floor(a / 2);
    b = Math.ceil(b / 2);
  }
  return siblings;
}
