// Looks at pages as a reader does: on a screen, light and dark, on a narrow screen, and printed.
//
//   node pages.mjs [--out DIR] FILE.html...
//
// Checks of each page: no error on the console, nothing loaded from outside, no violation of WCAG 2.2 AA that axe-core finds
// (light, dark, print), no sideways scrolling at 400 px, the skip link first by keyboard, no smooth scrolling where the
// reader asks for reduced motion, and report.html on two A4 pages. With --out the screenshots and PDF files are kept.
// BROWSER names the browser; without it /usr/bin/chromium is started.
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const axeSource = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const SCREEN = { width: 1280, height: 900 };
const NARROW = { width: 400, height: 800 };
const MAX_REPORT_PAGES = 2;

const args = process.argv.slice(2);
let out;
if (args[0] === "--out") [, out] = args.splice(0, 2);
if (args.length === 0) {
  console.error("usage: node pages.mjs [--out DIR] FILE.html...");
  process.exit(2);
}
if (out) fs.mkdirSync(out, { recursive: true });

const faults = [];

/** Opens a page and notes what it complains of or loads from elsewhere. */
async function open(browser, file, options) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const fault = (text) => faults.push(`${file}: ${text}`);
  page.on("console", (message) => message.type() === "error" && fault(`console: ${message.text()}`));
  page.on("pageerror", (error) => fault(`script: ${error.message}`));
  const own = pathToFileURL(file).href;
  page.on("request", (request) => {
    const url = request.url();
    if (url.split("#")[0] !== own && !url.startsWith("data:")) fault(`loads ${url}`);
  });
  await page.goto(own, { waitUntil: "load" });
  return { page, fault, close: () => context.close() };
}

/** Violations that axe-core finds, each with the first places. */
async function axe(page, fault, form) {
  await page.evaluate(axeSource);
  const found = await page.evaluate((rules) => window.axe.run(document, { runOnly: rules }), RULES);
  for (const { id, nodes } of found.violations) {
    const places = nodes.slice(0, 3).map((node) => `${node.target} ${node.any[0]?.message ?? node.failureSummary}`);
    fault(`${form}: ${id} (${nodes.length}): ${places.join(" | ")}`);
  }
  return found.passes.length;
}

const keep = (file, suffix) => {
  const name = [path.basename(path.dirname(file)), path.basename(file, ".html"), suffix].join("_");
  return out && path.join(out, name);
};

async function look(browser, file) {
  let passes = 0;
  for (const colorScheme of ["light", "dark"]) {
    const { page, fault, close } = await open(browser, file, { viewport: SCREEN, colorScheme });
    passes += await axe(page, fault, colorScheme);
    if (out) await page.screenshot({ path: keep(file, `${colorScheme}.png`), fullPage: true });
    await close();
  }

  const narrow = await open(browser, file, { viewport: NARROW, reducedMotion: "reduce" });
  const width = await narrow.page.evaluate(() => document.documentElement.scrollWidth);
  if (width > NARROW.width) narrow.fault(`scrolls sideways at ${NARROW.width} px: ${width} px wide`);
  const motion = await narrow.page.evaluate(() => getComputedStyle(document.documentElement).scrollBehavior);
  if (motion !== "auto") narrow.fault(`moves although the reader asks for reduced motion: ${motion}`);
  passes += await axe(narrow.page, narrow.fault, "narrow");
  if (out) await narrow.page.screenshot({ path: keep(file, "narrow.png"), fullPage: true });
  await narrow.page.keyboard.press("Tab");
  const first = await narrow.page.evaluate(() => document.activeElement?.getAttribute("href"));
  if (first !== "#main") narrow.fault(`the first stop by keyboard is ${first}, not the skip link`);
  await narrow.close();

  const print = await open(browser, file, { viewport: { width: 720, height: 1000 }, colorScheme: "light" });
  await print.page.emulateMedia({ media: "print" });
  passes += await axe(print.page, print.fault, "print");
  const pdf = await print.page.pdf({ preferCSSPageSize: true });
  if (out) fs.writeFileSync(keep(file, "print.pdf"), pdf);
  const pages = pdf.toString("latin1").match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? 0;
  if (path.basename(file) === "report.html" && pages > MAX_REPORT_PAGES) print.fault(`${pages} printed pages`);
  await print.close();
  console.log(`${file}: ${pages} printed pages, ${passes} rules of axe-core passed`);
}

const browser = await chromium.launch({
  executablePath: process.env.BROWSER ?? "/usr/bin/chromium",
  // The pages are our own files, and continuous integration has no other user.
  args: ["--no-sandbox"],
});
try {
  for (const file of args.map((file) => path.resolve(file))) await look(browser, file);
} finally {
  await browser.close();
}
for (const fault of faults) console.error(`FAILED: ${fault}`);
process.exit(faults.length === 0 ? 0 : 1);
