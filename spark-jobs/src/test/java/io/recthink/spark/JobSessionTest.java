package io.recthink.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recthink.InvalidInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobSessionTest {
    private static final String PARTITIONS = "spark.sql.shuffle.partitions";

    @Test
    void settingsOfTheUserDoNotReachTheQueriesOfAJob() {
        SparkSession user = SparkTest.spark().newSession();
        user.conf().set("spark.sql.ansi.enabled", true);
        user.conf().set("spark.sql.caseSensitive", true);
        user.conf().set("spark.sql.session.timeZone", "America/New_York");
        user.conf().set("spark.sql.catalogOfTheUser", "kept");
        withActive(user, () -> {
            Job job = (spark, configuration) -> {
                assertThat(spark.range(1)
                                .select(functions.lit("x").cast("int"))
                                .first()
                                .isNullAt(0))
                        .isTrue();
                assertThat(spark.range(1)
                                .select(functions.expr("ID / 0"))
                                .first()
                                .isNullAt(0))
                        .isTrue();
                assertThat(spark.range(1)
                                .select(functions
                                        .lit("2026-01-01 00:00:00")
                                        .cast("timestamp")
                                        .cast("long"))
                                .first()
                                .getLong(0))
                        .isEqualTo(1_767_225_600L);
                assertThat(spark.conf().get("spark.sql.catalogOfTheUser")).isEqualTo("kept");
            };
            job.run(user, JobSettings.SECTIONS.read("test", "", List.of()));
            assertThat(SparkSession.getActiveSession().get()).isSameAs(user);
            assertThat(user.conf().get("spark.sql.ansi.enabled")).isEqualTo("true");
        });
    }

    @Test
    void theActiveSessionComesBackAlsoAfterAFailure() {
        SparkSession user = SparkTest.spark().newSession();
        withActive(user, () -> {
            Job job = (spark, configuration) -> {
                throw new IllegalStateException("broken");
            };
            assertThatThrownBy(() -> job.run(user, JobSettings.SECTIONS.read("test", "", List.of())))
                    .hasMessage("broken");
            assertThat(SparkSession.getActiveSession().get()).isSameAs(user);
        });
    }

    @Test
    void aNumberOfPartitionsThatTheUserHasSetStays() {
        SparkSession session = SparkTest.spark().newSession();
        session.conf().set(PARTITIONS, 7);
        JobSession.fitPartitions(session, 1L << 40);
        assertThat(session.conf().get(PARTITIONS)).isEqualTo("7");
    }

    @Test
    void filesAreCountedThroughWildcardsAndMissingOnesCountNothing(@TempDir Path folder) throws Exception {
        Files.write(folder.resolve("a.json"), new byte[1000]);
        Files.write(Files.createDirectory(folder.resolve("b")).resolve("c.json"), new byte[500]);
        SparkSession spark = SparkTest.spark();
        assertThat(JobSession.bytes(spark, folder.toString())).isEqualTo(1500);
        assertThat(JobSession.bytes(spark, folder + "/*.json")).isEqualTo(1000);
        assertThat(JobSession.bytes(spark, folder + "/none")).isZero();
    }

    @Test
    void asManyPartitionsAsTheDataAskFor() {
        assertThat(JobSession.partitions(0)).isEqualTo(2);
        assertThat(JobSession.partitions(33 << 20)).isEqualTo(3);
        assertThat(JobSession.partitions(10L << 30)).isEqualTo(640);
        assertThat(JobSession.partitions(1L << 50)).isEqualTo(4096);
        SparkSession session = SparkTest.spark().newSession();
        session.conf().unset(PARTITIONS);
        JobSession.fitPartitions(session, 33 << 20);
        assertThat(session.conf().get(PARTITIONS)).isEqualTo("3");
    }

    @Test
    void aSerializerThatCannotReadRecordsIsRefused() {
        assertThatThrownBy(() -> JobSession.refuseOtherSerializers("org.apache.spark.serializer.KryoSerializer"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("spark.serializer is org.apache.spark.serializer.KryoSerializer")
                .hasMessageContaining("spark.serializer=org.apache.spark.serializer.JavaSerializer");
        JobSession.refuseOtherSerializers("org.apache.spark.serializer.JavaSerializer");
    }

    private static void withActive(SparkSession session, Runnable work) {
        SparkSession before = SparkTest.spark();
        SparkSession.setActiveSession(session);
        try {
            work.run();
        } finally {
            SparkSession.setActiveSession(before);
        }
    }
}
