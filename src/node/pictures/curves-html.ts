// The curves as one HTML file that needs nothing else: the viewer, its style and the run inside.

import { readFile } from "node:fs/promises";
import type { Columns } from "../../curves/history.ts";
import { curveSubtitle, curveTitle, type FigureOf, isCorpusRun } from "../../curves/options.ts";
import type { Config } from "../../settings/check.ts";
import { viewerFile } from "../built-files.ts";
import type { LineUp } from "../runs/line-up.ts";

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ESCAPES[character] as string);
}

function inScript(code: string): string {
  return code.replaceAll("</script", "<\\/script");
}

/** The text of curves.html. */
export async function curvesHtml(columns: Columns, config: Config, of: FigureOf): Promise<string> {
  const { learned, run: name } = curveTitle(config, of);
  return figureHtml({
    title: `${learned.join(" → ")}, ${name}`,
    subtitle: `${curveSubtitle(config)}.`,
    content: { columns, isCorpus: isCorpusRun(config) },
  });
}

/** The text of a page of the curves of several runs. */
export function comparisonHtml({ title, ...content }: LineUp): Promise<string> {
  const count = content.labels.length;
  return figureHtml({
    title: `${title} of ${count} runs`,
    subtitle: "The best first; lower is better.",
    content,
  });
}

/** What stands in the file; all but `above` and `below` enters as escaped text or as JSON. */
export interface Figure {
  readonly title: string;
  readonly subtitle: string;
  readonly content: object;
  /** HTML before and after the curves. */
  readonly above?: string;
  readonly below?: string;
}

/** The text of a page with curves. */
export async function figureHtml(figure: Figure): Promise<string> {
  const plot = new URL(import.meta.resolve("uplot/dist/uPlot.iife.min.js"));
  const [library, script, style] = await Promise.all([
    readFile(plot, "utf8"),
    readFile(viewerFile("curves.js"), "utf8"),
    readFile(viewerFile("curves.css"), "utf8"),
  ]);
  const title = escapeHtml(figure.title);
  const content = JSON.stringify(figure.content).replaceAll("<", "\\u003c");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<h1>${title}</h1>
${figure.above ?? ""}
<p>${escapeHtml(figure.subtitle)} Drag to zoom, double-click to see all; click a name to hide or show its curve.</p>
<div id="curves"></div>
${figure.below ?? ""}
<script type="application/json" id="run">${content}</script>
<script>${inScript(library)}</script>
<script>${inScript(script)}</script>
</body>
</html>
`;
}
