package io.recthink.spark.baseline.review;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recthink.InvalidInputException;
import io.recthink.review.ReviewNetwork;
import io.recthink.spark.JobSettings;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReviewMemoryTest {
    private static final long GIB = 1L << 30;
    private static final ReviewSettings SETTINGS =
            JobSettings.SECTIONS.read("test", "", List.of()).get(ReviewSettings.class);
    private static final NetworkSettings DEEPCONN = SETTINGS.deepconn();

    /** 50,000 words of 300 numbers for users and for items: 30 million values. */
    private static ReviewNetwork network(int wordDimension) {
        return DEEPCONN.network(
                DEEPCONN.settings().get(0),
                new Reading(1000, 1000, 50_002, wordDimension, 100, new ReviewLimits(10, 10, 100)));
    }

    @Test
    void whatFitsIsAllowed() {
        assertThatCode(() -> ReviewMemory.require(
                        new ReviewMemory.Room(2 * GIB, 2 * GIB, 1, GIB, 0), DEEPCONN, network(300), GIB / 2, 0))
                .doesNotThrowAnyException();
    }

    @Test
    void aNetworkThatDoesNotFitIsRefusedWithTheSettingsToLower() {
        assertThatThrownBy(() -> ReviewMemory.require(
                        new ReviewMemory.Room(2 * GIB, 2 * GIB, 4, GIB, 0), DEEPCONN, network(300), GIB / 2, 0))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageMatching(
                        "DeepCoNN needs 2,\\d+ MiB outside of the Java heap for 4 trainings at a time on an executor: 30,1\\d\\d,\\d{3} values \\(50,002 words of review.wordDimension 300, review.filters 100\\) and batches of review.deepconn.batch 128; 2,048 MiB are there. Lower these settings or review.vocabulary.words, start with fewer --executor-cores, or \\(YARN, Kubernetes\\) raise spark.executor.memoryOverhead");
        assertThatCode(() -> ReviewMemory.require(
                        new ReviewMemory.Room(2 * GIB, 2 * GIB, 4, GIB, 0), DEEPCONN, network(50), GIB / 2, 0))
                .doesNotThrowAnyException();
    }

    @Test
    void reviewsThatDoNotFitAreRefused() {
        assertThatThrownBy(() -> ReviewMemory.require(
                        new ReviewMemory.Room(2 * GIB, 4 * GIB, 1, GIB, 0), DEEPCONN, network(300), 3 * GIB / 2, 0))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("MiB of Java heap on an executor: 1,536 for the train reviews")
                .hasMessageEndingWith(
                        "2,048 MiB are there. Start with a larger --executor-memory (with a local master: --driver-memory)");
    }

    @Test
    void theDriverMustHoldTheNetworksThatSeveralTasksTrain() {
        assertThatCode(() -> ReviewMemory.require(room(4 * GIB, GIB), DEEPCONN, network(300), GIB / 2, 1))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> ReviewMemory.require(room(4 * GIB, GIB), DEEPCONN, network(300), GIB / 2, 3))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageMatching(
                        "DeepCoNN needs 4,\\d+ MiB of Java heap on the driver for 3 trainings at a time: .*; 4,096 MiB are there. Start with a larger --driver-memory, or raise review.tasks");
        assertThatThrownBy(() -> ReviewMemory.require(room(4 * GIB, GIB / 4), DEEPCONN, network(300), GIB / 2, 1))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageMatching(
                        "DeepCoNN sends 34\\d MiB to the driver after a round: .*; spark.driver.maxResultSize allows 256 MiB. Raise it");
        assertThatThrownBy(() -> ReviewMemory.require(
                        new ReviewMemory.Room(1000 * GIB, 1000 * GIB, 1, 1000 * GIB, 0),
                        DEEPCONN,
                        network(8000),
                        GIB,
                        1))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("a network that several tasks train may have 715,827,882");
    }

    private static ReviewMemory.Room room(long driver, long result) {
        return new ReviewMemory.Room(4 * GIB, 4 * GIB, 1, driver, result);
    }
}
