"use strict";

// The page is whole without this file: it only reveals the two live panels and fills them.

const seenHosts = [document.querySelector("[data-host]").dataset.host];

/** A class for each machine, in the order in which the page met them. */
function hostClass(host) {
  if (!seenHosts.includes(host)) seenHosts.push(host);
  return `host-${seenHosts.indexOf(host) % 4}`;
}

function startLive(panel) {
  const part = (name) => panel.querySelector(`[data-live-${name}]`);
  const strip = part("strip");
  const barCount = 40;
  const fullHeightMilliseconds = 2000;
  let source = null;
  let previousTick = null;

  for (let i = 0; i < barCount; i += 1) strip.append(document.createElement("i"));

  function showState(state, text) {
    part("state").dataset.state = state;
    part("state").textContent = text;
  }

  function showTick(tick) {
    const now = performance.now();
    const bar = document.createElement("i");
    const gap = previousTick === null ? 0 : now - previousTick;
    previousTick = now;
    bar.className = hostClass(tick.host);
    bar.style.height = `${Math.max(4, Math.min(100, (gap / fullHeightMilliseconds) * 100))}%`;
    bar.title = `${Math.round(gap)} ms`;
    strip.firstElementChild.remove();
    strip.append(bar);
    part("clock").textContent = new Date(tick.time * 1000).toLocaleTimeString([], { hour12: false });
    part("source").textContent = `from ${tick.host}, worker ${tick.pid}, event ${tick.number} of ${tick.of}`;
    document.querySelector("[data-release]").textContent = tick.release;
  }

  function open() {
    source = new EventSource(panel.dataset.live);
    source.addEventListener("open", () => showState("open", "streaming"));
    source.addEventListener("tick", (event) => showTick(JSON.parse(event.data)));
    // Each stream ends after a while and the browser opens the next one. It gives up only on an answer that is no stream,
    // such as a refusal for too many requests.
    source.addEventListener("error", () => {
      const gaveUp = source.readyState === EventSource.CLOSED;
      showState("closed", gaveUp ? "refused, next try in 5 s" : "reopening");
      if (gaveUp) setTimeout(visit, 5000);
    });
  }

  // A stream holds a thread on the server, so a page that nobody looks at gives it back.
  function visit() {
    if (source !== null) source.close();
    previousTick = null;
    if (document.hidden) showState("closed", "paused");
    else open();
  }

  document.addEventListener("visibilitychange", visit);
  visit();
}

function startSpread(panel) {
  const part = (name) => panel.querySelector(`[data-spread-${name}]`);
  const button = part("button");
  const tiles = part("tiles");
  const requestCount = 12;

  async function ask(tile) {
    try {
      const response = await fetch(panel.dataset.spread, { cache: "no-store", headers: { Accept: "application/json" } });
      if (!response.ok) throw new Error(String(response.status));
      const facts = await response.json();
      tile.className = hostClass(facts.host);
      tile.textContent = facts.pid;
      tile.title = facts.host;
      return facts.host;
    } catch (error) {
      tile.className = "failed";
      tile.textContent = /^\d+$/.test(error.message) ? error.message : "lost";
      return null;
    }
  }

  function summarise(hosts, milliseconds) {
    const counts = new Map();
    for (const host of hosts) counts.set(host ?? "no answer", (counts.get(host ?? "no answer") ?? 0) + 1);
    const shares = [...counts].map(([host, count]) => `${host}: ${count}`).join(", ");
    return `${shares}, in ${Math.round(milliseconds)} ms`;
  }

  function clearTiles() {
    tiles.replaceChildren(...Array.from({ length: requestCount }, () => document.createElement("li")));
  }

  button.addEventListener("click", async () => {
    button.disabled = true;
    clearTiles();
    const start = performance.now();
    const hosts = await Promise.all([...tiles.children].map(ask));
    part("summary").textContent = summarise(hosts, performance.now() - start);
    button.disabled = false;
  });
  clearTiles();
}

for (const element of document.querySelectorAll("[data-with-script]")) element.hidden = false;
startLive(document.querySelector("[data-live]"));
startSpread(document.querySelector("[data-spread]"));
