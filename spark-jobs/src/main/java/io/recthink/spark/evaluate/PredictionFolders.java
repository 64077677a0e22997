package io.recthink.spark.evaluate;

import static org.apache.spark.sql.functions.col;

import io.recthink.InvalidInputException;
import io.recthink.spark.files.LiteralPath;
import io.recthink.spark.files.OutputFolders;
import io.recthink.spark.table.PolicyOrigin;
import io.recthink.spark.table.PredictionNote;
import io.recthink.spark.table.TrainingCost;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/** The prediction tables of all systems, one folder or file each, and what is asked of them. */
final class PredictionFolders {
    private final String key;
    private final Dataset<Row> predictions;
    private final List<String> names;
    private final List<TrainingCost> trainings;
    private final List<PolicyOrigin> origins;
    private final List<String> notes;
    private final boolean present;

    /**
     * What one system has predicted.
     *
     * @param offScale predictions of scored rows that are off the rating scale
     */
    record Saved(SystemKey key, long offScale) {}

    /**
     * Predictions that can be compared.
     *
     * @param predictions as {@link PredictionColumns#SCHEMA}, of the evaluated rows, once each
     * @param systems the systems
     */
    record Checked(Dataset<Row> predictions, List<Saved> systems) {
        Checked {
            systems = List.copyOf(systems);
        }

        List<SystemKey> keys() {
            return systems.stream().map(Saved::key).toList();
        }
    }

    private PredictionFolders(
            String key,
            Dataset<Row> predictions,
            List<String> names,
            List<TrainingCost> trainings,
            List<PolicyOrigin> origins,
            List<String> notes,
            boolean present) {
        this.key = key;
        this.predictions = predictions;
        this.names = List.copyOf(names);
        this.trainings = List.copyOf(trainings);
        this.origins = List.copyOf(origins);
        this.notes = List.copyOf(notes);
        this.present = present;
    }

    /**
     * Reads every folder and file below a path; names that begin with a dot or an underscore are left out.
     *
     * @param key the setting that names the path, for messages
     * @throws InvalidInputException when one is no table of predictions
     */
    static PredictionFolders read(SparkSession spark, String key, String path) {
        Configuration hadoop = spark.sparkContext().hadoopConfiguration();
        OutputFolders.requireComplete(hadoop, key, path);
        Optional<List<PredictionFiles>> tables = PredictionFiles.find(key, path, hadoop);
        Map<StructType, List<PredictionFiles>> bySchema = new LinkedHashMap<>();
        Dataset<Row> all = spark.createDataFrame(List.of(), PredictionColumns.SCHEMA);
        List<String> names = new ArrayList<>();
        List<TrainingCost> trainings = new ArrayList<>();
        List<PolicyOrigin> origins = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        for (PredictionFiles files : tables.orElse(List.of())) {
            Dataset<Row> table = PredictionReader.read(spark, key, files);
            if (files.format() == PredictionFiles.Format.PARQUET
                    && !files.nested()
                    && !PredictionColumns.named(table.schema())) {
                bySchema.computeIfAbsent(table.schema(), schema -> new ArrayList<>())
                        .add(files);
            } else {
                all = all.union(PredictionColumns.read(table, key, files.path(), files.name()));
            }
            names.add(files.name());
            trainings.addAll(TrainingCost.read(files.path(), hadoop));
            PolicyOrigin.read(files.path(), hadoop).ifPresent(origins::add);
            PredictionNote.read(files.path(), hadoop).ifPresent(notes::add);
        }
        // A scan a folder would be tasks a folder in every pass.
        for (Map.Entry<StructType, List<PredictionFiles>> group : bySchema.entrySet()) {
            String[] folders = group.getValue().stream()
                    .map(files -> LiteralPath.of(files.path()))
                    .toArray(String[]::new);
            all = all.union(PredictionColumns.read(
                    spark.read().schema(group.getKey()).parquet(folders),
                    key,
                    group.getValue().get(0).path(),
                    ""));
        }
        return new PredictionFolders(key, all, names, trainings, origins, notes, tables.isPresent());
    }

    /** What is known about the training of the systems. */
    List<TrainingCost> trainings() {
        return trainings;
    }

    /** Which policies have predicted, of those of which it is known. */
    List<PolicyOrigin> origins() {
        return origins;
    }

    /** What their writers say of the systems, a sentence each. */
    List<String> notes() {
        return notes;
    }

    /** Whether the place of the tables is there, with or without tables. */
    boolean present() {
        return present;
    }

    /** The names of the folders and files. */
    List<String> names() {
        return names;
    }

    /** The names of all systems. */
    List<String> systems() {
        return predictions
                .select("system")
                .distinct()
                .na()
                .drop()
                .as(Encoders.STRING())
                .collectAsList();
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
     * The predictions of the evaluated rows, checked: every system has each of them exactly once. Predictions of other
     * rows of the data set are left out: the rows are chosen by the configuration, not by what happens to be there.
     *
     * @param examples all rows of the data set, with rowId
     * @param evaluated the rows to score, with rowId
     * @param rowsAre which rows they are, for messages
     * @throws InvalidInputException when a system lacks rows, repeats rows, has values that cannot be read or are off the
     *     scale, or is of another data set
     */
    Checked evaluated(Dataset<Row> examples, Dataset<Row> evaluated, String rowsAre, PredictionScale scale) {
        long expected = evaluated.count();
        List<SystemCheck> systems = check(examples, evaluated, scale);
        systems.forEach(system -> system.requireRows(expected, rowsAre));
        return checked(evaluated, systems);
    }

    /**
     * The same of rows of which a system may have predicted some only.
     *
     * @throws InvalidInputException as above, but for lacking rows
     */
    Checked some(Dataset<Row> examples, Dataset<Row> rows, PredictionScale scale) {
        return checked(rows, check(examples, rows, scale));
    }

    private Checked checked(Dataset<Row> rows, List<SystemCheck> systems) {
        return new Checked(
                predictions.join(rows.select("rowId"), new String[] {"rowId"}, "left_semi"),
                systems.stream().map(SystemCheck::saved).toList());
    }

    private List<SystemCheck> check(Dataset<Row> examples, Dataset<Row> rows, PredictionScale scale) {
        try {
            List<SystemCheck> systems = SystemCheck.of(key, predictions, examples, rows, scale);
            systems.forEach(SystemCheck::requireReadable);
            return systems;
        } catch (InvalidInputException e) {
            throw e;
        } catch (RuntimeException e) {
            throw PredictionReader.unreadable(key, "a table of predictions", e);
        }
    }
}
