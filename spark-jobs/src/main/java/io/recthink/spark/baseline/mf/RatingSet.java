package io.recthink.spark.baseline.mf;

import io.recthink.config.Configuration;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Ratings to train on, in the forms in which the systems read them, each made when first asked for. */
final class RatingSet implements AutoCloseable {
    private final Configuration.Mf settings;
    private final Dataset<Row> train;
    private final Dataset<Row> validation;
    private Optional<BlockedRatings> blocked = Optional.empty();
    private Optional<Residuals> residuals = Optional.empty();

    /**
     * A set of ratings.
     *
     * @param train rowId, userId, itemId, truth
     * @param validation the same columns, ratings by which settings are chosen; none when nothing is to be chosen
     */
    RatingSet(Configuration.Mf settings, Dataset<Row> train, Dataset<Row> validation) {
        this.settings = settings;
        this.train = train;
        this.validation = validation;
    }

    Dataset<Row> validation() {
        return validation;
    }

    BlockedRatings blocked() {
        if (blocked.isEmpty()) {
            blocked = Optional.of(BlockedRatings.of(train, validation, settings.blocks()));
        }
        return blocked.get();
    }

    Residuals residuals() {
        if (residuals.isEmpty()) {
            residuals = Optional.of(Residuals.of(
                    train, blocked().users(), blocked().items(), settings.als().blocks()));
        }
        return residuals.get();
    }

    @Override
    public void close() {
        residuals.ifPresent(Residuals::close);
        blocked.ifPresent(BlockedRatings::close);
    }
}
