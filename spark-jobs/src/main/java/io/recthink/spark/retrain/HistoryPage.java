package io.recthink.spark.retrain;

import io.recthink.spark.page.Axis;
import io.recthink.spark.page.HtmlWriter;
import io.recthink.spark.page.IntervalPlot;
import io.recthink.spark.page.Legend;
import io.recthink.spark.page.PageFrame;
import io.recthink.spark.page.PageStyle;
import io.recthink.spark.registry.Measurement;
import io.recthink.spark.registry.Rule;
import io.recthink.spark.registry.Score;
import io.recthink.spark.registry.Version;
import io.recthink.spark.retrain.History.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;

/** The history of a registry as one HTML page with pictures. The page uses no network, no other file and no script. */
final class HistoryPage {
    private static final int CANDIDATE = 0;
    private static final int SERVING = 1;
    private static final int BIAS = 5;

    private final String registry;
    private final List<Entry> entries;
    private final Optional<Version> serving;
    private final HtmlWriter html = new HtmlWriter();

    /** @param entries all versions, the oldest first */
    HistoryPage(String registry, List<Entry> entries, Optional<Version> serving) {
        this.registry = registry;
        this.entries = entries;
        this.serving = serving;
    }

    String html() {
        String name = registry.substring(registry.lastIndexOf('/') + 1);
        PageFrame.open(html, PageFrame.NO_SCRIPT, "recthink registry: " + name, PageStyle.css());
        html.open("body").open("main").open("header");
        html.element("p", "recthink registry", "class", "brand")
                .element("h1", name)
                .element("p", registry, "class", "path")
                .close();
        tiles();
        errors();
        versions();
        refusals();
        return html.close().close().close().page();
    }

    private void tiles() {
        html.open("section", "class", "tiles", "aria-label", "Summary");
        PageFrame.tile(
                html,
                "Serves",
                serving.map(version -> "version " + version.version()).orElse("none"),
                serving.map(version -> "made " + version.created()).orElse(""));
        PageFrame.tile(html, "Versions", String.valueOf(entries.size()), "of all cycles");
        PageFrame.tile(
                html,
                "Refused",
                String.valueOf(entries.stream()
                        .filter(entry -> !entry.version().isPublished())
                        .count()),
                "by the gate");
        PageFrame.tile(
                html,
                "Withdrawn",
                String.valueOf(entries.stream()
                        .filter(entry -> entry.version().withdrawn() != null)
                        .count()),
                "by a rollback");
        html.close();
    }

    private void errors() {
        List<IntervalPlot.Line> lines = new ArrayList<>();
        for (Entry entry : entries) {
            Measurement measured = entry.version().measured();
            if (measured != null) {
                String cycle = "%d, until %s".formatted(entry.version().version(), day(entry.version()));
                line(cycle, measured.candidate(), CANDIDATE, lines);
                Optional.ofNullable(measured.serving()).ifPresent(score -> line("", score, SERVING, lines));
                line("", measured.bias(), BIAS, lines);
            }
        }
        if (lines.isEmpty()) {
            return;
        }
        html.element("h2", "How good was each cycle on rows that no policy had seen?");
        html.open("figure").open("figcaption");
        html.element("h3", "MAE, stars");
        html.element("p", "Smaller is better. Each cycle has its own test rows, the newest of its window.")
                .close();
        new Legend(
                        Legend.Key.DOT,
                        List.of(
                                new Legend.Entry(String.valueOf(CANDIDATE), "candidate"),
                                new Legend.Entry(String.valueOf(SERVING), "serving policy"),
                                new Legend.Entry(String.valueOf(BIAS), "bias model")))
                .write(html);
        Axis axis = Axis.around(lines.stream().flatMapToDouble(line -> DoubleStream.of(line.low(), line.high())));
        new IntervalPlot(lines, axis, "MAE of candidate, serving policy and bias model by cycle").write(html);
        html.close();
    }

    private static void line(String name, Score score, int colour, List<IntervalPlot.Line> lines) {
        lines.add(new IntervalPlot.Line(
                name, score.low(), score.mae(), score.high(), colour, NumberText.stars(score.mae())));
    }

    private void versions() {
        html.element("h2", "All versions");
        html.open("div", "class", "wide", "tabindex", "0")
                .open("table")
                .open("thead")
                .open("tr");
        List.of(
                        "version",
                        "status",
                        "rows until",
                        "test rows",
                        "MAE",
                        "minus serving [95 %]",
                        "unreadable",
                        "tokens",
                        "new users",
                        "new items",
                        "shift of the log",
                        "shift of predictions")
                .forEach(name -> html.element("th", name, "scope", "col"));
        html.close().close().open("tbody");
        entries.forEach(this::version);
        html.close().close().close();
        html.element(
                "p",
                "Shifts are population stability indices of rating histograms: the log against the cycle before, the"
                        + " predictions against the ratings of the same rows. 0 is no shift; 0.25 is a large one.",
                "class",
                "hint");
    }

    private void version(Entry entry) {
        Version version = entry.version();
        html.open("tr");
        cell(String.valueOf(version.version()));
        cell(status(version, serving));
        cell(day(version));
        Measurement measured = version.measured();
        if (measured == null) {
            for (int column = 0; column < 9; column++) {
                cell("");
            }
        } else {
            cell(NumberText.rows(measured.rows()));
            cell(NumberText.stars(measured.candidate().mae()));
            cell(NumberText.difference(measured));
            cell(NumberText.share(measured.candidate().failed()));
            cell(String.format(Locale.ROOT, "%.1f", measured.candidate().tokens()));
            cell(NumberText.share(measured.newUsers()));
            cell(NumberText.share(measured.newItems()));
            cell(shift(entry.logShift()));
            cell(shift(entry.predictionShift()));
        }
        html.close();
    }

    private void refusals() {
        List<Version> refused = entries.stream()
                .map(Entry::version)
                .filter(version -> !version.isPublished())
                .toList();
        if (refused.isEmpty()) {
            return;
        }
        html.element("h2", "Why versions were refused");
        for (Version version : refused) {
            html.open("article").element("h3", "Version " + version.version()).open("ul");
            version.rules().stream()
                    .filter(rule -> !rule.holds())
                    .map(Rule::line)
                    .forEach(line -> html.element("li", line));
            html.close().close();
        }
    }

    private void cell(String text) {
        html.element("td", text);
    }

    /** The status of a version in one or two words. */
    static String status(Version version, Optional<Version> serving) {
        if (serving.filter(now -> now.version() == version.version()).isPresent()) {
            return "serves";
        }
        return !version.isPublished() ? "refused" : version.withdrawn() == null ? "published" : "withdrawn";
    }

    private static String day(Version version) {
        return version.until() == null ? "by hand" : version.until().replace("T00:00:00Z", "");
    }

    private static String shift(OptionalDouble index) {
        return index.isPresent() ? String.format(Locale.ROOT, "%.3f", index.getAsDouble()) : "";
    }
}
