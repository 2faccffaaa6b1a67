/** Elements by name; a leaf is text. */
export interface XmlTree {
  readonly [element: string]: string | XmlTree;
}

/** The XML of a tree, without a declaration. */
export function toXml(tree: XmlTree): string {
  return Object.entries(tree)
    .map(([name, value]) => {
      const inner = typeof value === 'string' ? escapeXml(value) : toXml(value);
      return `<${name}>${inner}</${name.split(' ')[0]}>`;
    })
    .join('\n');
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
