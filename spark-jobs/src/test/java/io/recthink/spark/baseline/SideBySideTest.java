package io.recthink.spark.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recthink.InvalidInputException;
import io.recthink.spark.SparkTest;
import io.recthink.spark.baseline.SideBySide.Piece;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.spark.SparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class SideBySideTest {
    private static final SparkContext SPARK = SparkTest.spark().sparkContext();
    private static final String GROUP = "spark.jobGroup.id";

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void resultsAreInTheOrderOfThePieces() {
        CountDownLatch second = new CountDownLatch(1);
        List<String> results = SideBySide.run(
                SPARK,
                "order",
                2,
                List.of(
                        new Piece<>("first", () -> {
                            await(second); // they run at the same time
                            return "one";
                        }),
                        new Piece<>("second", () -> {
                            second.countDown();
                            return "two";
                        })));
        assertThat(results).containsExactly("one", "two");
    }

    @Test
    @Timeout(60)
    void theFirstFailureEndsTheOthers() {
        AtomicBoolean ended = new AtomicBoolean();
        CountDownLatch never = new CountDownLatch(1);
        assertThatThrownBy(() -> SideBySide.run(
                        SPARK,
                        "failure",
                        2,
                        List.of(
                                new Piece<>("waits", () -> {
                                    try {
                                        never.await();
                                    } catch (InterruptedException e) {
                                        ended.set(true);
                                    }
                                    return 1;
                                }),
                                new Piece<Integer>("fails", () -> {
                                    throw new InvalidInputException("no");
                                }))))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("no");
        assertThat(ended).isTrue();
    }

    @Test
    void theGroupOfANotebookStays() {
        List<Piece<String>> asks = List.of(new Piece<>("asks", () -> SPARK.getLocalProperty(GROUP)));
        assertThat(SideBySide.run(SPARK, "mine", 1, asks).get(0)).startsWith("recthink mine ");
        SPARK.setJobGroup("zeppelin-7", "a paragraph", false);
        try {
            assertThat(SideBySide.run(SPARK, "mine", 1, asks)).containsExactly("zeppelin-7");
        } finally {
            SPARK.clearJobGroup();
        }
    }
}
