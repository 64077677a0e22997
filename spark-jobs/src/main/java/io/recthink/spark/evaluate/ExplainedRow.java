package io.recthink.spark.evaluate;

import static org.apache.spark.sql.functions.col;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * A prediction that a system explains by reviews: its trace is the JSON {@code [{"reviewId", "weight", "text"}]}, as
 * NARRE writes it.
 *
 * @param title title of the item; null when it is not known
 * @param reviews the reviews of the item that counted most, the largest weight first
 */
public record ExplainedRow(
        SystemKey key, String rowId, String title, double truth, double yhat, List<WeighedReview> reviews) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ROWS = 3;
    private static final String BEGIN = "[{\"reviewId\":";
    private static final String NOTHING = "[]";

    /**
     * A review with its part of the attention.
     *
     * @param weight from 0 to 1
     * @param text its begin
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record WeighedReview(String reviewId, double weight, String text) {}

    public ExplainedRow {
        reviews = List.copyOf(reviews);
    }

    /** Whether a trace is a list of reviews, not a text of thoughts. */
    static Column isExplanation(Column trace) {
        return trace.startsWith(BEGIN).or(trace.equalTo(NOTHING));
    }

    /**
     * The same few rows of each system that explains its predictions, the first in the order of the row ids; of several
     * read-outs and seeds the first one.
     *
     * @param predictions with trace, null where a system has none
     * @param rows the examples of the predictions
     * @param keys the systems in their order
     */
    static List<ExplainedRow> of(Dataset<Row> predictions, Dataset<Row> rows, List<SystemKey> keys) {
        Dataset<Row> explained = predictions.where(col("trace").startsWith(BEGIN));
        List<String> shown = explained.select("rowId").distinct().orderBy("rowId").limit(ROWS).collectAsList().stream()
                .map(row -> row.getString(0))
                .toList();
        if (shown.isEmpty()) {
            return List.of();
        }
        List<Row> found = explained
                .where(col("rowId").isin(shown.toArray()))
                .select("rowId", "system", "readout", "seed", "yhat", "trace")
                .join(
                        rows.select(
                                col("rowId"), col("truth"), col("target.title").as("title")),
                        "rowId")
                .orderBy("rowId")
                .collectAsList();
        Set<String> done = new HashSet<>();
        List<ExplainedRow> all = new ArrayList<>();
        for (SystemKey key : keys) {
            if (done.contains(key.system())) {
                continue;
            }
            for (Row row : found) {
                if (key.equals(SystemKey.of(row.getString(1), row.getString(2), row.getLong(3)))) {
                    done.add(key.system());
                    all.add(new ExplainedRow(
                            key,
                            row.getString(0),
                            row.getAs("title"),
                            row.getAs("truth"),
                            row.getDouble(4),
                            reviews(row.getString(5))));
                }
            }
        }
        return all;
    }

    /** The reviews of a trace; none when another program has written something else. */
    private static List<WeighedReview> reviews(String trace) {
        try {
            return List.of(JSON.readValue(trace, WeighedReview[].class));
        } catch (JsonProcessingException e) {
            return List.of();
        }
    }
}
