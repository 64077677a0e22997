package io.recthink.spark.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.spark.JobSettings;
import io.recthink.spark.SparkTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.FileSourceScanExec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import scala.collection.JavaConverters;

/** The same twelve reviews, three a day, in every kind of table; and what of it is read when only a part is wanted. */
class SourcesTest {
    private static final LocalDate FIRST_DAY = LocalDate.parse("2024-01-01");
    private static final List<String> ALL = new ArrayList<>();

    @TempDir
    static Path folder;

    @BeforeAll
    static void write() {
        for (int i = 0; i < 12; i++) {
            long second = FIRST_DAY.plusDays(i / 3).toEpochDay() * 86_400 + 3600L * (i % 3);
            ALL.add("u%d|i%d|%s|%d|Review %d".formatted(i % 4, i, 1 + i % 5 + ".0", second, i));
        }
        Dataset<Row> reviews = spark().range(12)
                .selectExpr(
                        "concat('u', id % 4) AS u",
                        "concat('i', id) AS i",
                        "CAST(1 + id % 5 AS FLOAT) AS s",
                        "timestamp'2024-01-01' + make_dt_interval(id div 3, id % 3) AS t",
                        "concat('Review ', id) AS r",
                        "date_add(date'2024-01-01', CAST(id div 3 AS INT)) AS day");
        for (String format : List.of("parquet", "orc", "avro")) {
            reviews.repartition(1).write().partitionBy("day").format(format).save(folder + "/" + format);
        }
        spark().sql("CREATE DATABASE shop LOCATION '%s/shop'".formatted(folder));
        reviews.write().partitionBy("day").saveAsTable("shop.reviews");
    }

    @AfterAll
    static void drop() {
        spark().sql("DROP DATABASE shop CASCADE");
    }

    @ParameterizedTest
    @ValueSource(strings = {"parquet", "orc", "avro"})
    void filesThatCarryTheirTypesGiveTheSameReviews(String format) {
        assertThat(lines(reader(format, format).reviews())).containsExactlyInAnyOrderElementsOf(ALL);
    }

    @Test
    void aTableIsReadByItsName() {
        assertThat(lines(tableReader("shop.reviews").reviews())).containsExactlyInAnyOrderElementsOf(ALL);
        assertThat(lines(tableReader("parquet.`" + folder + "/parquet`").reviews()))
                .containsExactlyInAnyOrderElementsOf(ALL);
    }

    @Test
    void aTableThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> tableReader("shop.nothing").reviews())
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("source.reviews: cannot read the table shop.nothing: ");
        assertThatThrownBy(() -> configuration("source.format=table"))
                .hasMessage(
                        "test: source.reviews must be the name of a table, because source.format is table (was '')");
    }

    @Test
    void aFilterReadsTheWantedPartitionsOnly() {
        String filter = "source.filter=day >= '2024-01-03'";
        for (Dataset<Row> reviews : List.of(
                reader("parquet", "parquet", filter).reviews(),
                reader("orc", "orc", filter).reviews(),
                reader("avro", "avro", filter).reviews(),
                tableReader("shop.reviews", filter).reviews())) {
            FileSourceScanExec scan = scan(reviews);
            assertThat(scan.metadata().apply("PartitionFilters"))
                    .contains("day#")
                    .contains(">= 2024-01-03");
            assertThat(lines(reviews)).containsExactlyInAnyOrderElementsOf(ALL.subList(6, 12));
            assertThat(reviews.collectAsList()).hasSize(6);
            assertThat(scan.metrics().apply("numFiles").value()).isEqualTo(2);
        }
    }

    @Test
    void aDamagedFileOfAnUnwantedPartitionIsNotTouched() throws IOException {
        spark().sql("CREATE TABLE shop.old USING parquet PARTITIONED BY (day) AS SELECT * FROM shop.reviews");
        try (var files = Files.list(folder.resolve("shop/old/day=2024-01-01"))) {
            for (Path file : files.toList()) {
                Files.writeString(file, "not any more");
            }
        }
        assertThatThrownBy(() -> lines(tableReader("shop.old").reviews())).hasMessageContaining("old/day=2024-01-01");
        assertThat(lines(tableReader("shop.old", "source.filter=day >= '2024-01-03'")
                        .reviews()))
                .containsExactlyInAnyOrderElementsOf(ALL.subList(6, 12));
    }

    @Test
    void aFilterOnOtherColumnsIsPushedIntoTheFiles() {
        Dataset<Row> reviews = reader("parquet", "parquet", "source.filter=u = 'u3' AND day < '2024-01-04'")
                .reviews();
        assertThat(scan(reviews).metadata().apply("PushedFilters")).contains("EqualTo(u,u3)");
        assertThat(scan(reviews).metadata().apply("PartitionFilters")).contains("< 2024-01-04");
        assertThat(lines(reviews)).containsExactlyInAnyOrder(ALL.get(3), ALL.get(7));
    }

    @Test
    void aFilterThatCannotBeReadIsNamed() {
        assertThatThrownBy(() ->
                        reader("parquet", "parquet", "source.filter=week = 3").reviews())
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("source.filter: cannot read 'week = 3' over the columns u, i, s, t, r, day: ");
        assertThatThrownBy(() ->
                        reader("parquet", "parquet", "source.filter=day >").reviews())
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("source.filter: cannot read day >: ");
        assertThatThrownBy(() -> reader("parquet", "parquet", "source.filter=i").reviews())
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("source.filter: cannot read 'i' over the columns");
    }

    /** Rows of the second and the third day but for the first of the one and the last of the other. */
    @ParameterizedTest
    @CsvSource({
        "t",
        "CAST(t AS TIMESTAMP_NTZ)",
        "unix_timestamp(t)",
        "CAST(unix_timestamp(t) AS INT)",
        "CAST(unix_timestamp(t) AS STRING)",
        "CAST(unix_timestamp(t) AS DOUBLE)",
        "string(t)"
    })
    void sinceIsInclusiveAndUntilExclusive(String time) {
        Period period = Period.of(Optional.of("2024-01-02T01:00:00Z"), Optional.of("2024-01-03 02:00"));
        assertThat(lines(reader("parquet", "parquet", period, "source.columns.time=" + time)
                        .reviews()))
                .containsExactlyInAnyOrderElementsOf(ALL.subList(4, 8));
    }

    @Test
    void aTimeColumnOfTheFilesIsComparedInThem() {
        Period period = Period.of(Optional.of("2024-01-02T01:00:00Z"), Optional.of("2024-01-03"));
        assertThat(scan(reader("parquet", "parquet", period).reviews())
                        .metadata()
                        .apply("PushedFilters"))
                .contains("GreaterThanOrEqual(t,2024-01-02 01:00:00.0)")
                .contains("LessThan(t,2024-01-03 00:00:00.0)");
    }

    @Test
    void aPartitionColumnAsTimeReadsTheWantedPartitionsOnly() {
        Period period = Period.of(Optional.of("2024-01-01T00:00:00.001Z"), Optional.of("2024-01-03T12:00:00Z"));
        Dataset<Row> reviews =
                reader("parquet", "parquet", period, "source.columns.time=day").reviews();
        assertThat(reviews.count()).isEqualTo(6);
        assertThat(scan(reviews).metadata().apply("PartitionFilters"))
                .contains(">= 2024-01-02")
                .contains("< 2024-01-04");
    }

    @Test
    void aRowWithoutAReadableTimeLiesInNoPeriodAndIsNotLost() throws IOException {
        Files.write(
                folder.resolve("odd.json"),
                List.of(
                        "{\"u\":\"a\",\"i\":\"b\",\"s\":1,\"t\":\"2024-01-01\",\"r\":\"x\"}",
                        "{\"u\":\"a\",\"i\":\"c\",\"s\":1,\"t\":\"2024-02-01\"}",
                        "{\"u\":\"a\",\"i\":\"d\",\"s\":1,\"t\":\"one day\"}",
                        "{\"u\":\"a\",\"i\":\"e\",\"s\":1}",
                        "{\"u\":\"a\",\"i\""));
        Period period = Period.of(Optional.of("2024-02-01"), Optional.empty());
        assertThat(reader("json", "odd.json", period).reviews().select("reason").collectAsList())
                .extracting(row -> row.getString(0))
                .containsExactlyInAnyOrder(null, "time cannot be read", "time is missing", "the row cannot be parsed");
        Dataset<Row> typed = spark().read()
                .json(folder + "/odd.json")
                .where("u IS NOT NULL")
                .selectExpr("u", "i", "s", "try_cast(t AS TIMESTAMP) AS t", "r");
        typed.write().parquet(folder + "/odd.parquet");
        assertThat(reader("parquet", "odd.parquet", period)
                        .reviews()
                        .select("reason")
                        .collectAsList())
                .extracting(row -> row.getString(0))
                .containsExactlyInAnyOrder(null, "time is missing", "time is missing");
    }

    @Test
    void aPeriodThatCannotBeIsRefused() {
        assertThatThrownBy(() -> Period.of(Optional.of("yesterday"), Optional.empty()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "--since must be a date or a time such as 2024-06-01 or 2024-06-01T12:00:00Z (was 'yesterday')");
        assertThatThrownBy(() -> Period.of(Optional.of("2024-06-01"), Optional.of("2024-06-01T02:00:00+02:00")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("--since 2024-06-01T00:00:00Z must be before --until 2024-06-01T00:00:00Z");
    }

    // ---- helpers

    private static SparkSession spark() {
        SparkSession spark = SparkTest.spark();
        spark.conf().set("spark.sql.session.timeZone", "UTC");
        return spark;
    }

    private static LogReader reader(String format, String path, String... settings) {
        return reader(format, path, Period.ALWAYS, settings);
    }

    private static LogReader reader(String format, String path, Period period, String... settings) {
        return new LogReader(spark(), configuration(with(format, folder + "/" + path, settings)), period, note -> {});
    }

    private static LogReader tableReader(String name, String... settings) {
        return new LogReader(spark(), configuration(with("table", name, settings)), Period.ALWAYS, note -> {});
    }

    private static String[] with(String format, String reviews, String... settings) {
        List<String> all = new ArrayList<>(List.of("source.format=" + format, "source.reviews=" + reviews));
        all.addAll(List.of(settings));
        return all.toArray(String[]::new);
    }

    private static Configuration configuration(String... settings) {
        String yaml = "source: {columns: {user: u, item: i, rating: s, time: t, review: r}}";
        return JobSettings.SECTIONS.read("test", yaml, List.of(settings));
    }

    private static List<String> lines(Dataset<Row> reviews) {
        return reviews
                .selectExpr("concat_ws('|', userId, itemId, rating, unix_seconds(time), review)")
                .collectAsList()
                .stream()
                .map(row -> row.getString(0))
                .toList();
    }

    private static FileSourceScanExec scan(Dataset<Row> table) {
        return JavaConverters.seqAsJavaList(
                        table.queryExecution().executedPlan().collectLeaves())
                .stream()
                .filter(FileSourceScanExec.class::isInstance)
                .map(FileSourceScanExec.class::cast)
                .findFirst()
                .orElseThrow();
    }
}
