package io.recthink.spark.compare;

import io.recthink.spark.evaluate.Comparison;
import io.recthink.spark.evaluate.Comparison.CostRow;
import io.recthink.spark.evaluate.Comparison.FocusRow;
import io.recthink.spark.evaluate.Comparison.SeedRow;
import io.recthink.spark.evaluate.Comparison.SliceError;
import io.recthink.spark.evaluate.Comparison.SliceRow;
import io.recthink.spark.evaluate.ComparisonRow;
import io.recthink.spark.evaluate.ComparisonRow.Difference;
import io.recthink.spark.evaluate.ComparisonRow.Errors;
import io.recthink.spark.evaluate.ComparisonRow.Kind;
import io.recthink.spark.evaluate.ComparisonRow.Shape;
import io.recthink.spark.evaluate.SystemKey;
import io.recthink.spark.evaluate.TrivialPredictors;
import io.recthink.spark.page.TextTable;
import io.recthink.spark.table.PolicyOrigin;
import io.recthink.spark.table.TrainingCost;
import io.recthink.statistics.Interval;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** Tables of a comparison for people, with 4 decimals. */
final class ComparisonTables {
    private static final String NONE = "-";
    private static final String UNCORRECTED = " \u2020";

    private final Comparison comparison;
    private final boolean seeds;
    private final String interval;

    ComparisonTables(Comparison comparison) {
        this.comparison = comparison;
        this.seeds = !comparison.seeds().isEmpty();
        this.interval = intervalName(comparison);
    }

    /** Label of the intervals of a comparison, such as [95% CI]. */
    static String intervalName(Comparison comparison) {
        return "[%s%% CI]"
                .formatted(BigDecimal.valueOf(comparison.confidence())
                        .movePointRight(2)
                        .stripTrailingZeros()
                        .toPlainString());
    }

    /** Errors and their differences from the reference. */
    TextTable main() {
        List<String> header = systemHeader();
        header.addAll(List.of(
                "failed %",
                "MAE " + interval,
                "rank",
                "RMSE " + interval,
                "rank",
                "MAE - " + comparison.reference().system() + " " + interval,
                "p (Holm)"));
        return table(header, row -> {
            Errors errors = row.errors();
            boolean reference = row.key().equals(comparison.reference());
            Difference difference = row.difference();
            return List.of(
                    String.format(Locale.ROOT, "%.1f", row.failedPercent()),
                    number(errors.mae()) + " " + interval(errors.maeInterval()),
                    rank(row.rankByMae()),
                    number(errors.rmse()) + " " + interval(errors.rmseInterval()),
                    rank(row.rankByRmse()),
                    reference ? "reference" : signed(difference.mae()) + " " + signedInterval(difference.interval()),
                    reference ? "" : number(difference.adjusted()) + (uncorrected(difference) ? UNCORRECTED : ""));
        });
    }

    /** All other columns. */
    TextTable details() {
        List<String> header = systemHeader();
        header.addAll(List.of(
                "skill MAE",
                "skill MSE",
                "macro-MAE",
                "user MAE",
                "Spearman",
                "pairs",
                "slope",
                "bias",
                "variance",
                "integer %",
                "modal %",
                "CRPS",
                "MAE parsed"));
        if (!comparison.traces().isEmpty()) {
            header.addAll(List.of("distinct traces %", "copied %", "about the row %"));
        }
        return table(header, row -> {
            Errors errors = row.errors();
            Shape shape = row.shape();
            List<String> cells = new ArrayList<>(List.of(
                    signed(errors.skillMae()),
                    signed(errors.skillMse()),
                    number(errors.macroMae()),
                    number(errors.userMae()),
                    number(shape.spearman()),
                    number(shape.pairAccuracy()),
                    number(shape.slope()),
                    signed(shape.bias()),
                    number(shape.varianceRatio()),
                    percent(shape.integerShare()),
                    percent(shape.modalShare()),
                    number(errors.crps()),
                    number(errors.parsedMae())));
            if (!comparison.traces().isEmpty()) {
                cells.addAll(traces(row.key()));
            }
            return cells;
        });
    }

    private List<String> traces(SystemKey key) {
        return Optional.ofNullable(comparison.traces().get(key))
                .map(traces -> List.of(
                        percent(traces.distinct()),
                        traces.copied().isPresent() ? percent(traces.copied().getAsDouble()) : NONE,
                        percent(traces.about())))
                .orElse(List.of(NONE, NONE, NONE));
    }

    /** The focus system compared with every other row. */
    TextTable focus() {
        return plain(
                List.of("system", "read-out", "MAE difference " + interval, "p (Holm)", ""),
                comparison.focusRows().stream().map(this::focus).toList());
    }

    private List<String> focus(FocusRow row) {
        boolean apart = row.adjusted() < 1 - comparison.confidence();
        String verdict = !apart
                ? "not told apart" + (excludesZero(row.interval()) ? UNCORRECTED : "")
                : row.difference() < 0 ? "better" : "worse";
        return List.of(
                row.other().system(),
                row.other().readout().name(),
                signed(row.difference()) + " " + signedInterval(row.interval()),
                number(row.adjusted()),
                verdict);
    }

    private static boolean excludesZero(Interval interval) {
        return interval.low() > 0 || interval.high() < 0;
    }

    String focusTitle() {
        SystemKey focus = comparison.focus().orElseThrow();
        return "MAE of " + focus.system() + " (" + focus.readout() + ") minus the MAE of each other row";
    }

    /** Read-outs that were trained under several seeds. */
    TextTable seeds() {
        return plain(
                List.of("system", "read-out", "seeds", "MAE mean", "MAE sd", "RMSE mean", "RMSE sd"),
                comparison.seeds().stream().map(ComparisonTables::seed).toList());
    }

    private static List<String> seed(SeedRow row) {
        return List.of(
                row.system(),
                row.readout(),
                Integer.toString(row.seeds()),
                number(row.mae()),
                number(row.maeSd()),
                number(row.rmse()),
                number(row.rmseSd()));
    }

    /** Tokens, latency and failures of the predictions, and the correlation of their length with |error|. */
    TextTable costs() {
        return plain(
                List.of(
                        "system",
                        "read-out",
                        "prompt tokens",
                        "p95",
                        "generated tokens",
                        "p95",
                        "ms p50",
                        "ms p95",
                        "failed",
                        "length ~ |error|"),
                comparison.costs().stream().map(ComparisonTables::cost).toList());
    }

    private static List<String> cost(CostRow row) {
        return List.of(
                row.key().system(),
                row.key().readout().name(),
                tenths(row.tokensIn()),
                tenths(row.tokensInP95()),
                tenths(row.tokensOut()),
                tenths(row.tokensOutP95()),
                tenths(row.millisecondsP50()),
                tenths(row.millisecondsP95()),
                Long.toString(row.failed()),
                number(row.lengthCorrelation()));
    }

    /** Training costs of the systems where they are known. */
    TextTable trainings() {
        return plain(
                List.of(
                        "system",
                        "read-out",
                        "train samples",
                        "teacher calls",
                        "teacher tokens",
                        "models trained",
                        "served",
                        "stages",
                        "training min",
                        "device h",
                        "device"),
                comparison.costs().stream()
                        .flatMap(row -> row.training().stream().map(training -> training(row.key(), training)))
                        .toList());
    }

    private static List<String> training(SystemKey key, TrainingCost cost) {
        return List.of(
                key.system(),
                key.readout().name(),
                Long.toString(cost.samples()),
                Long.toString(cost.teacherCalls()),
                Long.toString(cost.teacherTokens()),
                Integer.toString(cost.modelsTrained()),
                Integer.toString(cost.modelsServed()),
                Integer.toString(cost.stages()),
                tenths(cost.seconds() / 60),
                cost.processors() == 0 && cost.seconds() > 0 ? NONE : number(cost.deviceHours()),
                cost.device().isEmpty() ? NONE : cost.device());
    }

    /** The MAE of all systems in each slice of one group. */
    TextTable slices(String group) {
        List<SliceRow> slices = comparison.slices().stream()
                .filter(slice -> slice.group().equals(group))
                .toList();
        List<String> header = new ArrayList<>(List.of("system", "read-out"));
        slices.forEach(slice -> header.add(slice.name() + " (n=" + slice.rows() + ")"));
        List<List<String>> rows = new ArrayList<>();
        for (int system = 0; system < comparison.rows().size(); system++) {
            SystemKey key = comparison.rows().get(system).key();
            List<String> cells =
                    new ArrayList<>(List.of(key.system(), key.readout().name()));
            for (SliceRow slice : slices) {
                cells.add(slice.scores().isEmpty() ? NONE : score(slice.scores().get(system)));
            }
            rows.add(cells);
        }
        return new TextTable(header, rows, rules());
    }

    private static String score(SliceError score) {
        return number(score.mae()) + " " + interval(score.interval());
    }

    /** The groups of slices that have rows, in their order. */
    List<String> sliceGroups() {
        return comparison.slices().stream()
                .filter(slice -> slice.rows() > 0)
                .map(SliceRow::group)
                .distinct()
                .toList();
    }

    /** The notes below the table, one sentence each. */
    List<String> notes() {
        List<String> notes = new ArrayList<>(comparison.notes());
        notes.add("Ranks: MAE among medians, RMSE among means. p: two-sided bootstrap, Holm-corrected over the table.");
        notes.add(
                "skill: 1 - MAE / constant median, 1 - MSE / global mean. macro-MAE: mean over true ratings. user MAE:"
                        + " mean over users. pairs: share of the pairs of rows of one user whose predictions"
                        + " have the right order, a tie counts one half. slope: slope of the truth on the"
                        + " prediction. variance: variance of the predictions divided by the variance of the"
                        + " truths.");
        if (!comparison.traces().isEmpty()) {
            notes.add("distinct traces: different texts before the answer, as a share of all rows. copied: share of a"
                    + " trace that is word for word in the instruction. about the row: traces with at"
                    + " least three words of the user's own reviews or of the product.");
        }
        if (uncorrected()) {
            notes.add(UNCORRECTED.strip()
                    + " The interval excludes zero, but it is for one comparison alone. The p is corrected for all"
                    + " comparisons of its table and does not tell the two apart.");
        }
        if (comparison.rows().stream().anyMatch(row -> row.kind() == Kind.ISOTONIC)) {
            notes.add("+iso: mapped by a monotone function fitted on the validation rows.");
        }
        if (comparison.rows().stream().anyMatch(ComparisonRow::marked)) {
            notes.add("* does not beat " + TrivialPredictors.PROMPT_MEANS
                    + " of its kind. This row is a regression on the means and the counts of the user and the item.");
        }
        if (comparison.rows().stream().anyMatch(ComparisonRow::unranked)) {
            notes.add(ComparisonRow.UNRANKED.strip()
                    + " has no rank: it failed on more rows than validation.maxFailed allows. On the failed rows, the"
                    + " table scores the prediction of the bias model.");
        }
        return notes;
    }

    private boolean uncorrected() {
        return comparison.rows().stream().anyMatch(row -> uncorrected(row.difference()))
                || comparison.focusRows().stream()
                        .anyMatch(row -> row.adjusted() >= 1 - comparison.confidence() && excludesZero(row.interval()));
    }

    /** Whether the interval excludes zero although the corrected p-value is not significant. */
    private boolean uncorrected(Difference difference) {
        return difference.adjusted() >= 1 - comparison.confidence() && excludesZero(difference.interval());
    }

    /** Whether a system has a known training; then the table has a column for the training step. */
    private boolean steps() {
        return comparison.origins().stream().anyMatch(origin -> origin.training() != null);
    }

    private List<String> systemHeader() {
        List<String> header = new ArrayList<>(List.of("system", "read-out"));
        if (seeds) {
            header.add("seed");
        }
        if (steps()) {
            header.add("policy");
        }
        return header;
    }

    private interface Cells {
        List<String> of(ComparisonRow row);
    }

    private TextTable table(List<String> header, Cells cells) {
        List<List<String>> rows = comparison.rows().stream()
                .map(row -> {
                    List<String> line = new ArrayList<>(List.of(
                            row.key().system() + row.marks(),
                            row.key().readout().name()));
                    if (seeds) {
                        line.add(row.trivial() ? NONE : Long.toString(row.key().seed()));
                    }
                    if (steps()) {
                        line.add(comparison
                                .training(row.key())
                                .map(PolicyOrigin.Training::label)
                                .orElse(NONE));
                    }
                    line.addAll(cells.of(row));
                    return line;
                })
                .toList();
        return new TextTable(header, rows, rules());
    }

    private List<Integer> rules() {
        List<Kind> kinds = comparison.rows().stream().map(ComparisonRow::kind).toList();
        return IntStream.range(1, kinds.size())
                .filter(row -> !Objects.equals(kinds.get(row), kinds.get(row - 1)))
                .boxed()
                .toList();
    }

    private static TextTable plain(List<String> header, List<List<String>> rows) {
        return new TextTable(header, rows, List.of());
    }

    private static String rank(OptionalInt rank) {
        return rank.isPresent() ? Integer.toString(rank.getAsInt()) : "";
    }

    static String number(double value) {
        return Double.isNaN(value) ? NONE : String.format(Locale.ROOT, "%.4f", value);
    }

    private static String number(OptionalDouble value) {
        return value.isPresent() ? number(value.getAsDouble()) : NONE;
    }

    private static String tenths(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f", 100 * share);
    }

    private static String signed(double value) {
        return String.format(Locale.ROOT, "%+.4f", value);
    }

    static String interval(Interval interval) {
        return "[" + number(interval.low()) + ", " + number(interval.high()) + "]";
    }

    private static String signedInterval(Interval interval) {
        return "[" + signed(interval.low()) + ", " + signed(interval.high()) + "]";
    }
}
