package io.recthink.spark.report;

import io.recthink.spark.page.Axis;
import io.recthink.spark.page.LinePlot;
import io.recthink.spark.page.LinePlot.Area;
import io.recthink.spark.page.LinePlot.Line;
import io.recthink.spark.page.LinePlot.Look;
import io.recthink.spark.page.LinePlot.Point;
import io.recthink.spark.page.LinePlot.Span;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Draws the charts of a run as separate SVG pictures, in the same way as {@code report.js} on the page. */
final class CurvePictures {
    private static final int LONGEST_NAME = 60;
    private static final double FLAT = 1e-6;
    private static final double NOISY = 0.01;

    private final RunCharts charts;
    private final Curves curves;

    CurvePictures(RunCharts charts) {
        this.charts = charts;
        this.curves = charts.curves();
    }

    /** SVG documents by file name, in the order of the page. */
    Map<String, String> svg() {
        Map<String, String> pictures = new LinkedHashMap<>();
        for (ChartCatalogue.Section section : charts.sections()) {
            for (Chart chart : section.charts()) {
                pictures.put(fileName(chart.title(), pictures), svg(chart));
            }
        }
        return pictures;
    }

    /** File name: the words of the title, with a number when an earlier chart has the same name. */
    private static String fileName(String title, Map<String, String> taken) {
        String words = title.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
        String name = words.substring(0, Math.min(LONGEST_NAME, words.length())).replaceAll("^-|-$", "");
        String base = name.isEmpty() ? "chart" : name;
        return Stream.concat(Stream.of(base), IntStream.iterate(2, i -> i + 1).mapToObj(i -> base + "-" + i))
                .map(free -> free + ".svg")
                .filter(free -> !taken.containsKey(free))
                .findFirst()
                .orElseThrow();
    }

    private String svg(Chart chart) {
        List<Area> areas = new ArrayList<>();
        List<Line> lines = new ArrayList<>();
        if (chart.kind() == Chart.Kind.STACKED) {
            stack(chart, areas, lines);
        } else {
            band(chart).ifPresent(areas::add);
            chart.linesIn(curves).forEach(line -> lines.addAll(lines(chart, line)));
        }
        String unit = chart.unit() == Unit.SHARE ? "" : chart.unit().label();
        return new LinePlot(areas, lines, steps(), scale(chart.unit(), areas, lines), mark(), description(chart))
                .svg("step", chart.title() + (unit.isEmpty() ? "" : " (" + unit + ")"));
    }

    private Optional<Area> band(Chart chart) {
        return chart.lowIn(curves).flatMap(low -> chart.highIn(curves)
                .map(high -> area(0, false, in(chart.unit(), low), in(chart.unit(), high))));
    }

    /** Draws each line on top of the lines before it. */
    private void stack(Chart chart, List<Area> areas, List<Line> lines) {
        double[] below = new double[curves.steps().size()];
        for (Chart.Line line : chart.linesIn(curves)) {
            int colour = chart.lines().indexOf(line);
            double[] values = values(chart, line);
            double[] top = IntStream.range(0, below.length)
                    .mapToDouble(i -> below[i] + (Double.isFinite(values[i]) ? values[i] : 0))
                    .toArray();
            areas.add(area(colour, true, below, top));
            lines.add(new Line(line.label(), colour, Look.EDGE, points(top)));
            System.arraycopy(top, 0, below, 0, top.length);
        }
    }

    /** A curve; a noisy curve is drawn in the background of its moving mean. */
    private List<Line> lines(Chart chart, Chart.Line line) {
        int colour = chart.lines().indexOf(line);
        double[] values = values(chart, line);
        int known = curves.present(line.metric()).length;
        double[] means = smooth(values, (int) Math.round(known / 50.0) + 1);
        if (known > LinePlot.FEW && isNoisy(values, means)) {
            return List.of(
                    new Line(line.label(), colour, Look.BACKGROUND, points(values)),
                    new Line(line.label(), colour, Look.CURVE, points(means)));
        }
        return List.of(new Line(line.label(), colour, Look.CURVE, points(values)));
    }

    /** The centred moving mean. */
    private static double[] smooth(double[] values, int reach) {
        return IntStream.range(0, values.length)
                .mapToDouble(i -> Double.isFinite(values[i])
                        ? Arrays.stream(values, Math.max(0, i - reach), Math.min(values.length, i + reach + 1))
                                .filter(Double::isFinite)
                                .average()
                                .orElseThrow()
                        : Double.NaN)
                .toArray();
    }

    /** Whether the mean distance from the moving mean is large against the range of the curve. */
    private static boolean isNoisy(double[] values, double[] means) {
        double[] known = Arrays.stream(values).filter(Double::isFinite).toArray();
        double range = Arrays.stream(known).max().orElse(0)
                - Arrays.stream(known).min().orElse(0);
        if (range <= FLAT * Math.abs(known[0])) {
            return false;
        }
        double strayed = IntStream.range(0, values.length)
                .filter(i -> Double.isFinite(values[i]))
                .mapToDouble(i -> Math.abs(values[i] - means[i]))
                .sum();
        return strayed / known.length > NOISY * range;
    }

    private Axis steps() {
        List<Integer> steps = curves.steps();
        return Axis.ofWholeNumbers(steps.get(0), steps.get(steps.size() - 1));
    }

    private static Axis scale(Unit unit, List<Area> areas, List<Line> lines) {
        double[] shown = Stream.concat(
                        areas.stream()
                                .flatMap(area -> area.spans().stream())
                                .flatMap(span -> Stream.of(span.low(), span.high())),
                        lines.stream().flatMap(line -> line.points().stream()).map(Point::y))
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
        if (shown.length == 0) {
            return Axis.around(0, 1);
        }
        double low = shown[0];
        double high = shown[shown.length - 1];
        if (unit == Unit.SHARE) {
            return Axis.around(Math.min(0, low), high > 0.25 ? Math.max(1, high) : Math.max(0.01, high))
                    .with(Axis.Labels.PERCENT);
        }
        boolean fromZero = low >= 0 && (unit.fromZero() || low < 0.4 * high);
        double pad = high - low > FLAT * Math.abs(high) ? 0 : high == 0 ? 1 : 0.5 * Math.abs(high);
        return Axis.around(fromZero ? 0 : low - pad, high + pad).with(Axis.Labels.SHORT);
    }

    private OptionalDouble mark() {
        return charts.best()
                .filter(policy -> curves.steps().size() > 1
                        && policy.step() >= curves.steps().get(0))
                .map(policy -> OptionalDouble.of(policy.step()))
                .orElseGet(OptionalDouble::empty);
    }

    private String description(Chart chart) {
        String names = chart.linesIn(curves).stream().map(Chart.Line::label).collect(Collectors.joining(", "));
        return "%s by training step: %s".formatted(chart.title(), names);
    }

    private double[] values(Chart chart, Chart.Line line) {
        return in(chart.unit(), curves.of(line.metric()).orElseThrow());
    }

    private static double[] in(Unit unit, double[] metric) {
        return Arrays.stream(metric).map(unit::of).toArray();
    }

    private List<Point> points(double[] values) {
        return IntStream.range(0, values.length)
                .mapToObj(i -> new Point(curves.steps().get(i), values[i]))
                .toList();
    }

    private Area area(int colour, boolean strong, double[] low, double[] high) {
        return new Area(
                colour,
                strong,
                IntStream.range(0, low.length)
                        .mapToObj(i -> new Span(curves.steps().get(i), low[i], high[i]))
                        .toList());
    }
}
