package io.recthink.spark.retrain;

import static org.assertj.core.api.Assertions.assertThat;

import io.recthink.spark.S3Mock;
import io.recthink.spark.SparkTest;
import io.recthink.spark.registry.Registry;
import io.recthink.spark.registry.Version;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Properties;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills a cycle in its phases and calls it again: it ends as if it had been left alone, on a disk and on S3. The phases
 * are three; {@code -Drecthink.kills.retrain=all} takes all seven.
 */
class RetrainKillsIT {
    private static final Instant UNTIL = Instant.parse("2023-07-01T00:00:00Z");
    private static final int KILLED = 137;

    /** Begins of lines; the process is killed as soon as it prints one. */
    private static final List<String> ALL_DEATHS = List.of(
            "retrain: cycle until",
            "prepare: leak tests passed",
            "prepare: data card in",
            "Chosen on validation",
            "candidate: ",
            "All numbers and pictures",
            "retrain: gate of version");

    private static final List<String> DEATHS =
            System.getProperty("recthink.kills.retrain", "").equals("all")
                    ? ALL_DEATHS
                    : List.of("prepare: leak tests passed", "Chosen on validation", "retrain: gate of version");

    @TempDir
    private static Path folder;

    private static RetrainWorld alone;
    private static String sha256;

    @BeforeAll
    static void leaveOneAlone() throws Exception {
        alone = new RetrainWorld(folder.resolve("alone").toString());
        alone.simulate(SparkTest.spark(), "simulate.drift.from=", "simulate.users=200");
        Path noSettings = Files.writeString(folder.resolve("none.properties"), "");
        assertThat(live(noSettings, alone.settings(), "")).isZero();
        sha256 = serving(folder.resolve("alone/registry/ratings").toString(), new Configuration())
                .sha256();
    }

    @Test
    void onADisk() throws Exception {
        String root = folder.resolve("killed").toString();
        Path noSettings = folder.resolve("none.properties");
        killAt(root, noSettings, new Configuration());
    }

    @Test
    void onS3() throws Exception {
        Path place = Files.createDirectories(folder.resolve("s3"));
        try (S3Mock server = S3Mock.start(place, "retrain")) {
            Properties settings = new Properties();
            try (BufferedReader file = Files.newBufferedReader(Path.of("..", "conf", "s3a.conf"))) {
                settings.load(file);
            }
            settings.setProperty("spark.hadoop.fs.s3a.endpoint", server.endpoint());
            settings.setProperty("spark.hadoop.fs.s3a.path.style.access", "true");
            settings.setProperty("spark.hadoop.fs.s3a.change.detection.mode", "client");
            settings.setProperty("spark.hadoop.fs.s3a.access.key", "key");
            settings.setProperty("spark.hadoop.fs.s3a.secret.key", "secret");
            Path file = place.resolve("spark.properties");
            try (var out = Files.newBufferedWriter(file)) {
                settings.store(out, null);
            }
            Configuration hadoop = new Configuration();
            settings.stringPropertyNames().stream()
                    .filter(name -> name.startsWith("spark.hadoop."))
                    .forEach(name -> hadoop.set(name.substring("spark.hadoop.".length()), settings.getProperty(name)));
            killAt("s3a://retrain", file, hadoop);
        }
    }

    private static void killAt(String root, Path sparkSettings, Configuration hadoop) throws Exception {
        List<String> settings = new RetrainWorld(root).settings("paths.log=" + folder.resolve("alone/log"));
        for (String death : DEATHS) {
            assertThat(live(sparkSettings, settings, death)).as(death).isEqualTo(KILLED);
        }
        assertThat(live(sparkSettings, settings, "")).isZero();
        Version version = serving(root + "/registry/ratings", hadoop);
        assertThat(version.version()).isOne();
        assertThat(version.sha256()).as("the weights of an undisturbed cycle").isEqualTo(sha256);
        assertThat(Registry.at(root + "/registry/ratings", hadoop).versions()).hasSize(1);
    }

    private static Version serving(String registry, Configuration hadoop) {
        return Registry.at(registry, hadoop).serving().orElseThrow();
    }

    /**
     * Starts the application, and kills it when it prints a line with the given begin.
     *
     * @param death empty: it is left alone
     * @return its exit status
     */
    private static int live(Path sparkSettings, List<String> settings, String death)
            throws IOException, InterruptedException {
        Process process =
                RetrainApplication.process(sparkSettings, UNTIL, settings).start();
        StringBuilder said = new StringBuilder();
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                said.append(line).append('\n');
                if (!death.isEmpty() && line.startsWith(death)) {
                    process.destroyForcibly();
                    break;
                }
            }
        }
        int status = process.waitFor();
        if (status != 0 && status != KILLED) {
            System.out.println(said);
        }
        return status;
    }
}
