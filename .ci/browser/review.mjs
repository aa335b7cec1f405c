// Reviews a report as a reader does, by keyboard alone, and saves review.csv.
//
//   node review.mjs REPORT.html REVIEW.csv [MAX_SECONDS]
//
// Checks: no error on the console, nothing loaded from outside, the page is ready within MAX_SECONDS (3), crops are drawn, a
// nucleus that is reclassified changes the live count, undo takes it back, a decision survives a reload, nothing is saved without
// a name. Prints the counts that the saved review must give: EVALUABLE REARRANGED.
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [file, saved, limit = "3"] = process.argv.slice(2);
if (!saved) {
  console.error("usage: node review.mjs REPORT.html REVIEW.csv [MAX_SECONDS]");
  process.exit(2);
}
const faults = [];
const check = (holds, text) => holds || faults.push(text);
const browser = await chromium.launch({ executablePath: process.env.BROWSER ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, acceptDownloads: true });
const page = await context.newPage();
const own = pathToFileURL(path.resolve(file)).href;
page.on("console", (message) => message.type() === "error" && faults.push(`console: ${message.text()}`));
page.on("pageerror", (error) => faults.push(`script: ${error.message}`));
page.on("request", (request) => {
  const url = request.url();
  check(url.split("#")[0] === own || /^(data|blob):/.test(url), `loads ${url}`);
});
page.on("dialog", (dialog) => dialog.accept());

const counts = () => page.$eval("#live-counts", (live) => [Number(live.dataset.evaluable), Number(live.dataset.rearranged)]);
const isDrawn = () => page.$eval("#crop-merged", (canvas) => {
  const samples = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  return samples.some((value, i) => i % 4 !== 3 && value > 30);
});
const press = async (...keys) => { for (const key of keys) await page.keyboard.press(key); };
const setPattern = async (text) => {
  await press("p");
  await page.keyboard.type(text);
  await press("Enter");
};
const toFirst = async () => {
  await page.selectOption("#filter", "all");
  await page.focus("#viewer");
};

const start = Date.now();
await page.goto(own, { waitUntil: "load" });
await page.waitForFunction(() => document.getElementById("live-counts").textContent !== "");
await page.waitForFunction(() => document.querySelectorAll("#cards canvas").length > 0);
const seconds = (Date.now() - start) / 1000;
check(seconds <= Number(limit), `opens in ${seconds} s, not within ${limit} s`);
await page.waitForTimeout(300);
check(await isDrawn(), "the crop is not drawn");

await toFirst();
const [evaluable, rearranged] = await counts();
// Among the first nuclei at least one can be called otherwise.
await setPattern("2F");
await setPattern("1F1R1G");
const patterned = await counts();
await press("u", "u");
check((await counts()).join() === [evaluable, rearranged].join(), "undo does not take decisions back");
await toFirst();
await press("x");
const excluded = await counts();
check(excluded[0] === evaluable - 1, `an excluded nucleus leaves ${excluded[0]} of ${evaluable}`);
await setPattern("2F");
await setPattern("1F1R1G");
await press("a", "b", "m", "c", "c", "c", "c", "c", "ArrowRight", "ArrowLeft", "d");
check(patterned.length === 2, "no counts");
const beforeReload = await counts();
await page.reload({ waitUntil: "load" });
check((await counts()).join() === beforeReload.join(), "a draft is lost with the page");

await page.focus("#viewer");
await press("s");
check(await page.evaluate(() => document.activeElement.id === "reader"), "a review is saved without a name");
await page.keyboard.type("Reader in the test");
await press("Escape");
const download = page.waitForEvent("download");
await press("s");
await (await download).saveAs(saved);
const lines = fs.readFileSync(saved, "utf8").trim().split("\n").length;
check(lines === 5, `review.csv has ${lines} lines, not 5`);

// A review that was saved can be taken up again: the browser does not tell whether its file was written.
const atSave = await counts();
await page.reload({ waitUntil: "load" });
check((await counts()).join() === [evaluable, rearranged].join(), "the next reader does not start anew");
await page.selectOption("#earlier", "0");
check((await counts()).join() === atSave.join(), "a saved review cannot be taken up again");
await page.focus("#viewer");

const moves = Date.now();
for (let i = 0; i < 20; i++) await press("ArrowRight");
const perMove = (Date.now() - moves) / 20;
check(perMove < 200, `the next nucleus takes ${perMove} ms`);
console.log((await counts()).join(" "));
console.error(`${file}: opened in ${seconds.toFixed(2)} s, ${perMove.toFixed(0)} ms to the next nucleus, ${(fs.statSync(file).size / 1e6).toFixed(1)} MB`);
await browser.close();
for (const fault of faults) console.error(`FAILED: ${fault}`);
process.exit(faults.length === 0 ? 0 : 1);
