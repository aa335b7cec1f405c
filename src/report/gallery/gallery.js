// The gallery of nuclei: shows crops, takes corrections by keyboard, counts live, and saves review.csv.
"use strict";
(() => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const data = read("gallery-data");
  const sheets = read("gallery-sheets");
  const byId = (id) => document.getElementById(id);
  const PER_PAGE = 48;
  // Radius of the opening that estimates the background, tile px: wider than a signal.
  const BACKGROUND_RADIUS = 5;
  const COLOURS = [[60, 90, 255], [255, 60, 40], [40, 255, 60]];
  const state = { list: data.nuclei.map((_, i) => i), at: 0, changes: new Map(), history: [], saved: true,
                  background: false, marks: true, channels: 0, seconds: new Map(), since: Date.now(), seen: new Set() };

  // ---- pictures ----
  const images = new Map();
  const sheetImage = (index) => {
    if (!images.has(index)) {
      const image = new Image();
      images.set(index, new Promise((done) => {
        image.onload = () => done(image);
        image.onerror = () => done(null);
      }));
      image.src = sheets[index];
    }
    return images.get(index);
  };
  const scratch = document.createElement("canvas");
  const tiles = async (nucleus) => {
    const { tile, row, sheet } = data;
    if (nucleus.tile === null) return null;
    const image = await sheetImage(data.fields[nucleus.field].sheet + Math.floor(nucleus.tile / sheet));
    if (!image) return null;
    const place = nucleus.tile % sheet;
    scratch.width = 3 * tile;
    scratch.height = tile;
    const context = scratch.getContext("2d", { willReadFrequently: true });
    context.drawImage(image, (place % row) * 3 * tile, Math.floor(place / row) * tile, 3 * tile, tile, 0, 0, 3 * tile, tile);
    const { data: samples } = context.getImageData(0, 0, 3 * tile, tile);
    return [0, 1, 2].map((channel) => {
      const out = new Float32Array(tile * tile);
      for (let y = 0; y < tile; y++) {
        for (let x = 0; x < tile; x++) out[y * tile + x] = samples[4 * (y * 3 * tile + channel * tile + x)];
      }
      return out;
    });
  };
  const extreme = (samples, size, pick) => {
    const along = (source, step, line) => {
      const out = new Float32Array(source.length);
      for (let a = 0; a < size; a++) {
        for (let b = 0; b < size; b++) {
          let best = source[a * line + b * step];
          for (let k = Math.max(0, b - BACKGROUND_RADIUS); k <= Math.min(size - 1, b + BACKGROUND_RADIUS); k++) {
            best = pick(best, source[a * line + k * step]);
          }
          out[a * line + b * step] = best;
        }
      }
      return out;
    };
    return along(along(samples, 1, size), size, 1);
  };
  const withoutBackground = (samples, size) => {
    const opened = extreme(extreme(samples, size, Math.min), size, Math.max);
    const rest = samples.map((value, i) => value - opened[i]);
    const gain = Math.min(4, 255 / Math.max(60, rest.reduce((a, b) => Math.max(a, b), 0)));
    return rest.map((value) => value * gain);
  };
  // Channels: 0 = merged, 1 = counterstain, 2 = red, 3 = green.
  const turns = new WeakMap();
  const draw = async (canvas, nucleus, channel, withMarks) => {
    const size = data.tile;
    const turn = {};
    turns.set(canvas, turn);
    const planes = await tiles(nucleus);
    // The reader has gone on to another nucleus.
    if (turns.get(canvas) !== turn) return;
    const zoom = withMarks ? 4 : 1;
    canvas.width = canvas.height = size * zoom;
    const context = canvas.getContext("2d");
    if (!planes) {
      context.fillStyle = "#808080";
      context.font = `${11 * zoom}px sans-serif`;
      context.textAlign = "center";
      context.fillText("no picture", (size * zoom) / 2, (size * zoom) / 2);
      return;
    }
    const shown = planes.map((plane, i) => (i > 0 && state.background ? withoutBackground(plane, size) : plane));
    const picture = context.createImageData(size, size);
    for (let i = 0; i < size * size; i++) {
      const rgb = [0, 0, 0];
      for (let c = 0; c < 3; c++) {
        if (channel === 0) for (let k = 0; k < 3; k++) rgb[k] += (shown[c][i] * COLOURS[c][k]) / 255 * (c === 0 ? 0.5 : 1);
        else if (channel - 1 === c) rgb.fill(shown[c][i]);
      }
      picture.data.set([Math.min(255, rgb[0]), Math.min(255, rgb[1]), Math.min(255, rgb[2]), 255], 4 * i);
    }
    const small = document.createElement("canvas");
    small.width = small.height = size;
    small.getContext("2d").putImageData(picture, 0, 0);
    context.drawImage(small, 0, 0, size * zoom, size * zoom);
    if (withMarks && state.marks) mark(context, nucleus, (size * zoom) / nucleus.side, channel);
  };
  const mark = (context, nucleus, scale, channel) => {
    const at = ([y, x]) => [(x + 0.5) * scale, (y + 0.5) * scale];
    context.lineWidth = 1.5;
    context.strokeStyle = "#9ad0ff";
    context.beginPath();
    nucleus.outline.map(at).forEach(([x, y], i) => (i ? context.lineTo(x, y) : context.moveTo(x, y)));
    context.closePath();
    context.stroke();
    for (const [colour, y, x, status] of nucleus.signals) {
      if (channel > 1 && channel - 2 !== colour) continue;
      const [cx, cy] = at([y, x]);
      context.strokeStyle = colour === 0 ? "#ffb000" : "#ffffff";
      context.setLineDash(status === "duplicate" ? [2, 3] : []);
      context.beginPath();
      const radius = Math.max(9, 4 * scale);
      // The shapes of the overlays.
      if (status === "split") context.rect(cx - radius, cy - radius, 2 * radius, 2 * radius);
      else if (status === "isolated") {
        [[0, -1], [1, 0], [0, 1], [-1, 0]].forEach(([dx, dy], i) => {
          const to = [cx + 1.3 * radius * dx, cy + 1.3 * radius * dy];
          if (i) context.lineTo(...to); else context.moveTo(...to);
        });
        context.closePath();
      } else context.arc(cx, cy, radius, 0, 7);
      context.stroke();
    }
    context.setLineDash([]);
  };

  // ---- counting ----
  const key = (nucleus) => `${data.fields[nucleus.field].name}\u0000${nucleus.id}`;
  const countsAsRearranged = ([fused, red, green]) => {
    const n = data.max_signals + 1;
    return data.rearranged[(fused * n + red) * n + green] === "1";
  };
  const effective = (nucleus) => {
    const change = state.changes.get(key(nucleus));
    const asRead = { evaluable: nucleus.evaluable, rearranged: nucleus.rearranged, pattern: nucleus.pattern };
    if (!change) return asRead;
    if (change.change === "exclude") return { ...asRead, evaluable: false, rearranged: false };
    if (change.change === "accept" && !nucleus.evaluable) return asRead;
    const pattern = change.pattern || nucleus.pattern;
    const evaluable = pattern[0] + pattern[1] + pattern[2] > 0;
    return { evaluable, rearranged: evaluable && countsAsRearranged(pattern), pattern };
  };
  const wilson = (x, n) => {
    const z = data.z, p = x / n, d = 1 + (z * z) / n;
    const middle = (p + (z * z) / (2 * n)) / d;
    const half = (z / d) * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
    return [100 * Math.max(0, middle - half), 100 * Math.min(1, middle + half)];
  };
  const patternText = ([f, r, g]) => (f ? `${f}F` : "") + (r ? `${r}R` : "") + (g ? `${g}G` : "") || "0";
  const showCounts = () => {
    let evaluable = 0, rearranged = 0;
    for (const nucleus of data.nuclei) {
      const now = effective(nucleus);
      evaluable += now.evaluable;
      rearranged += now.rearranged;
    }
    const live = byId("live-counts");
    live.dataset.evaluable = evaluable;
    live.dataset.rearranged = rearranged;
    let text = `${rearranged} of ${evaluable} nuclei are rearranged`;
    if (evaluable > 0) {
      const [low, high] = wilson(rearranged, evaluable);
      text += `: ${((100 * rearranged) / evaluable).toFixed(1)} % (Wilson interval ${low.toFixed(1)} to ${high.toFixed(1)} %). Cutoff ${data.cutoff} %.`;
    }
    if (evaluable < data.min_cells) text += ` The assay asks for ${data.min_cells} nuclei.`;
    live.textContent = text;
    byId("review-progress").textContent =
      `${state.changes.size} decided, ${state.seen.size} of ${data.nuclei.length} looked at, ${clock(total())}${state.saved ? "" : ", not saved"}`;
  };
  const total = () => [...state.seconds.values()].reduce((a, b) => a + b, 0);
  const clock = (seconds) => `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;

  // ---- page ----
  const current = () => data.nuclei[state.list[state.at]];
  const words = (code) => code.replaceAll("_", " ");
  const describe = (nucleus) => {
    const now = effective(nucleus);
    const call = now.evaluable ? (now.rearranged ? "rearranged" : "not rearranged") : "not counted";
    const picture = nucleus.tile === null ? ", no picture" : "";
    return `${data.fields[nucleus.field].name}, nucleus ${nucleus.id}: ${patternText(now.pattern)}, ${call}${picture}`;
  };
  const showNucleus = () => {
    const nucleus = current();
    byId("viewer").hidden = !nucleus;
    if (!nucleus) return;
    state.seen.add(key(nucleus));
    ["merged", "counterstain", "red", "green"].forEach((name, channel) => {
      const canvas = byId(`crop-${name}`);
      const shown = name === "merged" ? "All channels" : `Channel ${name}`;
      canvas.setAttribute("aria-label", `${nucleus.tile === null ? "No picture" : shown} of nucleus ${nucleus.id}`);
      canvas.parentElement.hidden = state.channels !== 0 && state.channels !== channel + 1;
      draw(canvas, nucleus, channel, true);
    });
    const um = data.fields[nucleus.field].um;
    const change = state.changes.get(key(nucleus));
    const facts = {
      place: `${state.at + 1} of ${state.list.length}`,
      name: describe(nucleus),
      read: `${patternText(nucleus.pattern)}, ${words(nucleus.class)}${nucleus.exclusion ? `, not counted: ${words(nucleus.exclusion)}` : ""}`,
      probability: nucleus.p === null ? "not known" : `${(100 * nucleus.p).toFixed(0)} %`,
      where: `row ${nucleus.y.toFixed(0)}, column ${nucleus.x.toFixed(0)} px` +
        (um ? `; ${(nucleus.y * um).toFixed(1)}, ${(nucleus.x * um).toFixed(1)} um` : ""),
      change: change ? [change.change, change.pattern && patternText(change.pattern), change.reason].filter(Boolean).join(", ") : "none",
    };
    for (const [name, text] of Object.entries(facts)) byId(`nucleus-${name}`).textContent = text;
    byId("pattern").value = patternText(effective(nucleus).pattern);
  };
  const showCards = () => {
    const page = Math.floor(state.at / PER_PAGE);
    const cards = byId("cards");
    cards.replaceChildren(...state.list.slice(page * PER_PAGE, (page + 1) * PER_PAGE).map((index, i) => {
      const nucleus = data.nuclei[index];
      const item = document.createElement("li");
      const button = document.createElement("button");
      const canvas = document.createElement("canvas");
      const label = document.createElement("span");
      const now = effective(nucleus);
      button.type = "button";
      button.className = now.evaluable ? (now.rearranged ? "is-rearranged" : "is-intact") : "is-excluded";
      button.setAttribute("aria-label", describe(nucleus));
      if (page * PER_PAGE + i === state.at) button.setAttribute("aria-current", "true");
      canvas.width = canvas.height = data.tile;
      canvas.setAttribute("aria-hidden", "true");
      label.textContent = patternText(now.pattern) + (state.changes.has(key(nucleus)) ? " *" : nucleus.doubtful ? " ?" : "");
      button.append(canvas, label);
      button.addEventListener("click", () => { go(page * PER_PAGE + i); byId("viewer").focus(); });
      item.append(button);
      draw(canvas, nucleus, state.channels > 0 ? state.channels - 1 : 0, false);
      return item;
    }));
    const pages = Math.max(1, Math.ceil(state.list.length / PER_PAGE));
    byId("page-place").textContent = `Page ${page + 1} of ${pages}`;
  };
  const show = () => { showNucleus(); showCards(); showCounts(); };
  const go = (place) => {
    spend();
    state.at = Math.max(0, Math.min(state.list.length - 1, place));
    show();
  };
  const nextDoubtful = () => {
    const isOpen = (index) => data.nuclei[index].doubtful && !state.changes.has(key(data.nuclei[index]));
    const after = state.list.findIndex((index, place) => place > state.at && isOpen(index));
    const any = after >= 0 ? after : state.list.findIndex(isOpen);
    if (any >= 0) go(any); else say("No doubtful nucleus is left.");
  };
  const say = (text) => { byId("review-message").textContent = text; };

  // ---- decisions ----
  // The time since the last step belongs to the nucleus that was shown. A pause counts as a minute at most.
  const spend = () => {
    const now = Date.now();
    const nucleus = current();
    if (nucleus) state.seconds.set(key(nucleus), (state.seconds.get(key(nucleus)) || 0) + Math.min(60, (now - state.since) / 1000));
    state.since = now;
  };
  const decide = (change, details = {}) => {
    const nucleus = current();
    if (!nucleus) return;
    if (change !== "exclude" && change !== "accept" && !nucleus.may_count) {
      say("This nucleus is counted in another field: it cannot be counted here.");
      return;
    }
    const before = state.changes.get(key(nucleus));
    state.history.push([key(nucleus), before]);
    // The pattern that was shown is written down.
    const isCounted = change === "restore" || (change === "accept" && nucleus.evaluable);
    const entry = { field: data.fields[nucleus.field].name, id: nucleus.id, change,
                    pattern: isCounted ? nucleus.pattern : null, reason: "",
                    time: new Date().toISOString().slice(0, 19) + "Z", ...details };
    state.changes.delete(key(nucleus));
    state.changes.set(key(nucleus), entry);
    state.saved = false;
    keepDraft();
    say(`${describe(nucleus)}: ${change}`);
    go(state.at + 1);
  };
  const undo = () => {
    const last = state.history.pop();
    if (!last) return;
    const [of, before] = last;
    if (before) state.changes.set(of, before); else state.changes.delete(of);
    state.saved = false;
    keepDraft();
    const place = state.list.findIndex((index) => key(data.nuclei[index]) === of);
    go(place >= 0 ? place : state.at);
  };
  const setPattern = () => {
    const text = byId("pattern").value.trim().toUpperCase();
    const match = text === "0" ? ["0"] : /^(?=.)(?:(\d{1,2})F)?(?:(\d{1,2})R)?(?:(\d{1,2})G)?$/.exec(text);
    const pattern = match && [match[1], match[2], match[3]].map((n) => Number(n || 0));
    if (!pattern || pattern.some((n) => n > data.max_signals)) {
      say(`A pattern is written as 1F1R1G, with up to ${data.max_signals} signals of a kind.`);
      byId("pattern").focus();
      return;
    }
    decide("pattern", { pattern });
    byId("viewer").focus();
  };
  const exclude = () => decide("exclude", { reason: byId("reason").value });

  // ---- drafts and saving ----
  // A page with corrections is another one than that of the program.
  const DRAFT = `breakapart-review-${data.reading}-${data.nuclei.filter((n) => n.evaluable).length}-${data.nuclei.filter((n) => n.rearranged).length}`;
  const keepDraft = () => {
    try { localStorage.setItem(DRAFT, JSON.stringify(draft())); }
    catch { /* Without storage the review is kept until the page is closed. */ }
  };
  const draft = () => ({ changes: [...state.changes], seconds: [...state.seconds], reader: byId("reader").value });
  const take = (from) => {
    state.changes = new Map(from.changes);
    state.seconds = new Map(from.seconds);
    byId("reader").value = from.reader;
  };
  // Reviews that were saved: whether their files were written is not known here.
  const SAVED = `${DRAFT}-saved`;
  const MAX_SAVED = 20;
  const savedReviews = () => {
    try { return JSON.parse(localStorage.getItem(SAVED)) || []; } catch { return []; }
  };
  const showSaved = () => {
    const all = savedReviews();
    byId("earlier").parentElement.hidden = all.length === 0;
    const option = (text, value) => Object.assign(document.createElement("option"), { textContent: text, value });
    const name = (of) => `${of.reader}, ${of.changes.length} decisions, ${of.time.slice(0, 16).replace("T", " ")}`;
    byId("earlier").replaceChildren(option("choose", ""), ...all.map((of, i) => option(name(of), String(i))));
  };
  const takeSaved = () => {
    const chosen = savedReviews()[Number(byId("earlier").value || -1)];
    if (!chosen) return;
    if (!state.saved && !window.confirm("The decisions that are not saved yet are given up. Take up the saved review?")) { showSaved(); return; }
    take(chosen);
    state.saved = true;
    state.history = [];
    say(`The review of ${chosen.reader} was taken up: ${chosen.changes.length} decisions.`);
    show();
  };
  const takeDraft = () => {
    try {
      const found = JSON.parse(localStorage.getItem(DRAFT));
      if (!found) return;
      take(found);
      state.saved = state.changes.size === 0;
      say(`A draft with ${state.changes.size} decisions was found on this computer.`);
    } catch { /* No draft. */ }
  };
  const cell = (text) => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const csv = () => {
    const reader = byId("reader").value.trim();
    const rows = [["specimen", "field", "nucleus_id", "change", "pattern", "reason", "reader", "time", "seconds", "assay", "reading", "rows", "review_seconds"]];
    for (const [of, e] of state.changes) {
      rows.push([data.specimen, e.field, String(e.id), e.change, e.pattern ? patternText(e.pattern) : "", e.reason, reader,
                 e.time, (state.seconds.get(of) || 0).toFixed(0), data.assay, data.reading, String(state.changes.size), total().toFixed(0)]);
    }
    return rows.map((row) => row.map(cell).join(",")).join("\n") + "\n";
  };
  const save = () => {
    if (!byId("reader").value.trim()) {
      say("Write your name first: a review is signed.");
      byId("reader").focus();
      return;
    }
    if (state.changes.size === 0) {
      say("Nothing is decided yet: there is no review to save.");
      return;
    }
    spend();
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([csv()], { type: "text/csv" }));
    link.download = "review.csv";
    link.click();
    state.saved = true;
    // The next reader on this computer starts anew. The browser does not tell whether the file was written: the review stays here.
    try {
      const all = [...savedReviews(), { ...draft(), time: new Date().toISOString() }].slice(-MAX_SAVED);
      localStorage.setItem(SAVED, JSON.stringify(all));
      localStorage.removeItem(DRAFT);
    } catch { /* No storage. */ }
    showSaved();
    say("review.csv goes to the downloads of the browser. Apply it with: breakapart review RESULTS --review review.csv. " +
        "If there is no file, save again; the review also stays in the list \"Saved here\".");
    showCounts();
  };

  // ---- keys ----
  const toggle = (name) => {
    state[name] = !state[name];
    byId(`toggle-${name}`).setAttribute("aria-pressed", String(state[name]));
    show();
  };
  const actions = {
    a: () => decide("accept"), x: exclude, p: () => { byId("pattern").focus(); byId("pattern").select(); }, r: () => decide("restore"),
    d: nextDoubtful, u: undo, s: save, b: () => toggle("background"), m: () => toggle("marks"),
    c: () => { state.channels = (state.channels + 1) % 5; show(); },
    ArrowRight: () => go(state.at + 1), ArrowLeft: () => go(state.at - 1), j: () => go(state.at + 1), k: () => go(state.at - 1),
    PageDown: () => go(state.at + PER_PAGE), PageUp: () => go(state.at - PER_PAGE),
  };
  byId("review").addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.id === "pattern" && event.key === "Enter") { event.preventDefault(); setPattern(); return; }
    if (["INPUT", "SELECT", "TEXTAREA"].includes(event.target.tagName)) {
      if (event.key === "Escape") byId("viewer").focus();
      return;
    }
    const action = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (action) { event.preventDefault(); action(); }
  });
  for (const button of document.querySelectorAll("[data-key]")) {
    button.addEventListener("click", () => actions[button.dataset.key]());
  }
  byId("set-pattern").addEventListener("click", setPattern);
  byId("reader").addEventListener("input", keepDraft);
  byId("filter").addEventListener("change", () => {
    const kinds = { all: () => true, doubtful: (n) => n.doubtful, rearranged: (n) => effective(n).rearranged,
                    excluded: (n) => !effective(n).evaluable, changed: (n) => state.changes.has(key(n)) };
    spend();
    const wanted = kinds[byId("filter").value];
    state.list = data.nuclei.map((_, i) => i).filter((i) => wanted(data.nuclei[i]));
    go(0);
  });
  window.addEventListener("beforeunload", (event) => { if (!state.saved) event.preventDefault(); });
  byId("earlier").addEventListener("change", takeSaved);
  takeDraft();
  showSaved();
  show();
})();
