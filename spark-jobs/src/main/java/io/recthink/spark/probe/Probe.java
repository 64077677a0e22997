package io.recthink.spark.probe;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.sha2;

import io.recthink.prompt.PromptSettings;
import io.recthink.spark.completion.PromptEncoding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * One change of the prompts. The rows and their truths stay the same; the columns that the prompt shows change.
 *
 * @param name system name of the predictions
 * @param change maps a table with the columns of examples
 */
record Probe(String name, UnaryOperator<Dataset<Row>> change) {
    /** The unchanged prompts; all other probes are compared with them. */
    static final String UNCHANGED = "unchanged";

    private static final List<Integer> LENGTHS = List.of(0, 1, 5);

    /**
     * The probes that can change a prompt.
     *
     * @param encoding prompt encoding of the probed policy
     */
    static List<Probe> of(PromptEncoding encoding) {
        PromptSettings prompt = encoding.settings();
        List<Probe> probes = new ArrayList<>();
        probes.add(new Probe(UNCHANGED, rows -> rows));
        probes.add(new Probe("history shuffled", Probe::shuffled));
        for (int length : LENGTHS) {
            if (length < prompt.historyItems()) {
                probes.add(new Probe("history of " + length, rows -> latest(rows, length)));
            }
        }
        Stream.concat(LENGTHS.stream(), Stream.of(prompt.historyItems()))
                .filter(length -> length > 1 && length <= prompt.historyItems())
                .distinct()
                .forEach(length -> probes.add(new Probe(
                        "history of %d, tokens of 1".formatted(length),
                        rows -> EqualTokens.of(latest(rows, length), encoding))));
        probes.add(new Probe("another user's history", Probe::swapped));
        probes.add(new Probe("no item history", rows -> rows.withColumn("itemHistory", none(rows, "itemHistory"))));
        if (prompt.meanFeatures()) {
            Column unknown = lit(null).cast("double");
            probes.add(new Probe(
                    "no means", rows -> rows.withColumn("userMean", unknown).withColumn("itemMean", unknown)));
            probes.add(new Probe(
                    "means falsified by +1", rows -> raised(rows, encoding.minRating(), encoding.maxRating())));
        }
        probes.add(new Probe(
                "no review text",
                rows -> without(
                        without(rows, "userHistory", "summary", "review"), "itemHistory", "summary", "review")));
        probes.add(new Probe("no titles", Probe::untitled));
        return List.copyOf(probes);
    }

    /** Orders the entries by a hash. The times keep their order, because a prompt accepts only ascending times. */
    private static Dataset<Row> shuffled(Dataset<Row> rows) {
        String entries = "transform(sort_array(transform(userHistory, (h, i) ->"
                + " struct(sha2(concat_ws(' ', rowId, i), 256) AS place, h AS entry))), p -> p.entry)";
        String entry = Arrays.stream(entry(rows, "userHistory").fieldNames())
                .map(field -> "'%s', %s.%s".formatted(field, field.equals("time") ? "h" : "s", field))
                .collect(Collectors.joining(", ", "named_struct(", ")"));
        return rows.withColumn(
                "userHistory", expr("zip_with(userHistory, %s, (h, s) -> %s)".formatted(entries, entry)));
    }

    private static Dataset<Row> latest(Dataset<Row> rows, int length) {
        return length == 0
                ? rows.withColumn("userHistory", none(rows, "userHistory"))
                : rows.withColumn(
                        "userHistory",
                        expr("slice(userHistory, greatest(size(userHistory) - %d, 0) + 1, %d)"
                                .formatted(length, length)));
    }

    private static Column none(Dataset<Row> rows, String history) {
        return array().cast(rows.schema().apply(history).dataType());
    }

    /**
     * Gives each row the history and the mean of another user. Rows are ordered by a hash of the user, then by row id.
     * A row gets the values of the row that is n places further, where n is the largest number of rows of one user. The
     * other user differs from the row's own user as long as no user has more than half of the rows.
     */
    private static Dataset<Row> swapped(Dataset<Row> rows) {
        List<String> taken = List.of("userHistory", "userMean");
        long count = rows.count();
        long shift = rows.groupBy("userId").count().agg(max("count")).head().getLong(0);
        Dataset<Row> ordered = placed(rows.select("rowId", "userId", "userHistory", "userMean")
                .sort(sha2(col("userId"), 256), col("userId"), col("rowId")));
        Dataset<Row> givers = ordered.select(
                col("place").plus(count - shift % count).mod(count).as("place"),
                col("userHistory").as("givenHistory"),
                col("userMean").as("givenMean"));
        Dataset<Row> exchanged = ordered.join(givers, "place")
                .select(
                        col("rowId"),
                        col("givenHistory").as("userHistory"),
                        col("givenMean").as("userMean"));
        return rows.drop(taken.toArray(String[]::new)).join(exchanged, "rowId");
    }

    /** Adds the column {@code place}: the index of the row in the sorted table. */
    private static Dataset<Row> placed(Dataset<Row> sorted) {
        StructType schema = sorted.schema().add("place", DataTypes.LongType, false);
        return sorted.sparkSession()
                .createDataFrame(
                        sorted.javaRDD().zipWithIndex().map(row -> {
                            Object[] values = new Object[row._1().size() + 1];
                            for (int i = 0; i < row._1().size(); i++) {
                                values[i] = row._1().get(i);
                            }
                            values[values.length - 1] = row._2();
                            return RowFactory.create(values);
                        }),
                        schema);
    }

    private static Dataset<Row> raised(Dataset<Row> rows, double min, double max) {
        Dataset<Row> raised = rows;
        for (String mean : List.of("userMean", "itemMean")) {
            raised = raised.withColumn(
                    mean, greatest(lit(min), least(lit(max), col(mean).plus(1))));
        }
        return raised;
    }

    private static Dataset<Row> untitled(Dataset<Row> rows) {
        return without(rows, "userHistory", "title")
                .withColumn("target", col("target").withField("title", lit(null).cast("string")));
    }

    /** Entries of a history without some of their texts. */
    private static Dataset<Row> without(Dataset<Row> rows, String history, String... texts) {
        String entry = Arrays.stream(entry(rows, history).fieldNames())
                .map(field -> "'%s', %s"
                        .formatted(field, List.of(texts).contains(field) ? "CAST(NULL AS STRING)" : "h." + field))
                .collect(Collectors.joining(", ", "named_struct(", ")"));
        return rows.withColumn(history, expr("transform(%s, h -> %s)".formatted(history, entry)));
    }

    static StructType entry(Dataset<Row> rows, String history) {
        return (StructType) ((ArrayType) rows.schema().apply(history).dataType()).elementType();
    }
}
