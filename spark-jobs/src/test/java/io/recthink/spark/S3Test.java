package io.recthink.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.spark.prepare.PrepareJob;
import io.recthink.spark.run.Manifest;
import io.recthink.spark.run.RunFolder;
import io.recthink.spark.source.Period;
import io.recthink.spark.table.PreparedData;
import io.recthink.spark.train.TinyWorld;
import io.recthink.spark.train.TrainJob;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The way of the data on s3a://, with the settings of conf/s3a.conf, against a server of its own. */
class S3Test {
    private static final String BUCKET = "recthink";
    private static final String ROOT = "s3a://" + BUCKET;
    private static final String KEY = "AKIAQUITEUNLIKELYKEY";
    private static final String SECRET = "anUnlikelySecretThatNobodyMayEverRead";

    @TempDir
    private static Path folder;

    private static final PrintStream ERRORS = System.err;
    private static S3Mock server;
    private static SparkSession spark;
    private static final Map<String, String> BEFORE = new HashMap<>();

    private final ByteArrayOutputStream logged = new ByteArrayOutputStream();

    @BeforeAll
    static void start() throws IOException {
        server = S3Mock.start(folder, BUCKET);
        Properties settings = new Properties();
        try (Reader file = Files.newBufferedReader(Path.of("..", "conf", "s3a.conf"))) {
            settings.load(file);
        }
        settings.setProperty("spark.hadoop.fs.s3a.endpoint", server.endpoint());
        settings.setProperty("spark.hadoop.fs.s3a.path.style.access", "true");
        // S3Mock refuses the condition of S3's own check, which names the version without quotes.
        settings.setProperty("spark.hadoop.fs.s3a.change.detection.mode", "client");
        settings.setProperty("spark.hadoop.fs.s3a.access.key", KEY);
        settings.setProperty("spark.hadoop.fs.s3a.secret.key", SECRET);
        SparkSession shared = SparkTest.spark();
        SparkSession.clearActiveSession();
        SparkSession.clearDefaultSession();
        SparkSession.Builder builder = SparkSession.builder()
                .config("spark.sql.shuffle.partitions", 2)
                .config("spark.sql.adaptive.enabled", false)
                .config("spark.sql.session.timeZone", "UTC");
        for (String name : settings.stringPropertyNames()) {
            if (name.startsWith("spark.hadoop.")) {
                String key = name.substring("spark.hadoop.".length());
                BEFORE.put(key, shared.sparkContext().hadoopConfiguration().get(key));
                shared.sparkContext().hadoopConfiguration().set(key, settings.getProperty(name));
            } else {
                builder = builder.config(name, settings.getProperty(name));
            }
        }
        spark = builder.getOrCreate();
    }

    @AfterAll
    static void stop() {
        server.close();
        SparkSession shared = SparkTest.spark();
        SparkSession.setDefaultSession(shared);
        SparkSession.setActiveSession(shared);
        BEFORE.forEach((key, before) -> {
            if (before == null) {
                shared.sparkContext().hadoopConfiguration().unset(key);
            } else {
                shared.sparkContext().hadoopConfiguration().set(key, before);
            }
        });
    }

    @BeforeEach
    void listen() {
        System.setErr(new PrintStream(logged, true, StandardCharsets.UTF_8)); // where the log of the tests goes
        spark.sparkContext().setLogLevel("INFO");
    }

    @AfterEach
    void credentialsAreNowhereInWhatWasLoggedAndWritten() throws IOException {
        spark.sparkContext().setLogLevel("WARN");
        System.setErr(ERRORS);
        String log = logged.toString(StandardCharsets.UTF_8);
        assertThat(log).contains(" INFO ").contains(ROOT).doesNotContain(SECRET, KEY);
        List<String> names = objects("");
        assertThat(names).hasSizeGreaterThan(5);
        for (String name : names) {
            assertThat(new String(read(ROOT + "/" + name), StandardCharsets.ISO_8859_1))
                    .as(name)
                    .doesNotContain(SECRET, KEY);
        }
    }

    @Test
    void prepareReadsAndWritesThere() throws IOException {
        write(ROOT + "/log/day=1/reviews.json", lines(0, 150));
        write(ROOT + "/log/day=2/reviews.json", lines(150, 200));

        new PrepareJob().run(spark, shop(ROOT, "source.filter=day = 1"));

        assertThat(data(ROOT + "/data").rows()).isEqualTo(150);
        assertThat(committer(ROOT + "/data/examples/_SUCCESS")).isEqualTo("magic");
        assertThatThrownBy(() -> new PrepareJob().run(spark, shop(ROOT)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("s3a://recthink/data already holds a complete data set");

        new PrepareJob(Period.ALWAYS, Optional.of("data")).run(spark, shop(ROOT, "paths.data=data-2"));
        assertThat(data(ROOT + "/data-2").rows())
                .isGreaterThan(data(ROOT + "/data").rows());
        assertThat(objects("data-2/")).noneMatch(name -> name.contains("__magic") || name.contains("_temporary"));
    }

    @Test
    void aRunIsTrainedAndResumedThere() throws IOException {
        TinyWorld world = TinyWorld.create(SparkTest.spark(), folder.resolve("world"));
        String[] there = {"paths.run=" + ROOT + "/run", "train.steps=1"};
        new TrainJob(false).run(spark, world.configuration(there));
        new TrainJob(true).run(spark, world.configuration("paths.run=" + ROOT + "/run", "train.steps=2"));
        RunFolder run = RunFolder.at(ROOT + "/run", spark.sparkContext().hadoopConfiguration());
        assertThat(run.manifests()).extracting(Manifest::step).containsExactly(0, 1, 2);

        new TrainJob(false).run(SparkTest.spark(), world.configuration("train.steps=2"));
        RunFolder local =
                RunFolder.at(world.run().toString(), spark.sparkContext().hadoopConfiguration());
        assertThat(run.required(2).policyVersion().sha256())
                .as("the weights of the same run on a local disk")
                .isEqualTo(local.required(2).policyVersion().sha256());
        assertThat(objects("run/"))
                .contains("run/run.json", "run/config.yaml")
                .noneMatch(name -> name.contains("__magic") || name.contains("_temporary"));
    }

    // ---- helpers

    private static Configuration shop(String root, String... settings) {
        String yaml =
                """
                paths: {root: "%s"}
                source: {format: json, minTime: 1970-01-01, reviews: "%s/log", columns: {review: review}}
                prepare: {kcore: 0}
                """
                        .formatted(root, root);
        return JobSettings.SECTIONS.read("test", yaml, List.of(settings));
    }

    private static List<String> lines(int from, int to) {
        List<String> lines = new ArrayList<>();
        for (int i = from; i < to; i++) {
            lines.add("{\"user\":\"u%d\",\"item\":\"i%d\",\"rating\":%d,\"time\":%d,\"review\":\"Review %d\"}"
                    .formatted(i % 7, i / 7, 1 + i % 5, 3600 * i, i));
        }
        return lines;
    }

    private static PreparedData data(String place) {
        return PreparedData.read(spark, place);
    }

    private static FileSystem files(String place) throws IOException {
        return new org.apache.hadoop.fs.Path(place)
                .getFileSystem(spark.sparkContext().hadoopConfiguration());
    }

    private static void write(String place, List<String> lines) throws IOException {
        try (OutputStream out = files(place).create(new org.apache.hadoop.fs.Path(place))) {
            out.write(String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
        }
    }

    private static byte[] read(String place) throws IOException {
        try (InputStream in = files(place).open(new org.apache.hadoop.fs.Path(place))) {
            return in.readAllBytes();
        }
    }

    /** The committers of S3A leave a report where others leave an empty file. */
    private static String committer(String success) throws IOException {
        return new ObjectMapper().readTree(read(success)).path("committer").asText();
    }

    private static List<String> objects(String prefix) throws IOException {
        List<String> names = new ArrayList<>();
        RemoteIterator<LocatedFileStatus> all =
                files(ROOT + "/").listFiles(new org.apache.hadoop.fs.Path(ROOT + "/" + prefix), true);
        while (all.hasNext()) {
            names.add(all.next().getPath().toUri().getPath().substring(1));
        }
        return names;
    }
}
