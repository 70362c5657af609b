// The book's figures: drawn when they come into view, by the one plotly.js of the site.
const root = new URL("../", import.meta.url);
const narrow = 560;
let plotly;

function loadPlotly() {
  return plotly ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL("plotly.js", root);
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => reject(new Error("plotly.js is not to be had"));
    document.head.append(script);
  });
}

// In a narrow place a figure is as wide as its panels need, and its title stands above it, where it can break.
function fit(place, figure) {
  const { layout } = figure, room = place.clientWidth;
  const starts = Object.entries(layout).filter(([name]) => /^(xaxis|scene)\d*$/.test(name)).map(([, axis]) => (axis.domain?.x ?? axis.domain ?? [0])[0].toFixed(2));
  layout.width = Math.min(layout.width ?? 700, Math.max(room, 320 * new Set(starts).size));
  const title = layout.title?.text ?? layout.title;
  if (room < narrow) {
    figure.config = { ...figure.config, displayModeBar: false };
    place.style.height = "auto";
    if (typeof title === "string") {
      delete layout.title;
      place.appendChild(document.createElement("p")).innerHTML = title;
    }
  }
}

async function draw(place) {
  const [library, response] = await Promise.all([loadPlotly(), fetch(place.dataset.figure)]);
  const figure = await response.json();
  fit(place, figure);
  const canvas = place.appendChild(document.createElement("div"));
  await library.newPlot(canvas, { ...figure, config: { ...figure.config, displaylogo: false } });
  place.dataset.drawn = "true";
}

// The library's comments write formulas in plain text: x_i and e^{s·cos θ} get their small letters here.
function setScripts(node) {
  if (node.nodeType === Node.ELEMENT_NODE) {
    if (!["CODE", "PRE", "A"].includes(node.tagName)) [...node.childNodes].forEach(setScripts);
  } else if (/[_^]/.test(node.data ?? "")) {
    const span = document.createElement("span");
    span.textContent = node.data;
    span.innerHTML = span.innerHTML
      .replace(/(?<![\p{L}\p{N}_])([\p{L}\p{M}]+)_(?:\{([^{}]*)\}|(\w{1,2})(?!\w))/gu, "$1<sub>$2$3</sub>")
      .replace(/\^(?:\{([^{}]*)\}|(−?\|[^|]*\||[−-]?\w+))/gu, "<sup>$1$2</sup>");
    node.replaceWith(span);
  }
}

export default {
  start() {
    document.querySelectorAll("article[data-uid] .markdown").forEach(setScripts);
    const watcher = new IntersectionObserver(entries => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        watcher.unobserve(target);
        draw(target).catch(error => { target.textContent = `This figure cannot be drawn: ${error.message}`; console.error(error); });
      }
    }, { rootMargin: "400px" });
    document.querySelectorAll("[data-figure]").forEach(place => watcher.observe(place));
  },
};
