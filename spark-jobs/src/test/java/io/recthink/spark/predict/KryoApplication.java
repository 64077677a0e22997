package io.recthink.spark.predict;

import io.recthink.spark.SparkTest;
import io.recthink.spark.table.Tables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.sql.SparkSession;

/**
 * An application of a user's own that rates a table with policies on an executor process. Its serializer is Kryo, and that
 * refuses the classes that Spark has not registered. Arguments are the table, a file for the result, the configuration and
 * the policies.
 */
public final class KryoApplication {
    private KryoApplication() {}

    public static void main(String[] arguments) throws IOException {
        try (SparkSession spark = SparkTest.clusterSession()
                .master("local-cluster[1,1,1024]")
                .config("spark.serializer", KryoSerializer.class.getName())
                .config("spark.kryo.registrationRequired", true)
                .getOrCreate()) {
            List<String> ratings = Stream.of(arguments)
                    .skip(3)
                    .map(policy -> ratings(spark, policy, arguments[0], arguments[2]))
                    .toList();
            Files.write(Path.of(arguments[1]), ratings);
        }
    }

    private static String ratings(SparkSession spark, String policy, String examples, String settings) {
        return new RatingPredictor()
                        .setModelUrl(policy)
                        .setConfiguration(settings)
                        .transform(spark.read().schema(Tables.EXAMPLES).parquet(examples))
                        .select("rowId", "prediction")
                        .collectAsList()
                        .stream()
                        .map(row -> row.mkString("="))
                        .sorted()
                        .toList()
                        .toString();
    }

    /** Starts the application and waits for its end; its output goes to a file. */
    static int run(Path log, String... arguments) throws IOException, InterruptedException {
        return new ProcessBuilder(SparkTest.command(KryoApplication.class, arguments))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start()
                .waitFor();
    }
}
