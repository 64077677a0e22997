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

/** The prediction tables of all systems, one folder or file each. */
final class PredictionFolders {
    private final String key;
    private final Dataset<Row> predictions;
    private final List<String> names;
    private final List<TrainingCost> trainings;
    private final List<PolicyOrigin> origins;
    private final List<String> notes;
    private final boolean present;

    /**
     * One system with predictions.
     *
     * @param offScale number of predictions of scored rows that are outside the rating scale
     */
    record Saved(SystemKey key, long offScale) {}

    /**
     * Predictions that can be compared.
     *
     * @param predictions as {@link PredictionColumns#SCHEMA}, each evaluated row once for each system
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
     * Reads every folder and file in a folder. Ignores names that begin with a dot or an underscore.
     *
     * @param key the setting that names the path, for messages
     * @throws InvalidInputException when a folder or file is not a table of predictions
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
        // One scan for all tables of a schema: a scan a folder would start tasks for each folder in every pass.
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

    /** The training costs that are stored beside the predictions. */
    List<TrainingCost> trainings() {
        return trainings;
    }

    /** The policies that are stored beside the predictions, for each system with a known policy. */
    List<PolicyOrigin> origins() {
        return origins;
    }

    /** The notes that the jobs stored beside the predictions, one sentence each. */
    List<String> notes() {
        return notes;
    }

    /** Whether the path exists, with or without tables. */
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
     * The rows that every system has predicted.
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
     * The predictions of the evaluated rows, after checks: every system has each row exactly once. Predictions of other
     * rows of the data set are ignored: the configuration chooses the rows, not the tables.
     *
     * @param examples all rows of the data set, with rowId
     * @param evaluated the rows to score, with rowId
     * @param rowsAre description of the rows, for messages
     * @throws InvalidInputException when a system lacks rows, repeats rows, has unreadable or off-scale values, or
     *     belongs to another data set
     */
    Checked evaluated(Dataset<Row> examples, Dataset<Row> evaluated, String rowsAre, PredictionScale scale) {
        long expected = evaluated.count();
        List<SystemCheck> systems = check(examples, evaluated, scale);
        systems.forEach(system -> system.requireRows(expected, rowsAre));
        return checked(evaluated, systems);
    }

    /**
     * The predictions of the given rows, where a system may have predicted only some of them.
     *
     * @throws InvalidInputException as in {@link #evaluated}, except for missing rows
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
