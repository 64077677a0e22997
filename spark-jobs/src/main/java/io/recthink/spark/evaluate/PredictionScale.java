package io.recthink.spark.evaluate;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;

import io.recthink.spark.table.RatingGrid;
import java.util.List;
import org.apache.spark.sql.Column;

/**
 * The range of ratings that a prediction may have.
 *
 * @param clip true: clip predictions to the scale; false: refuse predictions outside the scale
 */
record PredictionScale(RatingGrid grid, boolean clip) {
    /** Whether a prediction that did not fail is outside the scale. */
    Column off() {
        return not(col("failed")).and(not(col("yhat").between(grid.min(), grid.max())));
    }

    /** A prediction, clipped to the scale. */
    Column clipped(Column yhat) {
        return greatest(lit(grid.min()), least(lit(grid.max()), yhat));
    }

    /** One note for each system with clipped predictions: their number. */
    List<String> notes(PredictionFolders.Checked saved, String rows) {
        return saved.systems().stream()
                .filter(system -> system.offScale() > 0)
                .map(system -> "%s: %d predictions of %s were outside the rating scale %s to %s and are clipped to it."
                        .formatted(system.key(), system.offScale(), rows, grid.min(), grid.max()))
                .toList();
    }
}
