// Draws the figures of the page with uPlot, in the colours of the style sheet.
(() => {
  "use strict";
  const data = JSON.parse(document.getElementById("run-data").textContent);
  const plots = [...document.querySelectorAll(".plot")];
  const legends = [...document.querySelectorAll(".legend")];
  const root = document.documentElement;
  const sync = uPlot.sync("run");
  const FONT = "11px system-ui, -apple-system, 'Segoe UI', Roboto, Arial, sans-serif";
  const FEW = 30;
  let charts = [];

  const colour = name => getComputedStyle(root).getPropertyValue("--" + name).trim();
  const faint = (hex, alpha) => hex + Math.round(alpha * 255).toString(16).padStart(2, "0");

  const trim = text => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
  const number = (value, digits) => {
    const size = Math.abs(value);
    if (size === 0) return "0";
    if (size >= 1e6) return trim((value / 1e6).toFixed(digits)) + "M";
    if (size >= 1e4) return trim((value / 1e3).toFixed(digits)) + "k";
    if (size < 1e-3) return value.toExponential(digits - 1).replace("e-", "e\u2212");
    return trim(value.toFixed(size >= 100 ? Math.max(0, digits - 2) : size >= 10 ? Math.max(1, digits - 1) : digits + 1));
  };
  const formats = {
    number: value => number(value, 2),
    percent: value => trim((100 * value).toFixed(1)) + "\u202f%",
    seconds: value => number(value, 2) + "\u202fs",
  };
  const show = (format, value) => (value == null ? "\u2013" : formats[format](value).replace("-", "\u2212"));

  /** The centred mean over a window: what a noisy curve does on the whole. */
  const smooth = (values, reach) =>
    values.map((value, i) => {
      if (value == null) return null;
      const near = values.slice(Math.max(0, i - reach), i + reach + 1).filter(v => v != null);
      return near.reduce((sum, v) => sum + v, 0) / near.length;
    });

  /** Whether the steps stray from the mean around them, seen against the range of the curve. */
  const noisy = (values, means) => {
    const known = values.filter(value => value != null);
    const range = Math.max(...known) - Math.min(...known);
    if (range <= 1e-6 * Math.abs(known[0])) return false;
    const strayed = values.reduce((sum, value, i) => sum + (value == null ? 0 : Math.abs(value - means[i])), 0);
    return strayed / known.length > 0.01 * range;
  };

  const pile = lines => {
    const sums = data.steps.map(() => 0);
    return lines.map(line => line.values.map((value, i) => (sums[i] += value ?? 0)));
  };

  const axes = format => {
    const axis = { stroke: colour("soft"), font: FONT, ticks: { show: false }, grid: { stroke: colour("grid"), width: 1 } };
    const whole = (u, splits) => splits.map(step => (Number.isInteger(step) ? String(step) : ""));
    return [
      { ...axis, size: 24, gap: 4, grid: { show: false }, values: whole, label: "step", labelSize: 14, labelGap: -2, labelFont: FONT },
      { ...axis, size: 52, gap: 6, values: (u, splits) => splits.map(value => show(format, value)) },
    ];
  };

  const limits = chart => (u, low, high) => {
    if (low == null) return [0, 1];
    if (chart.format === "percent") return [0, high > 0.25 ? Math.max(1, high) : Math.max(0.01, 1.3 * high)];
    const fromZero = low >= 0 && (chart.fromZero || low < 0.4 * high);
    const flat = high - low <= 1e-6 * Math.abs(high);
    const pad = flat ? 0.5 * Math.abs(high) || 1 : 0.08 * (high - low);
    return [fromZero ? 0 : low - pad, high + pad];
  };

  const steps = (u, low, high) => (low === high ? [low - 1, high + 1] : [low, high]);

  /** What uPlot draws of a chart: columns of numbers, how each looks, and the areas between them. */
  const layers = chart => {
    const columns = [data.steps];
    const series = [{}];
    const bands = [];
    const add = (values, look) => series.push({ points: { show: false }, ...look }) && columns.push(values);
    if (chart.stacked) {
      pile(chart.lines).forEach((values, i) => {
        const own = colour("series-" + chart.lines[i].colour);
        add(values, { stroke: own, width: 1, fill: faint(own, 0.55) });
        if (i > 0) bands.push({ series: [i + 1, i], fill: faint(own, 0.55) });
      });
      return { columns, series, bands };
    }
    if (chart.low && chart.high) {
      const own = colour("series-" + chart.lines[0].colour);
      add(chart.high, { stroke: "transparent", width: 0 });
      add(chart.low, { stroke: "transparent", width: 0 });
      bands.push({ series: [1, 2], fill: faint(own, 0.14) });
    }
    chart.lines.forEach(line => {
      const own = colour("series-" + line.colour);
      const known = line.values.filter(value => value != null).length;
      const sparse = known <= FEW;
      const means = smooth(line.values, Math.round(known / 50) + 1);
      if (!sparse && noisy(line.values, means)) {
        add(line.values, { stroke: faint(own, 0.4), width: 1 });
        add(means, { stroke: own, width: 2 });
      } else {
        add(line.values, { stroke: own, width: 2, spanGaps: true, points: { show: sparse, size: 6, fill: own, stroke: own } });
      }
    });
    return { columns, series, bands };
  };

  const legend = (chart, place, at) => {
    place.replaceChildren(
      ...chart.lines.map(line => {
        const item = document.createElement("li");
        const key = document.createElement("i");
        key.style.background = colour("series-" + line.colour);
        const value = document.createElement("b");
        value.textContent = show(chart.format, at == null ? line.values.findLast(v => v != null) : line.values[at]);
        item.append(key, line.label, value);
        return item;
      }),
    );
    if (at != null) {
      const step = document.createElement("li");
      step.className = "note";
      step.textContent = "step " + data.steps[at];
      place.append(step);
    }
  };

  const markBest = u => {
    if (data.best == null || data.steps.length < 2 || data.best < u.scales.x.min) return;
    const x = Math.round(u.valToPos(data.best, "x", true));
    u.ctx.save();
    u.ctx.strokeStyle = colour("soft");
    u.ctx.lineWidth = devicePixelRatio;
    u.ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
    u.ctx.beginPath();
    u.ctx.moveTo(x, u.bbox.top);
    u.ctx.lineTo(x, u.bbox.top + u.bbox.height);
    u.ctx.stroke();
    u.ctx.restore();
  };

  const draw = (chart, i, width) => {
    const { columns, series, bands } = layers(chart);
    const options = {
      width: width ?? plots[i].clientWidth,
      height: plots[i].clientHeight,
      padding: [8, 10, 0, 0],
      legend: { show: false },
      cursor: { sync: { key: sync.key }, points: chart.stacked ? { show: false } : { size: 6 }, drag: { x: true, y: false } },
      scales: { x: { time: false, range: steps }, y: { range: limits(chart) } },
      axes: axes(chart.format),
      series,
      bands,
      hooks: { setCursor: [u => legend(chart, legends[i], u.cursor.idx)], draw: [markBest] },
    };
    legend(chart, legends[i], null);
    return new uPlot(options, columns, plots[i]);
  };

  const drawAll = width => {
    charts.forEach(chart => chart.destroy());
    charts = data.charts.map((chart, i) => draw(chart, i, width));
  };

  const print = () => {
    root.classList.add("printing");
    document.querySelectorAll("details:not([open])").forEach(details => {
      details.open = true;
      details.dataset.closed = "";
    });
    drawAll(310);
  };
  const backToScreen = () => {
    root.classList.remove("printing");
    document.querySelectorAll("details[data-closed]").forEach(details => (details.open = false));
    drawAll();
  };

  drawAll();
  new ResizeObserver(() => charts.forEach((u, i) => {
    const width = plots[i].clientWidth;
    if (!root.classList.contains("printing") && width !== u.width) u.setSize({ width, height: plots[i].clientHeight });
  })).observe(document.querySelector("main"));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawAll());
  addEventListener("beforeprint", print);
  addEventListener("afterprint", backToScreen);
})();
