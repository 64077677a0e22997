package io.recthink.spark.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.sql.DeltaSparkSessionExtension;
import io.recthink.config.Configuration;
import io.recthink.spark.JobSettings;
import io.recthink.spark.SparkTest;
import io.recthink.spark.source.LogReader;
import io.recthink.spark.source.Period;
import io.recthink.spark.table.PreparedData;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.runtime.BoxedUnit;

/** Real tables of Iceberg and Delta, read by their names in a session that is set up as their manuals say. */
class LakehouseTest {
    private static final String REVIEWS =
            """
            SELECT concat('u', id %% 10) AS u, concat('i', id div 10) AS i, CAST(1 + id * id %% 5 AS DOUBLE) AS s,
                timestamp'2024-01-01' + make_dt_interval(CAST(id div 10 AS INT), CAST(id %% 10 AS INT)) AS t,
                concat('Review ', id) AS r, date_add(date'2024-01-01', CAST(id div 10 AS INT)) AS day
            FROM range(%d, %d)
            """;

    @TempDir
    static Path folder;

    private static SparkSession spark;

    @BeforeAll
    static void start() {
        SparkTest.spark();
        SparkSession.clearActiveSession();
        SparkSession.clearDefaultSession();
        spark = SparkSession.builder()
                .withExtensions(extensions -> {
                    new DeltaSparkSessionExtension().apply(extensions);
                    new IcebergSparkSessionExtensions().apply(extensions);
                    return BoxedUnit.UNIT;
                })
                .config("spark.sql.shuffle.partitions", 2)
                .config("spark.sql.adaptive.enabled", false)
                .config("spark.sql.session.timeZone", "UTC")
                .config("spark.databricks.delta.snapshotPartitions", 1)
                .config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
                .config("spark.sql.catalog.lake", "org.apache.iceberg.spark.SparkCatalog")
                .config("spark.sql.catalog.lake.type", "hadoop")
                .config("spark.sql.catalog.lake.warehouse", folder + "/lake")
                .getOrCreate();
        String columns = "(u STRING, i STRING, s DOUBLE, t TIMESTAMP, r STRING, day DATE)";
        spark.sql("CREATE TABLE lake.shop.reviews " + columns + " USING iceberg PARTITIONED BY (days(t))");
        spark.sql("CREATE TABLE reviews %s USING delta PARTITIONED BY (day) LOCATION '%s/delta'"
                .formatted(columns, folder));
        for (String table : List.of("lake.shop.reviews", "reviews")) {
            spark.sql("INSERT INTO %s %s".formatted(table, REVIEWS.formatted(0, 80)));
            spark.sql("INSERT INTO %s %s".formatted(table, REVIEWS.formatted(80, 100)));
        }
        spark.sql(REVIEWS.formatted(0, 100)).write().parquet(folder + "/parquet");
    }

    @AfterAll
    static void stop() {
        spark.sql("DROP TABLE reviews");
        SparkSession.setDefaultSession(SparkTest.spark());
        SparkSession.setActiveSession(SparkTest.spark());
    }

    @Test
    void icebergAndDeltaGiveTheSameExamplesAsFiles() {
        PreparedData expected = prepare("parquet", folder + "/parquet", "from-parquet");
        assertThat(prepare("table", "lake.shop.reviews", "from-iceberg")).isEqualTo(expected);
        assertThat(prepare("table", "reviews", "from-delta")).isEqualTo(expected);
        assertThat(prepare("table", "delta.`" + folder + "/delta`", "from-path"))
                .isEqualTo(expected);
    }

    /** The data files of the first eight days are elsewhere: who asks for one of them fails. */
    @Test
    void onlyTheWantedDaysAreRead() throws IOException {
        LogReader newest = reader("lake.shop.reviews", Period.of(Optional.of("2024-01-09"), Optional.empty()));
        LogReader filtered = reader("reviews", Period.ALWAYS, "source.filter=day >= '2024-01-09'");
        List<Path> old = oldFiles();
        assertThat(old).hasSizeGreaterThanOrEqualTo(2 * 8);
        try {
            for (Path file : old) {
                Files.move(file, away(file));
            }
            assertThat(newest.reviews().count()).isEqualTo(20);
            assertThat(filtered.reviews().count()).isEqualTo(20);
            for (String table : List.of("lake.shop.reviews", "reviews")) {
                assertThatThrownBy(() -> reader(table, Period.ALWAYS).reviews().collectAsList())
                        .hasMessageContaining("does not exist");
            }
        } finally {
            for (Path file : old) {
                Files.move(away(file), file);
            }
        }
    }

    @Test
    void thePlansNameWhatIsPushedDown() {
        Period newest = Period.of(Optional.of("2024-01-09"), Optional.empty());
        assertThat(plan(reader("lake.shop.reviews", newest)))
                .contains("BatchScan lake.shop.reviews")
                .contains("[filters=(t >= 1704758400000000 OR t IS NULL), ");
        assertThat(plan(reader("reviews", Period.ALWAYS, "source.filter=day >= '2024-01-09'")))
                .contains("PartitionFilters: [isnotnull(day#")
                .contains(">= 2024-01-09)]");
    }

    // ---- helpers

    private static String plan(LogReader reader) {
        return reader.reviews().queryExecution().executedPlan().toString();
    }

    private static List<Path> oldFiles() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().matches(".*day=2024-01-0[1-8]/[^/.]+[.].*parquet"))
                    .toList();
        }
    }

    private static Path away(Path file) {
        return file.resolveSibling("away-" + file.getFileName());
    }

    private static PreparedData prepare(String format, String reviews, String data) {
        new PrepareJob(new PrintStream(OutputStream.nullOutputStream()))
                .run(
                        spark,
                        configuration(
                                "source.format=" + format,
                                "source.reviews=" + reviews,
                                "paths.data=" + data,
                                "prepare.kcore=0"));
        return PreparedData.read(spark, folder + "/" + data);
    }

    private static LogReader reader(String table, Period period, String... settings) {
        String[] all = Stream.concat(Stream.of("source.format=table", "source.reviews=" + table), Stream.of(settings))
                .toArray(String[]::new);
        return new LogReader(spark, configuration(all), period, note -> {});
    }

    private static Configuration configuration(String... settings) {
        String yaml =
                """
                paths: {root: %s}
                source: {columns: {user: u, item: i, rating: s, time: t, review: r}}
                """
                        .formatted(folder);
        return JobSettings.SECTIONS.read("test", yaml, List.of(settings));
    }
}
