package io.recthink.spark.verify;

import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.config.Paths;
import io.recthink.spark.Activity;
import io.recthink.spark.Job;
import io.recthink.spark.JobSession;
import io.recthink.spark.files.ListedTable;
import io.recthink.spark.files.OutputFolders;
import io.recthink.spark.files.TableFiles;
import io.recthink.spark.run.RunFolder;
import io.recthink.spark.table.PreparedData;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/**
 * {@code verify}: reads every file that a manifest or a file list names, and compares its SHA-256. It checks the
 * folders {@code paths.data}, {@code traces}, {@code predictions}, {@code validationPredictions}, {@code warmStart} and
 * {@code run}, and writes nothing. Other jobs compare only names and sizes of tables, and the content of the policies
 * that they use.
 */
public final class VerifyJob implements Job {
    private final PrintStream out;

    public VerifyJob() {
        this(System.out);
    }

    VerifyJob(PrintStream out) {
        this.out = out;
    }

    @Override
    public void execute(SparkSession spark, Configuration configuration) {
        Activity.begin(spark, "verify", "verify: contents");
        JobSession.fitPartitions(spark, 0);
        Paths paths = configuration.paths();
        boolean any = data(spark, paths.resolve(paths.data()));
        any |= table(spark, "paths.traces", paths.resolve(paths.traces()));
        any |= tables(spark, "paths.predictions", paths.resolve(paths.predictions()));
        any |= tables(spark, "paths.validationPredictions", paths.resolve(paths.validationPredictions()));
        any |= run(spark, paths.resolve(paths.warmStart()));
        any |= run(spark, paths.resolve(paths.run()));
        if (!any) {
            throw new InvalidInputException(
                    "paths.root: %s contains nothing to verify: no data set, no traces, no predictions and no run; name the folder by --set paths.root=..."
                            .formatted(paths.root()));
        }
    }

    private boolean data(SparkSession spark, String folder) {
        if (!exists(spark, folder + "/data.json")) {
            return false;
        }
        PreparedData data = PreparedData.read(spark, folder);
        data.requireContents(spark, folder);
        data.tables().forEach((name, files) -> said(folder + "/" + name, files));
        if (data.tables().isEmpty()) {
            out.printf(
                    Locale.ROOT,
                    "%s: %,d examples; an earlier version wrote it and did not list its files: contents not compared%n",
                    folder,
                    data.rows());
        }
        return true;
    }

    private boolean tables(SparkSession spark, String key, String parent) {
        boolean any = false;
        for (String folder : folders(spark, key, parent)) {
            any |= table(spark, key, folder);
        }
        return any;
    }

    private boolean table(SparkSession spark, String key, String folder) {
        if (!exists(spark, folder)) {
            return false;
        }
        OutputFolders.requireComplete(spark.sparkContext().hadoopConfiguration(), key, folder);
        ListedTable.requireContents(spark, key, folder)
                .ifPresentOrElse(
                        files -> said(folder, files),
                        () -> out.printf("%s: its files are not listed: contents not compared%n", folder));
        return true;
    }

    private boolean run(SparkSession spark, String path) {
        RunFolder run = RunFolder.at(path, spark.sparkContext().hadoopConfiguration());
        if (!run.exists()) {
            return false;
        }
        int steps = run.requireContents();
        run.evaluated().forEach(step -> table(spark, "paths.run", run.predictions(step)));
        out.printf(Locale.ROOT, "%s: %,d steps match their manifests%n", path, steps);
        return true;
    }

    private void said(String folder, TableFiles files) {
        out.printf(
                Locale.ROOT,
                "%s: %,d rows in %,d files are unchanged%n",
                folder,
                files.rows(),
                files.files().size());
    }

    private static boolean exists(SparkSession spark, String path) {
        try {
            Path file = new Path(path);
            return file.getFileSystem(spark.sparkContext().hadoopConfiguration())
                    .exists(file);
        } catch (IOException e) {
            throw unreachable(path, e);
        }
    }

    private static List<String> folders(SparkSession spark, String key, String parent) {
        if (!exists(spark, parent)) {
            return List.of();
        }
        try {
            Path path = new Path(parent);
            FileSystem files = path.getFileSystem(spark.sparkContext().hadoopConfiguration());
            return Arrays.stream(files.listStatus(path))
                    .filter(FileStatus::isDirectory)
                    .map(folder -> folder.getPath().toString())
                    .filter(folder -> !folder.matches(".*/[._][^/]*"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw unreachable(key + ": " + parent, e);
        }
    }

    private static InvalidInputException unreachable(String path, IOException cause) {
        return new InvalidInputException(
                "%s cannot be reached: %s; correct its permissions or the settings of its file system"
                        .formatted(path, cause.getMessage()),
                cause);
    }
}
