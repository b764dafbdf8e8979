// Charts by ECharts as SVG. The figures come from a JSON block beside the table; a click on a bar or a point opens the
// rows it is made of. Colours are Okabe and Ito's, which people with any colour vision can tell apart.
import { config, loadScript } from "./page.js";
import { visit } from "./nav.js";

const LIGHT = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8a7a00", "#5a5a5a"];
const DARK = ["#56b4e9", "#e69f00", "#2fc79b", "#e29bc3", "#8fcdf5", "#ff8b4d", "#f0e442", "#b5b5b5"];

const drawn = new Map(); // figure -> chart

/** Draw one figure when it comes into sight, and let its table be shown instead. */
export function start(figure) {
  const button = figure.querySelector("[data-show-table]");
  button.addEventListener("click", () => {
    const shown = figure.classList.toggle("as-table");
    button.setAttribute("aria-expanded", String(shown));
    if (!shown) drawn.get(figure)?.resize();
  });
  new IntersectionObserver((seen, observer) => {
    if (!seen.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    draw(figure);
  }, { rootMargin: "200px" }).observe(figure);
}

async function draw(figure) {
  await loadScript(config.lib.echarts);
  if (!figure.isConnected) return;
  const data = JSON.parse(document.getElementById(figure.dataset.chart).textContent);
  const canvas = figure.querySelector("[data-canvas]");
  const chart = window.echarts.init(canvas, null, { renderer: "svg" });
  drawn.set(figure, chart);
  chart.setOption(optionFor(data));
  chart.on("click", ({ seriesIndex, dataIndex }) => {
    const url = data.series[seriesIndex]?.urls?.[dataIndex];
    if (url) visit(new URL(url, location.href).href);
  });
  new ResizeObserver(() => chart.resize()).observe(canvas);
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  for (const [figure, chart] of drawn) {
    if (!figure.isConnected) { chart.dispose(); drawn.delete(figure); continue; }
    chart.setOption(optionFor(JSON.parse(document.getElementById(figure.dataset.chart).textContent)), true);
  }
});

const isDark = () => getComputedStyle(document.documentElement).colorScheme === "dark"
  || (getComputedStyle(document.documentElement).colorScheme.includes("light dark") && matchMedia("(prefers-color-scheme: dark)").matches);

/** A colour token of the page as ECharts understands it. */
function token(name) {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

const number = (value) => new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 2 }).format(value);
const short = (value) => new Intl.NumberFormat(document.documentElement.lang, { notation: "compact", maximumFractionDigits: 1 }).format(value);

function optionFor(data) {
  const look = { ink: token("--ink"), soft: token("--ink-2"), line: token("--line"), surface: token("--raised") };
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const base = {
    color: isDark() ? DARK : LIGHT,
    animation: !still,
    animationDuration: 140,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: look.soft },
    tooltip: { trigger: "item", confine: true, renderMode: "richText", backgroundColor: look.surface, borderColor: look.line, textStyle: { color: look.ink }, valueFormatter: number },
    aria: { enabled: true, decal: { show: data.series.length > 1 || data.type === "donut" } },
  };
  const shape = { funnel, donut }[data.type] ?? axes;
  return { ...base, ...shape(data, look, base) };
}

function axes(data, look, base) {
  const names = { type: "category", data: data.categories, inverse: Boolean(data.horizontal), axisLine: { lineStyle: { color: look.line } }, axisTick: { show: false }, axisLabel: { color: look.soft, width: data.horizontal ? 130 : undefined, overflow: "truncate" } };
  const values = { type: "value", axisLabel: { color: look.soft, formatter: short }, splitLine: { lineStyle: { color: look.line } } };
  return {
    tooltip: { ...base.tooltip, trigger: "axis", axisPointer: { type: data.type === "line" || data.type === "area" ? "line" : "shadow" } },
    grid: { left: 8, right: data.horizontal ? 24 : 12, top: data.series.length > 1 ? 36 : 12, bottom: 4, containLabel: true },
    legend: { show: data.series.length > 1, top: 0, left: 0, icon: "roundRect", itemWidth: 12, itemHeight: 8, textStyle: { color: look.soft } },
    xAxis: data.horizontal ? values : names,
    yAxis: data.horizontal ? names : values,
    series: data.series.map((series, index) => seriesOf(data.type, series, index)),
  };
}

function seriesOf(type, series, index) {
  if (type === "line" || type === "area") {
    const shape = ["solid", "dashed", "dotted"][index % 3];
    return { type: "line", name: series.name, data: series.values, symbol: ["circle", "rect", "triangle", "diamond"][index % 4], symbolSize: 6, lineStyle: { width: 2, type: shape }, areaStyle: type === "area" ? { opacity: 0.15 } : undefined };
  }
  return { type: "bar", name: series.name, data: series.values, stack: type === "stacked" ? "all" : undefined, barMaxWidth: 28, itemStyle: { borderRadius: type === "stacked" ? 0 : 3 }, cursor: series.urls ? "pointer" : "default" };
}

function funnel(data, look) {
  const items = data.categories.map((name, index) => ({ name, value: data.series[0].values[index] }));
  return { series: [{ type: "funnel", data: items, left: 8, right: 8, top: 8, bottom: 8, sort: "none", gap: 2, minSize: "8%", label: { position: "inside", color: isDark() ? "#10142a" : "#fff", textBorderColor: isDark() ? "rgba(255,255,255,0.5)" : "rgba(0,0,0,0.6)", textBorderWidth: 2, fontWeight: 600, formatter: ({ name, value }) => `${name}  ${number(value)}` }, itemStyle: { borderColor: look.surface } }] };
}

function donut(data, look) {
  const items = data.categories.map((name, index) => ({ name, value: data.series[0].values[index] }));
  return { series: [{ type: "pie", data: items, radius: ["48%", "74%"], label: { color: look.ink, formatter: ({ name, percent }) => `${name} ${number(percent)} %` }, itemStyle: { borderColor: look.surface, borderWidth: 2 } }] };
}
