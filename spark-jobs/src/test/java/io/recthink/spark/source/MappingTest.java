package io.recthink.spark.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recthink.InvalidInputException;
import io.recthink.spark.SparkTest;
import java.nio.file.Path;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MappingTest {
    @TempDir
    Path folder;

    private LogFiles files;
    private Path log;

    @BeforeEach
    void open() {
        files = new LogFiles(folder);
        log = files.write(
                "log.json",
                "{\"user\":\"a\",\"item\":\"x\",\"rating\":\"4\",\"time\":\"1500000000\",\"Shop Name\":\"s\"}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"current_user()", "upper('user')", "42", "current_timestamp", "concat('a', 'user')", "rand()"})
    void anExpressionThatReadsNothingIsRefused(String expression) {
        assertThatThrownBy(() -> reviews("source.columns.user=" + expression))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("' reads no column of Shop Name, item, rating, time, user")
                .hasMessageContaining("constant(");
    }

    @ParameterizedTest
    @ValueSource(strings = {"current_date() IS NOT NULL", "true", "1 = 1"})
    void aFilterThatReadsNothingIsRefusedToo(String filter) {
        assertThatThrownBy(() -> reviews("source.filter=" + filter))
                .hasMessageStartingWith("source.filter: '")
                .hasMessageContaining("reads no column");
    }

    @Test
    void columnsWinOverFunctionsOfTheirName() {
        assertThat(reviews().<String>getAs("userId")).isEqualTo("a");
        assertThat(reviews("source.columns.user=upper(user)").<String>getAs("userId"))
                .isEqualTo("A");
        assertThat(reviews("source.columns.user=USER").<String>getAs("userId")).isEqualTo("a");
    }

    @Test
    void aConstantIsSaidOnPurpose() {
        assertThat(reviews("source.columns.user=constant('me')").<String>getAs("userId"))
                .isEqualTo("me");
        assertThat(reviews("source.columns.rating=constant(5)").<Double>getAs("rating"))
                .isEqualTo(5);
    }

    @Test
    void aNameThatIsNoExpressionIsStillAColumn() {
        assertThat(reviews("source.columns.summary=Shop Name").<String>getAs("summary"))
                .isEqualTo("s");
    }

    @ParameterizedTest
    @ValueSource(strings = {"max(user)", "explode(split(user, ','))", "row_number() over (order by user)"})
    void whatHasNoValueForEachRowIsRefused(String expression) {
        assertThatThrownBy(() -> reviews("source.columns.user=" + expression))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("source.columns.user: cannot read '");
    }

    @Test
    void whatCannotBeComputedIsNamedWithARemedy() {
        assertThatThrownBy(() -> reviews("source.columns.time=to_timestamp(user, 'EEE MMM dd yyyy')"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith(
                        "source.columns.time: 'to_timestamp(user, 'EEE MMM dd yyyy')' cannot be computed: ")
                .hasMessageContaining("The columns are Shop Name, item, rating, time, user")
                .hasMessageContaining("to_timestamp(substr(");
        assertThatThrownBy(() -> reviews("source.columns.summary=raise_error(concat('no ', user))"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith(
                        "source.columns.summary: 'raise_error(concat('no ', user))' cannot be computed: ")
                .hasMessageContaining("try_cast");
    }

    @Test
    void identifiersOfBothSidesAgreeWhateverTheirTypes() {
        SparkTest.spark()
                .sql(
                        "SELECT 'u' AS user, 12345671D AS d, CAST(12345671 AS BIGINT) AS b, CAST(12345671 AS DECIMAL(20,2)) AS c,"
                                + " 1.5D AS half, 4 AS rating, 1500000000L AS time")
                .write()
                .parquet(folder + "/typed");
        Path typed = folder.resolve("typed");
        for (String column : new String[] {"d", "b", "c"}) {
            assertThat(files.reviews(typed, "source.format=parquet", "source.columns.item=" + column)
                            .get(0)
                            .<String>getAs("itemId"))
                    .isEqualTo("12345671");
        }
        assertThat(files.reviews(typed, "source.format=parquet", "source.columns.item=half")
                        .get(0)
                        .<String>getAs("itemId"))
                .isEqualTo("1.5");
    }

    @Test
    void aTableThatHiveWouldKnowNamesTheSetting() {
        assertThatThrownBy(() -> files.reviews(Path.of("warehouse.reviews"), "source.format=table"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("--conf spark.sql.catalogImplementation=hive");
    }

    private Row reviews(String... settings) {
        String[] all = new String[settings.length + 1];
        all[0] = "source.format=json";
        System.arraycopy(settings, 0, all, 1, settings.length);
        var rows = files.reviews(log, all);
        assertThat(LogFiles.reasons(rows)).isEqualTo(Map.of("usable", 1));
        return rows.get(0);
    }
}
