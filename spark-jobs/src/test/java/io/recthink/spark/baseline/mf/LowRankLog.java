package io.recthink.spark.baseline.mf;

import io.recthink.spark.SparkTest;
import io.recthink.spark.table.ExampleRows;
import io.recthink.spark.table.Tables;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/** Ratings that are a mean, biases, a product of two factors and noise, split at random; the last test rows are cold. */
final class LowRankLog {
    static final int COLD = 30;

    private static final int USERS = 150;
    private static final int ITEMS = 80;
    private static final int FACTORS = 2;
    private static final StructType RATINGS = new StructType(new org.apache.spark.sql.types.StructField[] {
        Tables.EXAMPLES.apply("rowId"),
        Tables.EXAMPLES.apply("userId"),
        Tables.EXAMPLES.apply("itemId"),
        Tables.EXAMPLES.apply("truth"),
        Tables.EXAMPLES.apply("split")
    });

    private final List<Row> rows = new ArrayList<>();

    LowRankLog() {
        Random random = new Random(3);
        double[][] users = normal(random, USERS);
        double[][] items = normal(random, ITEMS);
        for (int user = 0; user < USERS; user++) {
            for (int item = 0; item < ITEMS; item++) {
                if (random.nextDouble() < 0.5) {
                    double rating = 3.3 + 0.5 * users[user][FACTORS] + 0.5 * items[item][FACTORS];
                    for (int f = 0; f < FACTORS; f++) {
                        rating += 0.7 * users[user][f] * items[item][f];
                    }
                    double draw = random.nextDouble();
                    String split = draw < 0.8 ? "train" : draw < 0.9 ? "validation" : "test";
                    add(split, "u" + user, "i" + item, rating + 0.4 * random.nextGaussian());
                }
            }
        }
        for (int i = 0; i < COLD; i++) {
            add("test", i % 3 == 0 ? "u" + i : "newUser" + i, i % 3 == 1 ? "i" + i : "newItem" + i, 1 + i % 5);
        }
    }

    private static double[][] normal(Random random, int size) {
        double[][] values = new double[size][FACTORS + 1];
        for (double[] row : values) {
            for (int f = 0; f <= FACTORS; f++) {
                row[f] = random.nextGaussian();
            }
        }
        return values;
    }

    private void add(String split, String user, String item, double rating) {
        double truth = Math.max(1, Math.min(5, Math.rint(2 * rating) / 2));
        rows.add(RowFactory.create("r" + rows.size(), user, item, truth, split));
    }

    /** The rows of a split: rowId, userId, itemId, truth. */
    Dataset<Row> split(String split) {
        return SparkTest.spark()
                .createDataFrame(
                        rows.stream()
                                .filter(row -> row.getString(4).equals(split))
                                .toList(),
                        RATINGS)
                .drop("split");
    }

    /** Writes a data folder as {@code prepare} does. */
    void write(Path folder) throws IOException {
        ExampleRows examples = new ExampleRows();
        rows.forEach(row ->
                examples.add(row.getString(0), row.getString(4), row.getString(1), row.getString(2), row.getDouble(3)));
        examples.write(folder);
    }
}
