package io.recthink.spark.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recthink.InvalidInputException;
import io.recthink.spark.JobSettings;
import io.recthink.spark.SparkTest;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimeColumnTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "1500000000, 2017-07-14T02:40:00Z",
        "1500000000.5, 2017-07-14T02:40:00.500Z",
        "1.5E9, 2017-07-14T02:40:00Z",
        "2017-07-14, 2017-07-14T00:00:00Z",
        "2017-7-4 02:40, 2017-07-04T02:40:00Z",
        "2017-07-14T02:40:00+02:00, 2017-07-14T00:40:00Z",
        "2017-07, 2017-07-01T00:00:00Z",
        "631152000, 1990-01-01T00:00:00Z",
        "2099-12-31, 2099-12-31T00:00:00Z"
    })
    void aTimeIsRead(String text, String time) {
        Row row = read(text);
        assertThat(row.<String>getAs("reason")).isNull();
        assertThat(row.<Timestamp>getAs("time").toInstant()).isEqualTo(Instant.parse(time));
    }

    @ParameterizedTest
    @CsvSource({
        "12:00, time cannot be read",
        "T12:00, time cannot be read",
        "yesterday, time cannot be read",
        "now, time cannot be read",
        "epoch, time cannot be read",
        "2017-13-01, time cannot be read",
        "20170714, time is a date written as a number",
        "201707, time is a date written as a number",
        "2017, time is a date written as a number",
        "20170714.0, time is a date written as a number",
        "201707140240, time is a date written as a number",
        "20170714024000, time is a date written as a number",
        "0, time is before 1990-01-01",
        "+5, time is before 1990-01-01",
        "1e3, time is before 1990-01-01",
        "-1, time is before 1990-01-01",
        "17361, time is before 1990-01-01",
        "0012-01-01, time is before 1990-01-01",
        "1970-01-01, time is before 1990-01-01",
        "2100-01-01, time is not before 2100-01-01",
        "9999-12-31, time is not before 2100-01-01",
        "4102444800, time is not before 2100-01-01",
        "1500000000000, time counts milliseconds",
        "1500000000000000, time counts microseconds",
        "1500000000000000000, time counts nanoseconds"
    })
    void aTimeThatCannotBeMeantIsNot(String text, String reason) {
        assertThat(read(text).<String>getAs("reason")).isEqualTo(reason);
    }

    @Test
    void whatMostRowsSayIsRefusedWithAnExpressionThatHelps() {
        assertThatThrownBy(() -> quarantine("20170714"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("to_date(cast(time AS string), 'yyyyMMdd')");
        assertThat(read("20170714", "source.columns.time=to_date(cast(time AS string), 'yyyyMMdd')")
                        .<Timestamp>getAs("time")
                        .toInstant())
                .isEqualTo(Instant.parse("2017-07-14T00:00:00Z"));
        assertThatThrownBy(() -> quarantine("1500000000000")).hasMessageContaining("(time) / 1000");
        assertThat(read("1500000000000", "source.columns.time=(time) / 1000").<String>getAs("reason"))
                .isNull();
    }

    @Test
    void theBoundsAreSettings() {
        assertThat(read("5", "source.minTime=1970-01-01").<String>getAs("reason"))
                .isNull();
        assertThatThrownBy(() -> JobSettings.SECTIONS.read("test", "", List.of("source.minTime=yesterday")))
                .hasMessageContaining("source.minTime must be a day such as 1990-01-01 (was yesterday)");
    }

    @Test
    void aColumnOfNanosecondsInParquetIsCountedAndNotACrash() throws Exception {
        Path file = folder.resolve("nanoseconds.parquet");
        NanosecondFile.write(file, Instant.parse("2017-07-14T02:40:00Z"));
        LogFiles files = new LogFiles(folder);
        assertThat(LogFiles.reasons(files.reviews(file, "source.format=parquet", "source.columns.time=at")))
                .containsOnlyKeys("time counts nanoseconds");
        assertThat(LogFiles.reasons(
                        files.reviews(file, "source.format=parquet", "source.columns.time=at / 1000000000")))
                .containsOnlyKeys("usable");
    }

    private Row read(String text, String... settings) {
        LogFiles files = new LogFiles(folder);
        Path log = files.write("log.json", row(text));
        String[] all = new String[settings.length + 1];
        all[0] = "source.format=json";
        System.arraycopy(settings, 0, all, 1, settings.length);
        List<Row> rows = files.reviews(log, all);
        assertThat(rows).hasSize(1);
        return rows.get(0);
    }

    private void quarantine(String text) {
        var configuration = JobSettings.SECTIONS.read(
                "test",
                "",
                List.of("source.format=json", "source.reviews=" + new LogFiles(folder).write("log.json", row(text))));
        LogReader log = new LogReader(SparkTest.spark(), configuration, Period.ALWAYS, note -> {});
        Quarantine.of("source.reviews", log.reviewsPath(), log.reviews(), configuration.get(SourceSettings.class));
    }

    private static String row(String time) {
        return "{\"user\":\"u\",\"item\":\"i\",\"rating\":4,\"time\":\"%s\"}".formatted(time);
    }
}
