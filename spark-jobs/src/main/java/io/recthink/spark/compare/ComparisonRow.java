package io.recthink.spark.compare;

import io.recthink.metric.Interval;
import java.util.OptionalDouble;

/**
 * One row of the table.
 *
 * @param trivial whether the system is one of {@link TrivialPredictors}
 * @param rows the number of rows it is scored on, failed ones included
 * @param failed how many of them are predicted by the fallback
 * @param parsedMae the MAE without the failed rows; empty when all have failed
 * @param difference the MAE minus that of the reference
 * @param beatsPromptMeans whether the MAE is below that of the regression on the means that a prompt may show
 */
record ComparisonRow(
        SystemKey key,
        boolean trivial,
        long rows,
        long failed,
        double mae,
        Interval maeInterval,
        double rmse,
        Interval rmseInterval,
        OptionalDouble parsedMae,
        double difference,
        Interval differenceInterval,
        boolean beatsPromptMeans) {
    double failedPercent() {
        return 100.0 * failed / rows;
    }
}
