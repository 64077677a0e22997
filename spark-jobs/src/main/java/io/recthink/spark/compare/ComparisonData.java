package io.recthink.spark.compare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.recthink.prompt.TraceSummary;
import io.recthink.spark.evaluate.Comparison;
import io.recthink.spark.evaluate.Comparison.CalibrationBin;
import io.recthink.spark.evaluate.Comparison.FocusRow;
import io.recthink.spark.evaluate.Comparison.SliceRow;
import io.recthink.spark.evaluate.ComparisonRow;
import io.recthink.spark.evaluate.SystemKey;
import io.recthink.spark.table.PolicyOrigin;
import io.recthink.statistics.Interval;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** Writes a comparison as CSV and JSON with unrounded numbers. An undefined number is an empty cell or null. */
final class ComparisonData {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private final Comparison comparison;

    ComparisonData(Comparison comparison) {
        this.comparison = comparison;
    }

    /** One line for each row of the table. */
    String csv() {
        return csv(comparison.rows().stream().map(this::row).toList());
    }

    /** One line for each system and slice. */
    String slicesCsv() {
        return csv(slices());
    }

    /** One line for each system and tenth of its predictions. */
    String calibrationCsv() {
        return csv(calibration());
    }

    /** The second block, one line a row; an empty text without a focus system. */
    String focusCsv() {
        return csv(focus());
    }

    /** The rows, the second block, seeds, slices, calibration, costs and notes. */
    String json() {
        ObjectNode all = JSON.createObjectNode();
        all.put("confidence", comparison.confidence());
        all.set("reference", JSON.valueToTree(comparison.reference()));
        all.set("rows", array(comparison.rows().stream().map(this::row).toList()));
        comparison.focus().ifPresent(focus -> {
            all.set("focus", JSON.valueToTree(focus));
            all.set("focusRows", array(focus()));
        });
        all.set("seeds", JSON.valueToTree(comparison.seeds()));
        all.set("slices", array(slices()));
        all.set("calibration", array(calibration()));
        all.set("costs", array(costs()));
        all.set("explained", array(explained()));
        all.set("notes", JSON.valueToTree(comparison.notes()));
        try {
            return JSON.writeValueAsString(all) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private Map<String, Object> row(ComparisonRow row) {
        Map<String, Object> fields = key(row.key());
        fields.put("kind", row.kind().name().toLowerCase(java.util.Locale.ROOT));
        fields.put("n", row.rows());
        fields.put("failed", row.failed());
        ComparisonRow.Errors errors = row.errors();
        fields.put("mae", errors.mae());
        interval(fields, "mae", errors.maeInterval());
        fields.put("rmse", errors.rmse());
        interval(fields, "rmse", errors.rmseInterval());
        fields.put("maeParsed", optional(errors.parsedMae()));
        fields.put("rmseParsed", optional(errors.parsedRmse()));
        ComparisonRow.Difference difference = row.difference();
        fields.put("maeDifference", difference.mae());
        interval(fields, "maeDifference", difference.interval());
        fields.put("p", difference.pValue());
        fields.put("pHolm", difference.adjusted());
        fields.put("rankMae", optional(row.rankByMae()));
        fields.put("rankRmse", optional(row.rankByRmse()));
        fields.put("maeUser", errors.userMae());
        fields.put("maeMacro", errors.macroMae());
        fields.put("maeRounded", errors.roundedMae());
        fields.put("skillMae", errors.skillMae());
        fields.put("skillMse", errors.skillMse());
        fields.put("crps", optional(errors.crps()));
        ComparisonRow.Shape shape = row.shape();
        fields.put("spearman", defined(shape.spearman()));
        fields.put("pairAccuracy", defined(shape.pairAccuracy()));
        fields.put("slope", defined(shape.slope()));
        fields.put("intercept", defined(shape.intercept()));
        fields.put("bias", shape.bias());
        fields.put("varianceRatio", defined(shape.varianceRatio()));
        fields.put("integerShare", shape.integerShare());
        fields.put("modalShare", shape.modalShare());
        if (!comparison.traces().isEmpty()) {
            Optional<TraceSummary> traces =
                    Optional.ofNullable(comparison.traces().get(row.key()));
            fields.put("tracesDistinct", traces.map(TraceSummary::distinct).orElse(null));
            fields.put(
                    "tracesCopied", traces.map(some -> optional(some.copied())).orElse(null));
            fields.put("tracesAbout", traces.map(TraceSummary::about).orElse(null));
        }
        fields.put("beatsPromptMeans", row.beatsPromptMeans());
        Optional<PolicyOrigin.Training> training = comparison.training(row.key());
        fields.put("job", training.map(PolicyOrigin.Training::job).orElse(null));
        fields.put("step", training.map(PolicyOrigin.Training::step).orElse(null));
        fields.put("untrained", training.map(PolicyOrigin.Training::untrained).orElse(null));
        return fields;
    }

    private List<Map<String, Object>> explained() {
        return comparison.explained().stream()
                .map(row -> {
                    Map<String, Object> fields = key(row.key());
                    fields.put("rowId", row.rowId());
                    fields.put("title", row.title());
                    fields.put("truth", row.truth());
                    fields.put("yhat", row.yhat());
                    fields.put("reviews", row.reviews());
                    return fields;
                })
                .toList();
    }

    private List<Map<String, Object>> focus() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (FocusRow row : comparison.focusRows()) {
            Map<String, Object> fields = key(row.other());
            fields.put("maeDifference", row.difference());
            interval(fields, "maeDifference", row.interval());
            fields.put("pHolm", row.adjusted());
            rows.add(fields);
        }
        return rows;
    }

    private List<Map<String, Object>> slices() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (SliceRow slice : comparison.slices()) {
            slice.scores().forEach(score -> {
                Map<String, Object> fields = new LinkedHashMap<>();
                fields.put("group", slice.group());
                fields.put("slice", slice.name());
                fields.put("n", slice.rows());
                fields.putAll(key(score.key()));
                fields.put("mae", score.mae());
                interval(fields, "mae", score.interval());
                rows.add(fields);
            });
        }
        return rows;
    }

    private List<Map<String, Object>> calibration() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (CalibrationBin bin : comparison.calibration()) {
            Map<String, Object> fields = key(bin.key());
            fields.put("bin", bin.bin());
            fields.put("n", bin.rows());
            fields.put("prediction", bin.prediction());
            fields.put("truth", bin.truth());
            interval(fields, "truth", bin.interval());
            rows.add(fields);
        }
        return rows;
    }

    private List<Map<String, Object>> costs() {
        List<Map<String, Object>> rows = new ArrayList<>();
        comparison.costs().forEach(cost -> {
            Map<String, Object> fields = key(cost.key());
            fields.put("tokensIn", cost.tokensIn());
            fields.put("tokensInP95", cost.tokensInP95());
            fields.put("tokensOut", cost.tokensOut());
            fields.put("tokensOutP95", cost.tokensOutP95());
            fields.put("millisecondsP50", cost.millisecondsP50());
            fields.put("millisecondsP95", cost.millisecondsP95());
            fields.put("failed", cost.failed());
            fields.put("lengthErrorCorrelation", optional(cost.lengthCorrelation()));
            fields.put("training", cost.training().orElse(null));
            rows.add(fields);
        });
        return rows;
    }

    private static Map<String, Object> key(SystemKey key) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("system", key.system());
        fields.put("readout", key.readout().name());
        fields.put("seed", key.seed());
        return fields;
    }

    private static void interval(Map<String, Object> fields, String name, Interval interval) {
        fields.put(name + "Low", defined(interval.low()));
        fields.put(name + "High", defined(interval.high()));
    }

    private static Object defined(double value) {
        return Double.isNaN(value) ? null : value;
    }

    private static Object optional(OptionalDouble value) {
        return value.isPresent() ? value.getAsDouble() : null;
    }

    private static Object optional(OptionalInt value) {
        return value.isPresent() ? value.getAsInt() : null;
    }

    private static ArrayNode array(List<Map<String, Object>> rows) {
        return JSON.valueToTree(rows);
    }

    private static String csv(List<Map<String, Object>> rows) {
        if (rows.isEmpty()) {
            return "";
        }
        return rows.stream()
                .map(row -> row.values().stream().map(ComparisonData::cell).collect(Collectors.joining(",")))
                .collect(Collectors.joining("\n", String.join(",", rows.get(0).keySet()) + "\n", "\n"));
    }

    private static String cell(Object value) {
        String text = value == null ? "" : value.toString();
        return text.matches("[^\",\r\n]*") ? text : "\"" + text.replace("\"", "\"\"") + "\"";
    }
}
