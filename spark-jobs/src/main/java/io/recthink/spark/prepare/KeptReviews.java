package io.recthink.spark.prepare;

import static org.apache.spark.sql.functions.col;

import io.recthink.InvalidInputException;
import io.recthink.spark.table.PrepareSettings;
import io.recthink.spark.table.Splits;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The reviews that remain after the filters, with their splits. A k-core of the whole log, as is usual in the
 * literature, is computed before the split. The remaining rows are then split. The strict core must not depend on
 * held-out rows. So the split is computed first, the core is computed on the train rows alone, and every other row
 * stays.
 *
 * @param rows the remaining rows of the log, with the column split
 * @param count the number of remaining rows
 * @param distinct the number of reviews before the filters
 * @param rounds the number of rounds of the core, including the last, which removes no row; 0: no core was computed
 * @param countOfWholeCore with the strict core, the number of rows that the core of the whole log would keep; otherwise
 *     -1
 * @param split the rule that assigns the rows to splits
 */
record KeptReviews(Dataset<Row> rows, long count, long distinct, int rounds, long countOfWholeCore, SplitRule split) {
    static KeptReviews of(
            Dataset<Row> reviews,
            PrepareSettings options,
            Optional<CycleRows> cycle,
            long seed,
            PersistedTables tables) {
        Dataset<Row> ids = tables.keep(reviews.select("rowId", "userId", "itemId", "time"));
        TimeCounts times = TimeCounts.of(ids);
        long count = times.rows();
        if (options.kcore() == 0) {
            SplitRule split = SplitRule.of(ids, times, options, cycle, seed);
            return new KeptReviews(split.assign(reviews), count, count, 0, -1, split);
        }
        return options.strictCore()
                ? strict(reviews, ids, times, options, cycle, seed, tables)
                : whole(reviews, ids, count, options, cycle, seed, tables);
    }

    private static KeptReviews whole(
            Dataset<Row> reviews,
            Dataset<Row> ids,
            long count,
            PrepareSettings options,
            Optional<CycleRows> cycle,
            long seed,
            PersistedTables tables) {
        Core core = Core.of(ids, count, options.kcore(), tables);
        refuseEmpty(core, count, options, "the log");
        Dataset<Row> rows = core.count() == count
                ? reviews
                : marked(reviews, core).where(col("inCore")).drop("inCore");
        SplitRule split = SplitRule.of(core.rows(), core.times(), options, cycle, seed);
        return new KeptReviews(split.assign(rows), core.count(), count, core.rounds(), -1, split);
    }

    private static KeptReviews strict(
            Dataset<Row> reviews,
            Dataset<Row> ids,
            TimeCounts times,
            PrepareSettings options,
            Optional<CycleRows> cycle,
            long seed,
            PersistedTables tables) {
        long count = times.rows();
        SplitRule split = SplitRule.of(ids, times, options, cycle, seed);
        Dataset<Row> train = tables.keep(
                split.assign(ids).where(col("split").equalTo(Splits.TRAIN)).drop("split"));
        long trainRows = train.count();
        Core core = Core.of(train, trainRows, options.kcore(), tables);
        refuseEmpty(core, trainRows, options, "the train rows");
        long kept = core.count() + count - trainRows;
        Core wholeCore = Core.of(ids, count, options.kcore(), tables);
        Dataset<Row> rows = split.assign(marked(reviews, core))
                .where(col("inCore").or(col("split").notEqual(Splits.TRAIN)))
                .drop("inCore");
        return new KeptReviews(rows, kept, count, core.rounds(), wholeCore.count(), split);
    }

    private static Dataset<Row> marked(Dataset<Row> reviews, Core core) {
        Dataset<Row> members = core.rows().select(col("rowId").as("member"));
        return reviews.join(members, col("rowId").equalTo(col("member")), "left")
                .withColumn("inCore", col("member").isNotNull())
                .drop("member");
    }

    private static void refuseEmpty(Core core, long count, PrepareSettings options, String scope) {
        if (core.count() == 0) {
            throw new InvalidInputException(
                    "prepare.kcore %d leaves none of the %d rows: no users and items of %s have that many each; lower it"
                            .formatted(options.kcore(), count, scope));
        }
    }
}
