package io.recthink.spark.evaluate;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.when;

import io.recthink.InvalidInputException;
import io.recthink.spark.table.PreparedData;
import io.recthink.spark.table.StratifiedSample;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * The rows on which all systems are scored.
 *
 * @param rows examples, persisted in memory or on disk until {@link #release}
 * @param description split and sample, in words
 * @param lost number of rows that {@code compare.intersect} removed because a system has not predicted them
 */
record EvaluatedRows(Dataset<Row> rows, long count, String description, long lost) {
    /**
     * Selects the rows of {@code predict.split} and {@code predict.rows}.
     *
     * @throws InvalidInputException when there are no rows
     */
    static EvaluatedRows of(Dataset<Row> examples, PredictionFolders folders, EvaluationRequest request) {
        Dataset<Row> wanted =
                StratifiedSample.of(examples.where(col("split").equalTo(request.split())), request.rows());
        String description = request.split() + (request.rows() == 0 ? ", all rows" : ", a sample of " + request.rows());
        boolean intersect = request.settings().intersect();
        long all = wanted.count();
        Dataset<Row> rows = (intersect ? folders.sharedRows(wanted) : wanted).persist(StorageLevel.MEMORY_AND_DISK());
        long count = rows.count();
        if (count == 0) {
            rows.unpersist();
            throw new InvalidInputException(
                    ("predict.split: there are no rows to compare (%s; %d rows before compare left out the rows that a"
                                    + " system lacks)")
                            .formatted(description, all));
        }
        return new EvaluatedRows(rows, count, description, all - count);
    }

    void release() {
        rows.unpersist();
    }

    /** The notes of the table about the rows, one sentence each. */
    List<String> notes(PreparedData data, EvaluationRequest request) {
        Row shares = rows.agg(
                        avg(when(col("seenUser"), 0.0).otherwise(1.0)),
                        avg(when(col("seenItem"), 0.0).otherwise(1.0)),
                        countDistinct("userId"))
                .head();
        List<String> notes = new ArrayList<>();
        notes.add(String.format(
                Locale.ROOT,
                "%s: %d rows (%s) of %d users; new users %.1f %%, new items %.1f %%.",
                data.name(),
                count,
                description,
                shares.getLong(2),
                100 * shares.getDouble(0),
                100 * shares.getDouble(1)));
        String warning = data.split().warning();
        notes.add("Split: " + data.split().label() + (warning.isEmpty() ? "" : ": " + warning) + ".");
        if (lost > 0) {
            notes.add(lost + " rows are left out because at least one system has not predicted them.");
        }
        notes.add(String.format(
                Locale.ROOT,
                "MAE and RMSE are micro averages: every row counts the same. Intervals: %d resamples of users, paired, seed %d.",
                request.settings().resamples(),
                request.seed()));
        notes.add("Failed rows contain the prediction of the bias model.");
        notes.add("Data sha256 " + data.sha256() + ".");
        return notes;
    }
}
