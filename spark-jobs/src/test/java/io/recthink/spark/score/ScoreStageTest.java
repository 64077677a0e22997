package io.recthink.spark.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.recthink.config.Configuration;
import io.recthink.spark.JobSettings;
import io.recthink.spark.SparkTest;
import io.recthink.spark.table.PreparedData;
import io.recthink.spark.table.SplitLabel;
import io.recthink.spark.table.Tables;
import io.recthink.spark.train.TrainSettings;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;

class ScoreStageTest {
    private static final SparkSession SPARK = SparkTest.spark();
    private static final String OWN = "She praises the bronze strings for their warm tone but finds the pedal noisy";
    private static final PreparedData DATA = new PreparedData(
            "test",
            1,
            5,
            "",
            "",
            1,
            Map.of(),
            Map.of(),
            1.0,
            SplitLabel.globalTime(Instant.ofEpochSecond(1), Instant.ofEpochSecond(2)));

    @Test
    void aHollowTraceIsNotWellFormedAndItsRatingIsReadAllTheSame() {
        List<Row> rows = scored(
                configuration("prompt.think=free"),
                "<think>" + OWN + "</think><rate>4</rate>",
                "<think>good</think><rate>4</rate>",
                "<think>" + OWN + "\n...</think><rate>4</rate>",
                "<think>You predict how a user will rate a product, from 1 to 5. You receive the user's past purchases"
                        + "</think><rate>4</rate>");
        assertThat(rows).extracting(row -> row.<Boolean>getAs("formatOk")).containsExactly(true, false, false, false);
        assertThat(rows).extracting(row -> row.<Double>getAs("rating")).containsOnly(4.0);
        assertThat(rows).extracting(row -> row.<Double>getAs("rewardFormat")).containsExactly(0.5, -0.5, -0.5, -0.5);
        assertThat(rows).extracting(row -> row.<Double>getAs("rewardAnswer")).containsOnly(0.75);
    }

    @Test
    void gradedTagsCountTheWordsOfABlockAsOneTestMore() {
        List<Row> rows = scored(
                configuration("prompt.think=free", "reward.formatGrading=tags"),
                "<think>" + OWN + "</think><rate>4</rate>",
                "<think>good</think><rate>4</rate>",
                "<think>good</think>");
        // Of the eight tests the last fails tags, order, content, number and tail; one word of ten is a tenth of
        // one.
        double[] expected = {0.5, 0.5 * (2 * 7.1 / 8.0 - 1), 0.5 * (2 * 2.1 / 8.0 - 1)};
        for (int i = 0; i < expected.length; i++) {
            assertThat(rows.get(i).<Double>getAs("rewardFormat")).isCloseTo(expected[i], within(1e-12));
        }
    }

    @Test
    void withoutMinWordsTheFormIsAllThatCounts() {
        List<Row> rows = scored(
                configuration("prompt.think=free", "reward.minWords=0"),
                "<think>good</think><rate>4</rate>",
                "<think>...</think><rate>4</rate>");
        assertThat(rows).extracting(row -> row.<Boolean>getAs("formatOk")).containsOnly(true);
    }

    @Test
    void marksBelongToTheFormWhereTheRewardDemandsThem() {
        String marked =
                "<analyze user>(1) Harp [like] tone [dislike] price [pos] tone [neg] noise</analyze user><analyze item>Capo"
                        + " [like] firm [dislike] dear</analyze item><match>fits</match><rate>5</rate>";
        String[] texts = {marked, marked.replace("[neg]", ""), "<rate>5</rate>"};
        String layout = "prompt.layout=skeleton";
        assertThat(scored(configuration(layout, "reward.minWords=0", "reward.marks=true"), texts))
                .extracting(row -> row.<Boolean>getAs("formatOk"))
                .containsExactly(true, false, false);
        assertThat(scored(configuration(layout, "reward.minWords=0"), texts))
                .extracting(row -> row.<Boolean>getAs("formatOk"))
                .containsExactly(true, true, false);
    }

    @Test
    void anAdvantageIsDividedByTheDeviationUnlessScalingIsOff() {
        String[] texts = {"<rate>5</rate>", "<rate>4</rate>", "<rate>4</rate>", "<rate>1</rate>"};
        double[] rewards = {1.5, 1.25, 1.25, 0.5};
        double mean = 1.125;
        double deviation = Math.sqrt((2 * 0.125 * 0.125 + 0.375 * 0.375 + 0.625 * 0.625) / 3);
        List<Row> scaled = scored(configuration("prompt.think=none"), texts);
        List<Row> plain = scored(configuration("prompt.think=none", "train.scaleAdvantage=none"), texts);
        for (int i = 0; i < texts.length; i++) {
            assertThat(scaled.get(i).<Double>getAs("advantage"))
                    .isCloseTo((rewards[i] - mean) / (deviation + 1e-6), within(1e-9));
            assertThat(plain.get(i).<Double>getAs("advantage")).isCloseTo(rewards[i] - mean, within(1e-12));
            assertThat(plain.get(i).<Double>getAs("groupStd")).isCloseTo(deviation, within(1e-9));
        }
    }

    @Test
    void aDeadGroupHasNoAdvantageWhateverTheScale() {
        for (String scale : List.of("group", "none")) {
            List<Row> rows = scored(
                    configuration("prompt.think=none", "train.scaleAdvantage=" + scale),
                    "<rate>5</rate>",
                    "<rate>5</rate>");
            assertThat(rows).extracting(row -> row.<Double>getAs("advantage")).containsOnly(0.0);
            assertThat(rows).extracting(row -> row.<Boolean>getAs("dead")).containsOnly(true);
        }
    }

    /** The completions as one group of a row whose truth is 5, scored. */
    private static List<Row> scored(Configuration configuration, String... texts) {
        List<Row> rollouts = new ArrayList<>();
        for (int sample = 0; sample < texts.length; sample++) {
            rollouts.add(RowFactory.create(
                    1,
                    "row",
                    sample,
                    0,
                    "sha256",
                    7L,
                    new int[] {1},
                    new int[] {2},
                    new float[] {-1},
                    texts[sample],
                    "stop",
                    5.0));
        }
        return new ScoreStage(
                        configuration, configuration.get(TrainSettings.class).scaleAdvantage(), DATA, "")
                .score(SPARK.createDataFrame(rollouts, Tables.ROLLOUTS))
                .orderBy("sample")
                .collectAsList();
    }

    private static Configuration configuration(String... settings) {
        return JobSettings.SECTIONS.read("test", "", List.of(settings));
    }
}
