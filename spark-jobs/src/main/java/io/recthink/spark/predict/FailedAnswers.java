package io.recthink.spark.predict;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;

import io.recthink.spark.StoppedException;
import io.recthink.spark.files.LiteralPath;
import io.recthink.spark.table.Readout;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Counts the answers without a rating of each system and warns of them. Their rows contain the prediction of the bias
 * model, so that the ratings do not show the failures.
 */
final class FailedAnswers {
    /**
     * Share of failed answers above which the command fails, unless {@code maxFailed} is larger; then no later job
     * runs.
     */
    private static final double SAYS_NOTHING = 0.9;

    private final SparkSession spark;
    private final double maxFailed;
    private final List<String> silent = new ArrayList<>();

    /** @param maxFailed share of failed answers above which the job warns; 1 accepts every system */
    FailedAnswers(SparkSession spark, double maxFailed) {
        this.spark = spark;
        this.maxFailed = maxFailed;
    }

    /** Counts the failed greedy answers in a folder of predictions, and warns when they are too many. */
    void look(String system, String folder) {
        Row counts = spark.read()
                .parquet(LiteralPath.of(folder))
                .where(col("readout").equalTo(Readout.GREEDY.name()))
                .agg(count(lit(1)), count_if(col("failed")))
                .head();
        long rows = counts.getLong(0);
        long failed = counts.getLong(1);
        String share = "%s: no rating can be read from %,d of %,d answers".formatted(system, failed, rows);
        if (failed > Math.max(SAYS_NOTHING, maxFailed) * rows) {
            silent.add(share);
        } else if (failed > maxFailed * rows) {
            System.out.println("WARNING " + share
                    + ". The rows of these answers contain the prediction of the bias model; compare gives the system"
                    + " no rank.");
        }
    }

    /**
     * Call this after all predictions are written.
     *
     * @throws StoppedException when nearly all answers of a system failed
     */
    void refuseSilent() {
        if (!silent.isEmpty()) {
            throw new StoppedException(
                    ("%s. The predictions are written, but nearly all are predictions of the bias model, and compare"
                                    + " gives the system no rank. Look at column trace, and at the prompt of the"
                                    + " policy: recthink prompt --policy POLICY.")
                            .formatted(String.join("; ", silent)));
        }
    }
}
