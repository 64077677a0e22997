package io.recthink.spark.compare;

import io.recthink.spark.evaluate.Comparison;
import io.recthink.spark.evaluate.Comparison.CalibrationBin;
import io.recthink.spark.evaluate.Comparison.SliceError;
import io.recthink.spark.evaluate.Comparison.SliceRow;
import io.recthink.spark.evaluate.ComparisonRow;
import io.recthink.spark.evaluate.ComparisonRow.Kind;
import io.recthink.spark.evaluate.Slice;
import io.recthink.spark.evaluate.SystemKey;
import io.recthink.spark.evaluate.TrivialPredictors;
import io.recthink.spark.page.Axis;
import io.recthink.spark.page.HtmlWriter;
import io.recthink.spark.page.IntervalPlot;
import io.recthink.spark.page.PageFrame;
import io.recthink.spark.page.PageStyle;
import io.recthink.spark.page.PointPlot;
import io.recthink.spark.page.TextTable;
import io.recthink.spark.table.PolicyOrigin;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Writes a comparison as one HTML page with pictures. The page needs no network, no other file and no script. */
final class ComparisonPage {
    /** Number of trivial systems, best MAE first, in the pictures of slices and of true ratings. */
    private static final int TRIVIAL_SHOWN = 2;

    private static final int COLOURS = 6;
    private static final Map<String, String> CURVES = Map.of(
            "reward", "Mean reward",
            "format_rate", "Format rate",
            "train_mae", "MAE of the sampled ratings",
            "entropy", "Entropy, nats a token");

    private final Comparison comparison;
    private final ComparisonTables tables;
    private final ErrorPlots errors;
    private final RunCard card;
    private final List<Learning> learning;
    private final Optional<Lead> lead;
    private final HtmlWriter html = new HtmlWriter();

    ComparisonPage(Comparison comparison, RunCard card, List<Learning> learning) {
        this(comparison, card, learning, Optional.empty());
    }

    /** @param lead first part of the page; empty for a page about the comparison itself */
    ComparisonPage(Comparison comparison, RunCard card, List<Learning> learning, Optional<Lead> lead) {
        this.lead = lead;
        this.comparison = comparison;
        this.tables = new ComparisonTables(comparison);
        this.errors = new ErrorPlots(comparison);
        this.card = card;
        this.learning = learning;
    }

    String html() {
        PageFrame.open(
                html,
                PageFrame.NO_SCRIPT,
                "recthink: " + card.name(),
                PageStyle.css(ComparisonPage.class, "comparison.css"));
        html.open("body").open("main");
        header();
        lead.ifPresent(this::lead);
        tiles();
        errors();
        table("All numbers", tables.main());
        table("What the predictions are like", tables.details());
        notes();
        optionalTables();
        calibration();
        byTrueRating();
        slices();
        explained();
        learning();
        card();
        return html.close().close().close().page();
    }

    private void header() {
        html.open("header");
        html.element("p", "recthink " + lead.map(Lead::kind).orElse("comparison"), "class", "brand");
        html.element("h1", lead.map(Lead::title).orElse(card.name()));
        html.element("p", comparison.notes().get(0), "class", "path");
        html.close();
    }

    private void lead(Lead subject) {
        table(subject.heading(), subject.table());
        html.open("ul", "class", "notes");
        subject.notes().forEach(note -> html.element("li", note));
        html.close();
        html.element("h2", "How the errors change");
    }

    private void tiles() {
        html.open("section", "class", "tiles", "aria-label", "Summary");
        best("Best MAE of a median", row -> row.errors().mae(), row -> row.rankByMae()
                .isPresent());
        best("Best RMSE of a mean", row -> row.errors().rmse(), row -> row.rankByRmse()
                .isPresent());
        ComparisonRow constant = comparison.rows().get(0);
        PageFrame.tile(
                html,
                constant.key().system(),
                ComparisonTables.number(constant.errors().mae()),
                "MAE");
        PageFrame.tile(
                html, "Rows", String.format(Locale.ROOT, "%,d", constant.rows()), "all systems on the same rows");
        html.close();
    }

    private void best(String label, Function<ComparisonRow, Double> error, Predicate<ComparisonRow> ranked) {
        comparison.rows().stream()
                .filter(ranked)
                .min(Comparator.comparing(error))
                .ifPresent(row -> PageFrame.tile(
                        html, label, ComparisonTables.number(error.apply(row)), ErrorPlots.name(row.key())));
    }

    private void errors() {
        html.element("h2", "Who predicts best?");
        figure("whole", "Smaller is better. Grey: predictors that read no text.", errors.mae());
        figure(
                "whole",
                "Smaller is better. A mean is the best answer to a squared error, a median to an absolute error.",
                errors.rmse());
    }

    private void figure(String kind, String note, IntervalPlot plot) {
        figure(kind, plot.description(), note, () -> plot.write(html));
    }

    private void figure(String kind, String title, String note, Runnable picture) {
        html.open("figure", "class", kind).open("figcaption");
        html.element("h3", title).element("p", note).close();
        picture.run();
        html.close();
    }

    private void table(String title, TextTable table) {
        if (!title.isEmpty()) {
            html.element("h2", title);
        }
        html.open("div", "class", "wide", "tabindex", "0");
        html.open("table").open("thead").open("tr");
        table.header().forEach(name -> html.element("th", name, "scope", "col"));
        html.close().close().open("tbody");
        for (int row = 0; row < table.rows().size(); row++) {
            boolean trivial = table.header().get(0).equals("system")
                    && table.rows().size() == comparison.rows().size()
                    && comparison.rows().get(row).trivial();
            html.open(
                    "tr",
                    "class",
                    (trivial ? "trivial" : "system") + (table.rules().contains(row) ? " rule" : ""));
            table.rows().get(row).forEach(this::cell);
            html.close();
        }
        html.close().close().close();
    }

    /** A line may break before an interval, but not inside it. */
    private void cell(String text) {
        if (text.contains(" [")) {
            html.element("td", text.replace(", ", ",\u00a0"), "class", "range");
        } else {
            html.element("td", text);
        }
    }

    private void explained() {
        if (comparison.explained().isEmpty()) {
            return;
        }
        html.element("h2", "Why these ratings?");
        html.element(
                "p",
                "The reviews of the item that counted most, with their part of the attention. The first rows in the order of"
                        + " the row ids.",
                "class",
                "note");
        comparison.explained().forEach(row -> {
            html.element(
                    "h3",
                    String.format(
                            Locale.ROOT,
                            "%s: %s, rated %s, predicted %.2f",
                            ErrorPlots.name(row.key()),
                            Optional.ofNullable(row.title()).orElse("an item without a title"),
                            BigDecimal.valueOf(row.truth()).stripTrailingZeros().toPlainString(),
                            row.yhat()));
            html.open("ol", "class", "notes");
            row.reviews()
                    .forEach(review -> html.element(
                            "li",
                            String.format(
                                    Locale.ROOT,
                                    "%.0f %%: %s",
                                    100 * review.weight(),
                                    review.text().isBlank() ? "(no text)" : review.text())));
            html.close();
        });
    }

    private void notes() {
        html.open("ul", "class", "notes");
        tables.notes().forEach(note -> html.element("li", note));
        html.close();
    }

    private void optionalTables() {
        if (comparison.focus().isPresent()) {
            table(tables.focusTitle(), tables.focus());
        }
        if (!comparison.seeds().isEmpty()) {
            table("Several seeds of the training", tables.seeds());
        }
        if (!comparison.costs().isEmpty()) {
            table("What the predictions cost", tables.costs());
        }
        if (!tables.trainings().rows().isEmpty()) {
            table("What the training cost", tables.trainings());
        }
    }

    private void calibration() {
        List<SystemKey> shown = comparison.rows().stream()
                .filter(row -> row.kind() == Kind.SAVED || row.key().system().equals(TrivialPredictors.BIAS))
                .map(ComparisonRow::key)
                .toList();
        html.element("h2", "Does the truth follow the prediction?");
        html.element(
                "p",
                "The rows are sorted by prediction and divided into tenths. Each point shows the mean truth of a"
                        + " tenth, with its interval, over the mean prediction. On the dashed line both means"
                        + " are equal.",
                "class",
                "note");
        html.open("section", "class", "charts");
        shown.forEach(this::calibration);
        html.close();
    }

    private void calibration(SystemKey key) {
        List<CalibrationBin> bins = comparison.calibration().stream()
                .filter(bin -> bin.key().equals(key))
                .toList();
        List<PointPlot.Point> points = bins.stream()
                .map(bin -> new PointPlot.Point(
                        bin.prediction(),
                        bin.truth(),
                        bin.interval().low(),
                        bin.interval().high(),
                        String.format(
                                Locale.ROOT,
                                "%d rows: predicted %.2f, true %.2f",
                                bin.rows(),
                                bin.prediction(),
                                bin.truth())))
                .toList();
        Axis across = axis(points.stream().map(PointPlot.Point::x));
        Axis upright = axis(points.stream().flatMap(point -> Stream.of(point.low(), point.high(), point.y())));
        PointPlot.Series series = new PointPlot.Series(key.system(), 0, true, points);
        figure("", ErrorPlots.name(key), bins.size() + " different tenths", () -> new PointPlot(
                        List.of(series), across, upright, true, "Calibration of " + ErrorPlots.name(key))
                .write(html));
    }

    private static Axis axis(Stream<Double> values) {
        return Axis.around(values.mapToDouble(Double::doubleValue));
    }

    /**
     * The systems of the pictures with several systems: the first saved systems and the best trivial ones, as many as
     * there are colours.
     */
    private List<Integer> shown() {
        List<ComparisonRow> rows = comparison.rows();
        List<Integer> saved = IntStream.range(0, rows.size())
                .filter(system -> rows.get(system).kind() == Kind.SAVED)
                .boxed()
                .toList();
        List<Integer> trivial = IntStream.range(0, rows.size())
                .filter(system -> rows.get(system).trivial())
                .boxed()
                .sorted(Comparator.comparing(system -> rows.get(system).errors().mae()))
                .limit(TRIVIAL_SHOWN)
                .toList();
        List<Integer> all = new ArrayList<>(saved.subList(0, Math.min(saved.size(), COLOURS - TRIVIAL_SHOWN)));
        all.addAll(trivial);
        return all;
    }

    private void byTrueRating() {
        List<SliceRow> ratings = comparison.slices().stream()
                .filter(slice -> slice.group().equals(Slice.TRUE_RATING)
                        && !slice.scores().isEmpty())
                .toList();
        if (ratings.size() < 2) {
            return;
        }
        List<PointPlot.Series> series = new ArrayList<>();
        for (int system : shown()) {
            series.add(new PointPlot.Series(
                    ErrorPlots.name(comparison.rows().get(system).key()),
                    series.size(),
                    true,
                    ratings.stream().map(slice -> point(slice, system)).toList()));
        }
        Axis across = new Axis(
                ratings.stream().map(slice -> new BigDecimal(slice.name())).toList());
        Axis upright = axis(Stream.concat(
                Stream.of(0.0),
                series.stream().flatMap(some -> some.points().stream()).map(PointPlot.Point::high)));
        html.element("h2", "Where are the errors?");
        html.open("section", "class", "charts");
        figure("", "MAE by true rating", "A constant prediction fails on rare ratings.", () -> new PointPlot(
                        series, across, upright, false, "MAE by true rating")
                .write(html));
        html.close();
    }

    private static PointPlot.Point point(SliceRow slice, int system) {
        SliceError score = slice.scores().get(system);
        return new PointPlot.Point(
                Double.parseDouble(slice.name()),
                score.mae(),
                score.interval().low(),
                score.interval().high(),
                String.format(
                        Locale.ROOT,
                        "%s, true rating %s, %d rows: %.4f",
                        ErrorPlots.name(score.key()),
                        slice.name(),
                        slice.rows(),
                        score.mae()));
    }

    private void slices() {
        html.element("h2", "Who is predicted well?");
        html.element(
                "p",
                "MAE of parts of the rows. Parts of fewer than " + Slice.LEAST_ROWS + " rows are not shown.",
                "class",
                "note");
        html.open("section", "class", "packed");
        for (String group : tables.sliceGroups()) {
            List<SliceRow> large = comparison.slices().stream()
                    .filter(slice ->
                            slice.group().equals(group) && !slice.scores().isEmpty())
                    .toList();
            if (!large.isEmpty() && !group.equals(Slice.TRUE_RATING)) {
                figure("", words(group), "", () -> large.forEach(this::slice));
            }
        }
        html.close();
        for (String group : tables.sliceGroups()) {
            html.open("details").element("summary", words(group) + ": all systems");
            table("", tables.slices(group));
            html.close();
        }
    }

    private void slice(SliceRow slice) {
        List<Integer> systems = shown();
        List<IntervalPlot.Line> lines = IntStream.range(0, systems.size())
                .mapToObj(colour -> {
                    SliceError score = slice.scores().get(systems.get(colour));
                    return ErrorPlots.line(ErrorPlots.name(score.key()), score.mae(), score.interval(), colour);
                })
                .toList();
        html.open("div", "class", "part");
        html.element("h4", slice.name() + " (" + slice.rows() + " rows)");
        ErrorPlots.plot(lines, "MAE of rows with " + slice.group() + " " + slice.name())
                .write(html);
        html.close();
    }

    private void learning() {
        if (learning.isEmpty()) {
            return;
        }
        html.element("h2", "How did it learn?");
        for (Learning run : learning) {
            html.element("h3", run.systems()).open("section", "class", "charts");
            CURVES.entrySet().stream().sorted(Map.Entry.comparingByValue()).forEach(metric -> run.curves()
                    .of(metric.getKey())
                    .ifPresent(values ->
                            curve(metric.getValue(), run.systems(), run.curves().steps(), values)));
            html.close();
        }
    }

    private void curve(String title, String systems, List<Integer> steps, double[] values) {
        List<PointPlot.Point> points = IntStream.range(0, steps.size())
                .filter(i -> Double.isFinite(values[i]))
                .mapToObj(i -> new PointPlot.Point(
                        steps.get(i),
                        values[i],
                        values[i],
                        values[i],
                        String.format(Locale.ROOT, "step %d: %.4f", steps.get(i), values[i])))
                .toList();
        if (points.size() > 1) {
            PointPlot plot = new PointPlot(
                    List.of(new PointPlot.Series(title, 0, true, points)),
                    axis(points.stream().map(PointPlot.Point::x)),
                    axis(points.stream().map(PointPlot.Point::y)),
                    false,
                    title + " of " + systems + " by training step");
            figure("curve", title, "by training step", () -> plot.write(html));
        }
    }

    private void card() {
        html.element("h2", "Run card");
        html.open("dl", "class", "facts");
        card.facts().forEach((name, value) -> html.open("div")
                .element("dt", name)
                .element("dd", value)
                .close());
        html.close();
        for (PolicyOrigin origin : card.trainings()) {
            html.open("details")
                    .element(
                            "summary",
                            "Training configuration of %s: %s of %s"
                                    .formatted(
                                            origin.system(),
                                            origin.training().label(),
                                            origin.training().run()));
            html.element("pre", origin.training().configuration()).close();
        }
        html.open("details").element("summary", "Configuration of this comparison");
        html.element("pre", card.configuration()).close();
    }

    private static String words(String group) {
        return group.substring(0, 1).toUpperCase(Locale.ROOT) + group.substring(1);
    }
}
