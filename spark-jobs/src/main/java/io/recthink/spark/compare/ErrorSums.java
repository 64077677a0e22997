package io.recthink.spark.compare;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.sort_array;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import io.recthink.InvalidInputException;
import io.recthink.metric.UserErrors;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Sums of errors by user and system, brought to the driver. Sums are decimal and therefore exact, and users come in the
 * order of their ids: what follows is a pure function of the predictions, however they are partitioned.
 */
final class ErrorSums {
    /** Users x systems; at 16 bytes each, 80 MB on the driver. */
    static final long MOST_SUMS = 5_000_000;

    private static final String DECIMAL = "decimal(28,15)";
    private static final StructType KEYS = new StructType()
            .add("system", DataTypes.StringType, false)
            .add("readout", DataTypes.StringType, false)
            .add("seed", DataTypes.LongType, false)
            .add("index", DataTypes.IntegerType, false);

    private final UserErrors errors;
    private final long[] failed;
    private final double[] parsedAbsolute;

    private ErrorSums(int systems) {
        this.errors = new UserErrors(systems);
        this.failed = new long[systems];
        this.parsedAbsolute = new double[systems];
    }

    /**
     * Sums the errors.
     *
     * @param predictions system, readout, seed, userId, truth, yhat, failed: the same rows for each system
     * @param keys the systems, in the order of the sums
     * @throws InvalidInputException when users x systems is more than {@link #MOST_SUMS}
     */
    static ErrorSums of(Dataset<Row> predictions, List<SystemKey> keys) {
        checkSize(predictions.select("userId").distinct().count(), keys.size());
        Column error = abs(col("yhat").minus(col("truth"))).cast(DECIMAL);
        Column squared = col("yhat").minus(col("truth")).multiply(col("yhat").minus(col("truth")));
        Dataset<Row> users = predictions
                .join(broadcast(indexed(predictions.sparkSession(), keys)), new String[] {"system", "readout", "seed"})
                .groupBy("userId", "index")
                .agg(
                        count(lit(1)).as("rows"),
                        sum(error).cast("double").as("absolute"),
                        sum(squared.cast(DECIMAL)).cast("double").as("squared"),
                        count(when(col("failed"), 1)).as("failed"),
                        sum(when(not(col("failed")), error).otherwise(lit(0).cast(DECIMAL)))
                                .cast("double")
                                .as("parsed"))
                .groupBy("userId")
                .agg(sort_array(collect_list(struct("index", "rows", "absolute", "squared", "failed", "parsed")))
                        .as("systems"))
                .orderBy("userId");
        ErrorSums sums = new ErrorSums(keys.size());
        for (Iterator<Row> rows = users.toLocalIterator(); rows.hasNext(); ) {
            sums.add(rows.next().getList(1));
        }
        return sums;
    }

    private void add(List<Row> systems) {
        for (Row sum : systems) {
            failed[sum.getInt(0)] += sum.getLong(4);
            parsedAbsolute[sum.getInt(0)] += sum.getDouble(5);
        }
        errors.add(
                systems.get(0).getLong(1),
                systems.stream().mapToDouble(sum -> sum.getDouble(2)).toArray(),
                systems.stream().mapToDouble(sum -> sum.getDouble(3)).toArray());
    }

    static void checkSize(long users, int systems) {
        if (users * systems > MOST_SUMS) {
            throw new InvalidInputException(
                    "%d users x %d systems are more than the %d sums that one comparison holds; sample rows with predict.rows"
                            .formatted(users, systems, MOST_SUMS));
        }
    }

    private static Dataset<Row> indexed(SparkSession spark, List<SystemKey> keys) {
        List<Row> rows = IntStream.range(0, keys.size())
                .mapToObj(i -> RowFactory.create(
                        keys.get(i).system(), keys.get(i).readout(), keys.get(i).seed(), i))
                .toList();
        return spark.createDataFrame(rows, KEYS);
    }

    UserErrors errors() {
        return errors;
    }

    long failed(int system) {
        return failed[system];
    }

    double parsedAbsolute(int system) {
        return parsedAbsolute[system];
    }
}
