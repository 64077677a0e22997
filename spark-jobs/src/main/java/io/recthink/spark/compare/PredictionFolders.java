package io.recthink.spark.compare;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_distinct;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.when;

import io.recthink.InvalidInputException;
import io.recthink.spark.table.LiteralPath;
import io.recthink.spark.table.Tables;
import io.recthink.spark.table.TrainingCost;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** The prediction tables of all systems, one folder each, and what is asked of them. */
final class PredictionFolders {
    /** Beyond this a prediction is no rating of any scale, and its square no number that sums exactly. */
    private static final double LARGEST = 1e6;

    private static final Set<String> NEEDED = Set.of("rowId", "system", "readout", "seed", "yhat", "failed");
    private static final List<String> USED =
            List.of("rowId", "system", "readout", "seed", "yhat", "failed", "probs", "tokensIn", "tokensOut", "ms");

    private final Dataset<Row> predictions;
    private final List<TrainingCost> trainings;

    /**
     * Predictions that can be compared.
     *
     * @param predictions of the evaluated rows, with truth
     * @param keys the systems
     * @param largest the largest absolute prediction; 0 without systems
     */
    record Checked(Dataset<Row> predictions, List<SystemKey> keys, double largest) {
        Checked {
            keys = List.copyOf(keys);
        }
    }

    private PredictionFolders(Dataset<Row> predictions, List<TrainingCost> trainings) {
        this.predictions = predictions;
        this.trainings = List.copyOf(trainings);
    }

    /**
     * Reads every folder below a path; names that begin with a dot or an underscore are left out.
     *
     * @throws InvalidInputException when a folder is no table of predictions
     */
    static PredictionFolders read(SparkSession spark, String path) {
        Map<StructType, List<String>> bySchema = new LinkedHashMap<>();
        Dataset<Row> all =
                spark.createDataFrame(List.of(), Tables.PREDICTIONS).select(columns(Tables.PREDICTIONS, path));
        List<TrainingCost> trainings = new ArrayList<>();
        for (String folder : folders(spark, path)) {
            Dataset<Row> table = readOne(spark, folder);
            if (isFlat(table, folder)) {
                bySchema.computeIfAbsent(table.schema(), schema -> new ArrayList<>())
                        .add(folder);
            } else {
                all = all.union(table.select(columns(table.schema(), folder)));
            }
            trainings.addAll(TrainingCost.read(folder, spark.sparkContext().hadoopConfiguration()));
        }
        // A scan a folder would be tasks a folder in every pass.
        for (Map.Entry<StructType, List<String>> group : bySchema.entrySet()) {
            String[] folders = group.getValue().toArray(String[]::new);
            all = all.union(spark.read()
                    .schema(group.getKey())
                    .parquet(literal(folders))
                    .select(columns(group.getKey(), folders[0])));
        }
        return new PredictionFolders(all, trainings);
    }

    /** Whether no file lies in a folder of its own, whose name would be a column. */
    private static boolean isFlat(Dataset<Row> table, String folder) {
        return Arrays.stream(table.inputFiles())
                .allMatch(
                        file -> new Path(URI.create(file)).getParent().getName().equals(new Path(folder).getName()));
    }

    /** What is known about the training of the systems. */
    List<TrainingCost> trainings() {
        return trainings;
    }

    private static String[] literal(String[] folders) {
        return Arrays.stream(folders).map(LiteralPath::of).toArray(String[]::new);
    }

    private static Dataset<Row> readOne(SparkSession spark, String folder) {
        try {
            return spark.read().parquet(LiteralPath.of(folder));
        } catch (Exception e) { // Spark declares none and throws checked ones
            throw new InvalidInputException(
                    "paths.predictions: %s is no Parquet table: %s; remove it or predict again"
                            .formatted(folder, firstLine(e)),
                    e);
        }
    }

    private static Column[] columns(StructType found, String folder) {
        return USED.stream().map(name -> column(found, name, folder)).toArray(Column[]::new);
    }

    private static Column column(StructType found, String name, String folder) {
        StructField wanted = Tables.PREDICTIONS.apply(name);
        boolean there = Arrays.stream(found.fields())
                .anyMatch(field -> field.name().equals(name) && field.dataType().sameType(wanted.dataType()));
        if (!there && NEEDED.contains(name)) {
            throw new InvalidInputException("paths.predictions: %s has no column %s of type %s; its columns are %s"
                    .formatted(folder, name, wanted.dataType().simpleString(), String.join(", ", found.fieldNames())));
        }
        return there ? col(name) : lit(null).cast(wanted.dataType()).as(name);
    }

    private static List<String> folders(SparkSession spark, String path) {
        List<String> folders = new ArrayList<>();
        Path root = new Path(path);
        try {
            for (FileStatus status : root.getFileSystem(spark.sparkContext().hadoopConfiguration())
                    .listStatus(root)) {
                String name = status.getPath().getName();
                if (status.isDirectory() && !name.startsWith("_") && !name.startsWith(".")) {
                    folders.add(status.getPath().toString());
                }
            }
        } catch (FileNotFoundException e) {
            return List.of();
        } catch (IOException e) {
            throw new InvalidInputException("paths.predictions: %s cannot be listed: %s".formatted(path, e), e);
        }
        return folders.stream().sorted().toList();
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage())
                .lines()
                .findFirst()
                .orElse(e.getClass().getSimpleName());
    }

    /** Everything that was predicted, unchecked. */
    Dataset<Row> all() {
        return predictions;
    }

    /**
     * Those of the rows that every system has predicted. Says nothing of why the others are missing.
     *
     * @param rows with rowId
     */
    Dataset<Row> sharedRows(Dataset<Row> rows) {
        long systems =
                predictions.select("system", "readout", "seed").distinct().count();
        Dataset<Row> shared = predictions
                .select("rowId", "system", "readout", "seed")
                .distinct()
                .groupBy("rowId")
                .count()
                .where(col("count").equalTo(systems))
                .select("rowId");
        return systems == 0 ? rows : rows.join(shared, new String[] {"rowId"}, "left_semi");
    }

    /**
     * The predictions of the evaluated rows, checked: every system has each of them exactly once, with a number.
     * Predictions of other rows of the data set are left out: the rows are chosen by the configuration, not by what
     * happens to be there.
     *
     * @param examples all rows of the data set, with rowId
     * @param evaluated the rows to score, with rowId
     * @return the predictions of the evaluated rows, with truth
     * @throws InvalidInputException when a system lacks rows, repeats rows, predicts what is no number, or is of
     *     another data set
     */
    Checked evaluated(Dataset<Row> examples, Dataset<Row> evaluated, String rowsAre) {
        long expected = evaluated.count();
        Dataset<Row> known = examples.select(col("rowId"), lit(true).as("known"))
                .join(evaluated.select(col("rowId"), lit(true).as("scored")), new String[] {"rowId"}, "left");
        Column scored = col("scored").isNotNull();
        Column noNumber = not(coalesce(abs(col("yhat")).leq(LARGEST), lit(false)));
        List<Row> systems = predictions
                .join(known, new String[] {"rowId"}, "left")
                .groupBy("system", "readout", "seed")
                .agg(
                        count(when(scored, 1)).as("rows"),
                        count_distinct(when(scored, col("rowId"))).as("distinct"),
                        count(when(scored.and(noNumber), 1)).as("numberless"),
                        count(when(col("known").isNull(), 1)).as("unknown"),
                        max(when(scored, abs(col("yhat")))).as("largest"))
                .orderBy("system", "readout", "seed")
                .collectAsList();
        systems.forEach(row -> check(row, expected, rowsAre));
        return new Checked(
                predictions.join(evaluated.select("rowId", "truth"), "rowId"),
                systems.stream().map(PredictionFolders::key).toList(),
                systems.stream().mapToDouble(row -> row.getAs("largest")).max().orElse(0));
    }

    private static SystemKey key(Row row) {
        return new SystemKey(row.getString(0), row.getString(1), row.getLong(2));
    }

    private static void check(Row row, long expected, String rowsAre) {
        SystemKey key = key(row);
        long rows = row.getLong(3);
        long distinct = row.getLong(4);
        long numberless = row.getLong(5);
        long unknown = row.getLong(6);
        if (TrivialPredictors.SYSTEMS.contains(key.system())) {
            throw new InvalidInputException(key + ": this name belongs to a trivial row; give the system another one");
        }
        if (unknown > 0) {
            throw new InvalidInputException(
                    "%s: %d of its rows are not in the data set; it was predicted for other data, predict it again"
                            .formatted(key, unknown));
        }
        if (rows > distinct) {
            throw new InvalidInputException(
                    "%s: %d rows are predicted more than once or by two tables; keep one prediction a row"
                            .formatted(key, rows - distinct));
        }
        if (distinct < expected) {
            throw new InvalidInputException(
                    ("%s: has predictions for %d of the %d rows (%s); %d are missing. All systems are scored on the same"
                                    + " rows: predict the missing ones, set predict.split and predict.rows as they were"
                                    + " when it was predicted, or score the rows that all have with --intersect")
                            .formatted(key, distinct, expected, rowsAre, expected - distinct));
        }
        if (numberless > 0) {
            throw new InvalidInputException(
                    "%s: %d predictions are null, NaN or beyond %.0e; a failed prediction must hold that of the bias model"
                            .formatted(key, numberless, LARGEST));
        }
    }
}
