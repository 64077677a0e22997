import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.rint;
import static org.apache.spark.sql.functions.xxhash64;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Writes predictions of twenty made-up systems for the test rows of a data set, to measure {@code compare} with: truths
 * drawn to their middle, with noise by a hash, every second system in whole stars. Run it with
 *
 * <pre>java -cp 'spark-jobs/target/distribution/spark-3.5/jars/*' docs/ManySystems.java ROOT</pre>
 *
 * where ROOT/data is the data set and ROOT/predictions does not exist. Java 17 needs the --add-opens of docs/scale.md.
 */
public final class ManySystems {
    private static final int SYSTEMS = 20;
    private static final double MIDDLE = 3.4;

    private ManySystems() {}

    public static void main(String[] arguments) {
        String root = arguments[0];
        try (SparkSession spark = SparkSession.builder()
                .master("local[2]")
                .config("spark.ui.enabled", "false")
                .getOrCreate()) {
            Dataset<Row> rows = spark.read()
                    .parquet(root + "/data/examples")
                    .where("split = 'test'")
                    .select("rowId", "truth");
            for (int system = 0; system < SYSTEMS; system++) {
                predictions(rows, system).write().parquet(root + "/predictions/system-" + system);
            }
        }
    }

    private static Dataset<Row> predictions(Dataset<Row> rows, int system) {
        Column noise = lit(0.0);
        for (int i = 0; i < 3; i++) {
            noise = noise.plus(abs(xxhash64(col("rowId"), lit(system), lit(i)))
                    .mod(100_000)
                    .divide(100_000.0)
                    .minus(0.5));
        }
        Column drawn = col("truth").minus(MIDDLE).multiply(0.3 + 0.02 * system).plus(MIDDLE);
        Column yhat = greatest(lit(1.0), least(lit(5.0), drawn.plus(noise.multiply(1.5))));
        boolean greedy = system % 2 == 0;
        return rows.select(
                col("rowId"),
                lit("system " + system).as("system"),
                lit(0L).as("seed"),
                lit(greedy ? "greedy" : "expectation").as("readout"),
                (greedy ? rint(yhat) : yhat).as("yhat"),
                lit(false).as("failed"),
                lit(null).cast("array<double>").as("probs"),
                lit(100).as("tokensIn"),
                abs(xxhash64(col("rowId"))).mod(50).cast("int").as("tokensOut"),
                lit(1.0).as("ms"),
                lit(null).cast("string").as("trace"));
    }
}
