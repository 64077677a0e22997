package io.recthink.spark.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recthink.config.ConfigurationException;
import io.recthink.config.RecordedConfiguration;
import io.recthink.spark.page.HtmlWriter;
import io.recthink.spark.page.PageFrame;
import io.recthink.spark.run.Best;
import io.recthink.spark.run.RunFolder;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** Writes the page of a run, from top to bottom. */
final class ReportPage {
    private static final Pattern TAG = Pattern.compile("</?[a-z][a-z ]{0,30}>");
    private static final int NUMBER_COLUMNS = 8;
    private static final int ENDS = 10;

    private final RunFolder run;
    private final Curves curves;
    private final List<TraceComparison> firstAndNewest;
    private final List<TraceComparison> traces;
    private final RunCharts charts;
    private final HtmlWriter html = new HtmlWriter();

    /**
     * @param firstAndNewest traces of the first and the newest step
     * @param traces all other traces
     */
    ReportPage(RunFolder run, RunCharts charts, List<TraceComparison> firstAndNewest, List<TraceComparison> traces) {
        this.run = run;
        this.curves = charts.curves();
        this.charts = charts;
        this.firstAndNewest = firstAndNewest;
        this.traces = traces;
    }

    /** @param again after what time a browser loads the page again; empty: never */
    String html(Optional<Duration> again) {
        PageAssets assets = PageAssets.load();
        PageFrame.open(html, assets.securityPolicy(), "recthink: " + name(), assets.style(), again);
        html.open("body").open("main");
        header();
        again.ifPresent(time -> html.element(
                "p",
                "This run goes on. Written at %s; a browser loads the page again every %d seconds."
                        .formatted(Instant.now().truncatedTo(ChronoUnit.SECONDS), time.toSeconds()),
                "class",
                "hint"));
        tiles();
        html.element(
                "p",
                "Point at a step in a chart to read all charts at that step; drag to zoom, double-click to return."
                        + " Noisy curves are drawn twice: each step, and the mean around it."
                        + charts.best()
                                .map(best -> " The dashed line marks the policy that was best on validation.")
                                .orElse(""),
                "class",
                "hint");
        charts.sections().forEach(this::charts);
        stages();
        traces();
        numbers();
        configuration();
        html.close();
        html.code("script", new ChartData(charts).json(), "type", "application/json", "id", "run-data");
        assets.scripts().forEach(script -> html.code("script", script));
        return html.close().close().page();
    }

    private String name() {
        String path = run.path();
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private void header() {
        html.open("header");
        html.element("p", "recthink", "class", "brand");
        html.element("h1", name());
        html.element("p", run.path(), "class", "path");
        html.open("dl", "class", "facts");
        JsonNode description = new ObjectMapper().valueToTree(run.description());
        description.properties().forEach(fact -> fact(fact.getKey(), fact.getValue()));
        html.close();
        run.stop()
                .ifPresent(stop -> html.element(
                        "p", "Stopped after step %d: %s.".formatted(stop.step(), stop.reason()), "class", "hint"));
        html.close();
    }

    private void fact(String name, JsonNode value) {
        String text = value.isValueNode() ? value.asText() : value.toString();
        html.open("div").element("dt", words(name));
        html.element("dd", text.matches("[0-9a-f]{40,}") ? text.substring(0, 12) : text, "title", text);
        html.close();
    }

    /** {@code dataSha256} becomes {@code data sha256}. */
    private static String words(String name) {
        return name.replaceAll("(?<=[a-z])(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
    }

    private static String chosen(Best best) {
        String policy = best.step() == 0
                ? "step 0, the policy that the training began with, is the chosen one"
                : "step %d, the chosen policy".formatted(best.step());
        return best.failures() == null || best.failures() == 0
                ? policy
                : "%s; %s of its answers unreadable".formatted(policy, Unit.SHARE.show(best.failures()));
    }

    /** {@code " of 40"} where the configuration asks for more steps than there are. */
    private String planned(int newest) {
        try {
            return RecordedConfiguration.read(run.path(), run.configuration())
                    .number(run.description().job() + ".steps")
                    .filter(steps -> steps.intValue() > newest)
                    .map(steps -> " of " + steps)
                    .orElse("");
        } catch (ConfigurationException e) {
            return ""; // the page shows the text itself
        }
    }

    private void tiles() {
        List<Integer> steps = curves.steps();
        html.open("section", "class", "tiles", "aria-label", "Summary");
        PageFrame.tile(
                html,
                "Steps",
                steps.get(steps.size() - 1) + planned(steps.get(steps.size() - 1)),
                curves.every() == 1 ? "" : "one in " + curves.every() + " is shown");
        endsTile("Reward", "reward", Unit.NONE);
        if (curves.present("reward").length == 0) {
            endsTile("Loss", "loss", Unit.NONE);
        }
        endsTile("Format rate", "format_rate", Unit.SHARE);
        charts.best().ifPresent(this::bestTile);
        endsTile("Completion length", "completions/mean_length", Unit.TOKENS);
        endsTile("Dead groups", "frac_reward_zero_std", Unit.SHARE);
        double[] seconds = curves.present("step_time");
        if (seconds.length > 0) {
            double mean = Arrays.stream(seconds).average().orElseThrow();
            PageFrame.tile(html, "Time of a step", Unit.SECONDS.show(mean) + " s", "mean of all steps");
        }
        html.close();
    }

    private void bestTile(Best best) {
        if (best.measured() == null) {
            PageFrame.tile(html, "Best validation MAE", Unit.STARS.show(best.mae()), chosen(best));
        } else {
            PageFrame.tile(
                    html,
                    "Best " + best.measured().name(),
                    Unit.NONE.show(best.measured().value()),
                    chosen(best));
        }
    }

    /** A tile with the mean of a metric over the first steps and over the last steps. */
    private void endsTile(String label, String metric, Unit unit) {
        double[] values = curves.present(metric);
        if (values.length == 0) {
            return;
        }
        int few = Math.max(1, Math.min(ENDS, values.length / 2));
        double first = mean(values, 0, few);
        double last = mean(values, values.length - few, values.length);
        PageFrame.tile(
                html,
                label,
                unit.show(last),
                values.length == 1
                        ? ""
                        : "from " + unit.show(first) + (few == 1 ? "" : ", means of " + few + " steps"));
    }

    private static double mean(double[] values, int from, int to) {
        return Arrays.stream(values, from, to).average().orElseThrow();
    }

    private void charts(ChartCatalogue.Section section) {
        html.open("section").element("h2", section.title()).open("div", "class", "charts");
        section.charts().forEach(this::chart);
        html.close();
        if (!section.zero().isEmpty()) {
            html.element("p", "Zero at every step: " + String.join(", ", section.zero()) + ".", "class", "hint");
        }
        if (section.title().equals(ChartCatalogue.THINKING)) {
            firstAndNewest.forEach(this::traces);
        }
        html.close();
    }

    private void chart(Chart chart) {
        html.open("figure").open("figcaption").open("h3").text(chart.title());
        html.element("span", chart.unit().label(), "class", "unit").close();
        html.element("p", chart.note()).close();
        html.open("ul", "class", "legend").close();
        html.open("div", "class", "plot", "role", "img", "aria-label", spoken(chart))
                .close()
                .close();
    }

    private void stages() {
        StageTimes times = StageTimes.of(curves);
        if (times.step().engine() == 0) {
            return;
        }
        html.open("section").element("h2", "Where does the time go?");
        html.element(
                "p",
                "Means over the steps. In the engine the model or the optimizer computes on at least one machine; all"
                        + " other time is the cost of the cluster: scheduling, loading policies, shuffling"
                        + " gradients, reading and writing.",
                "class",
                "note");
        html.open("div", "class", "wide").open("table", "class", "stages").open("tr");
        for (String column : List.of("stage", "seconds", "of the step", "in the engine", "outside", "of the step")) {
            html.element("th", column, "scope", "col");
        }
        html.close();
        times.stages().forEach(stage -> stage(stage, times.step()));
        stage(times.step(), times.step());
        html.close().close().close();
    }

    private void stage(StageTimes.Stage stage, StageTimes.Stage step) {
        html.open("tr").element("th", stage.name(), "scope", "row");
        html.element("td", Unit.SECONDS.show(stage.seconds()));
        html.element("td", Unit.SHARE.show(stage.seconds() / step.seconds()));
        html.element("td", Unit.SECONDS.show(stage.engine()));
        html.element("td", Unit.SECONDS.show(stage.outside()));
        html.element("td", Unit.SHARE.show(stage.outside() / step.seconds()));
        html.close();
    }

    /** Text of a chart for screen readers. */
    private String spoken(Chart chart) {
        StringBuilder text = new StringBuilder(chart.title() + " over the steps");
        for (Chart.Line line : chart.linesIn(curves)) {
            double[] values = curves.present(line.metric());
            if (values.length > 0) {
                Unit unit = chart.unit();
                text.append("; %s: first %s, last %s, lowest %s, highest %s"
                        .formatted(
                                line.label(),
                                unit.show(values[0]),
                                unit.show(values[values.length - 1]),
                                unit.show(Arrays.stream(values).min().orElseThrow()),
                                unit.show(Arrays.stream(values).max().orElseThrow())));
            }
        }
        return text.toString();
    }

    private void traces() {
        if (traces.isEmpty()) {
            return;
        }
        html.open("section").element("h2", "What does it write?");
        traces.forEach(this::traces);
        html.close();
    }

    private void traces(TraceComparison table) {
        html.open("article").element("h3", table.title()).element("p", table.note(), "class", "note");
        oneExample(table).ifPresent(this::example);
        html.open("div", "class", "traces", "role", "region", "tabindex", "0", "aria-label", table.title());
        table.columns().forEach(column -> column(column, oneExample(table).isEmpty()));
        html.close().close();
    }

    /** The example of a table whose columns all show the same row; otherwise empty. */
    private static Optional<TraceComparison.Example> oneExample(TraceComparison table) {
        List<Optional<TraceComparison.Example>> examples = table.columns().stream()
                .map(TraceComparison.Column::example)
                .distinct()
                .toList();
        return examples.size() == 1 ? examples.get(0) : Optional.empty();
    }

    private void example(TraceComparison.Example example) {
        html.open("details", "class", "example").open("summary").text("Target: ");
        html.element("b", example.target()).close();
        html.element("p", example.history().isEmpty() ? "No past purchases." : "Past purchases with their ratings:");
        html.open("ul");
        example.history().forEach(entry -> html.element("li", entry));
        html.close().close();
    }

    private void column(TraceComparison.Column column, boolean ownExample) {
        html.open("div", "class", "column").open("h4").text("Step " + column.step());
        column.truth().ifPresent(truth -> html.element("span", "truth " + rating(truth), "class", "truth"));
        html.close();
        if (ownExample) {
            html.element("p", "row " + column.rowId(), "class", "row");
            column.example().ifPresent(this::example);
        }
        column.traces().forEach(this::trace);
        html.close();
    }

    private void trace(ShownTrace trace) {
        html.open("div", "class", "trace").open("p", "class", "score");
        chip(
                "rating " + trace.rating().map(ReportPage::rating).orElse("none"),
                trace.rating().isPresent() ? "" : "bad");
        trace.earned().ifPresent(earned -> {
            chip("reward " + signed(earned.reward()), earned.format() > 0 ? "good" : "bad");
            html.element("span", "format %s, answer %s".formatted(signed(earned.format()), signed(earned.answer())));
            chip(earned.dead() ? "dead group" : "advantage " + signed(earned.advantage()), "");
        });
        html.element("span", trace.tokens() + " tokens");
        trace.finish().filter("length"::equals).ifPresent(finish -> chip("cut off", "bad"));
        html.close();
        completion(trace.text());
        html.close();
    }

    private void chip(String text, String kind) {
        html.element("span", text, "class", ("chip " + kind).trim());
    }

    private static String rating(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    private static String signed(double value) {
        return String.format(Locale.ROOT, "%+.2f", value);
    }

    /** Writes the text of a completion with its tags highlighted. */
    private void completion(String text) {
        html.open("pre", "tabindex", "0");
        Matcher tag = TAG.matcher(text);
        int from = 0;
        while (tag.find()) {
            html.text(text.substring(from, tag.start())).element("b", tag.group());
            from = tag.end();
        }
        html.text(text.substring(from)).close();
    }

    private void numbers() {
        List<Integer> steps = curves.steps();
        int columns = Math.min(NUMBER_COLUMNS, steps.size());
        int[] shown = IntStream.range(0, columns)
                .map(i -> columns == 1 ? 0 : Math.round((float) i * (steps.size() - 1) / (columns - 1)))
                .toArray();
        html.open("section").element("h2", "Numbers").open("details");
        html.element("summary", "All metrics at " + columns + " of " + steps.size() + " steps");
        html.open("div", "class", "wide").open("table").open("tr").element("th", "metric", "scope", "col");
        Arrays.stream(shown).forEach(i -> html.element("th", "step " + steps.get(i), "scope", "col"));
        html.close();
        for (Map.Entry<String, double[]> metric : curves.values().entrySet()) {
            html.open("tr").element("th", metric.getKey(), "scope", "row");
            Arrays.stream(shown).forEach(i -> html.element("td", Unit.NONE.show(metric.getValue()[i])));
            html.close();
        }
        html.close().close().close().close();
    }

    private void configuration() {
        html.open("section").element("h2", "Configuration").open("details");
        html.element("summary", "config.yaml, every key as used");
        html.element("pre", run.configuration(), "class", "configuration")
                .close()
                .close();
    }
}
