package io.recthink.spark.retrain;

import io.recthink.config.Configuration;
import io.recthink.spark.JobSettings;
import io.recthink.spark.simulate.SimulateJob;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.SparkSession;

/** The configuration of the demonstration, conf/retrain.yaml, for a small log and few prompts. */
final class RetrainWorld {
    private static final Path FILE = Path.of("..", "conf", "retrain.yaml");

    private final String root;

    /** @param root where everything lies: a folder, or a place on S3 */
    RetrainWorld(String root) {
        this.root = root;
    }

    void simulate(SparkSession spark, String... settings) {
        new SimulateJob().run(spark, configuration(settings));
    }

    Configuration configuration(String... settings) {
        return JobSettings.SECTIONS.read(FILE.toString(), yaml(), settings(settings));
    }

    static String yaml() {
        try {
            return Files.readString(FILE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<String> settings(String... more) {
        List<String> settings = new ArrayList<>(List.of(
                "paths.root=" + root,
                "paths.model="
                        + Path.of("..", "conf", "quickstart-policy")
                                .toAbsolutePath()
                                .normalize(),
                "simulate={users: 300, items: 40}",
                "train={steps: 6, promptsPerStep: 16}",
                "train.optimizer.learningRate=5.0e-4",
                "validation={every: 3, rows: 100}",
                "compare={resamples: 200, sliceResamples: 20}",
                "retrain={minNewRows: 100, validationRows: 100, testRows: 200}",
                "gate={minRows: 100, beats: []}"));
        settings.addAll(List.of(more));
        return settings;
    }
}
