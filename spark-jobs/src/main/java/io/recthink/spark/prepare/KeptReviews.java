package io.recthink.spark.prepare;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;

import io.recthink.InvalidInputException;
import io.recthink.config.Configuration.Prepare;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The reviews that the filters leave, and where time cuts them. Counted on the whole log, as is the habit of the
 * literature, the k-core comes first and the cuts are quantiles of what it leaves. The strict core must not know the
 * future: there the cuts come first, the core is taken of the train period alone, and every later row stays.
 *
 * @param rows the rows of the log that stay
 * @param count how many
 * @param rounds rounds of the core until nothing changed; 0: no core was taken
 * @param countOfWholeCore with the strict core, what the core of the whole log would have left; else -1
 * @param split the cuts
 */
record KeptReviews(Dataset<Row> rows, long count, int rounds, long countOfWholeCore, TimeSplit split) {
    static KeptReviews of(Dataset<Row> reviews, long count, Prepare options, PersistedTables tables) {
        Dataset<Row> ids = tables.keep(reviews.select("rowId", "userId", "itemId", "time"));
        if (options.kcore() == 0) {
            return new KeptReviews(reviews, count, 0, -1, cut(ids, count, options));
        }
        return options.strictCore()
                ? strict(reviews, ids, count, options, tables)
                : whole(reviews, ids, count, options, tables);
    }

    private static KeptReviews whole(
            Dataset<Row> reviews, Dataset<Row> ids, long count, Prepare options, PersistedTables tables) {
        Core core = Core.of(ids, count, options.kcore(), tables);
        refuseEmpty(core, count, options, "the log");
        Dataset<Row> rows =
                core.count() == count ? reviews : marked(reviews, core).where(col("inCore"));
        return new KeptReviews(
                rows.drop("inCore"), core.count(), core.rounds(), -1, cut(core.rows(), core.count(), options));
    }

    private static KeptReviews strict(
            Dataset<Row> reviews, Dataset<Row> ids, long count, Prepare options, PersistedTables tables) {
        TimeSplit split = cut(ids, count, options);
        Column later = col("time").geq(lit(split.validationFrom()));
        Dataset<Row> train = tables.keep(ids.where(not(later)));
        long trainRows = train.count();
        Core core = Core.of(train, trainRows, options.kcore(), tables);
        refuseEmpty(core, trainRows, options, "the train period");
        long kept = core.count() + count - trainRows;
        Core wholeCore = Core.of(ids, count, options.kcore(), tables);
        Dataset<Row> rows = marked(reviews, core).where(col("inCore").or(later)).drop("inCore");
        return new KeptReviews(rows, kept, core.rounds(), wholeCore.count(), split);
    }

    private static Dataset<Row> marked(Dataset<Row> reviews, Core core) {
        Dataset<Row> members = core.rows().select(col("rowId").as("member"));
        return reviews.join(members, col("rowId").equalTo(col("member")), "left")
                .withColumn("inCore", col("member").isNotNull())
                .drop("member");
    }

    private static TimeSplit cut(Dataset<Row> ids, long count, Prepare options) {
        return TimeSplit.of(ids, count, options.validationFrom(), options.testFrom());
    }

    private static void refuseEmpty(Core core, long count, Prepare options, String scope) {
        if (core.count() == 0) {
            throw new InvalidInputException(
                    "prepare.kcore %d leaves none of the %d rows: no users and items of %s have that many each; lower it"
                            .formatted(options.kcore(), count, scope));
        }
    }
}
