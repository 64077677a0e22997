package io.recthink.spark.baseline.mf;

import static org.assertj.core.api.Assertions.assertThat;

import io.recthink.spark.JobSettings;
import java.util.List;
import org.junit.jupiter.api.Test;

class SettingsTest {
    private final MfSettings mf = JobSettings.SECTIONS
            .read(
                    "test",
                    "",
                    List.of(
                            "mf.factors=[8, 16, 32]",
                            "mf.learningRates=[0.005, 0.01]",
                            "mf.factorPenalties=[0.02, 0.05, 0.1, 0.2]",
                            "mf.biasPenalties=[0.005, 0.02, 0.1]",
                            "mf.maxEpochs=100",
                            "mf.maxUpdates=1.0e9",
                            "mf.minSettings=4"))
            .get(MfSettings.class);

    @Test
    void aSmallLogAffordsEveryCombinationOnce() {
        assertThat(Settings.of(mf, 1000, 1)).hasSize(3 * 2 * 4 * 3).doesNotHaveDuplicates();
    }

    @Test
    void alsTriesItsPenaltiesAtTheFirstRankAndTheOtherRanksWithTheBest() {
        assertThat(Settings.ofAls(mf, 1000, 1))
                .containsExactlyInAnyOrder(
                        new AlsSetting(8, 0.05),
                        new AlsSetting(8, 0.1),
                        new AlsSetting(8, 0.2),
                        new AlsSetting(8, 0.5));
        assertThat(Settings.otherRanks(mf, new AlsSetting(8, 0.2))).containsExactly(new AlsSetting(16, 0.2));
    }

    @Test
    void theMiddleIsAlwaysTriedFirst() {
        for (long ratings : new long[] {1000, 1_000_000_000}) {
            assertThat(Settings.of(mf, ratings, 7)).first().isEqualTo(new Setting(16, 0.005, 0.05, 0.02));
        }
    }

    @Test
    void aLargeLogAffordsFewerButNeverLessThanTheMinimum() {
        assertThat(Settings.of(mf, 1_000_000, 1)).hasSize(10);
        assertThat(Settings.of(mf, 50_000_000, 1)).hasSize(4);
    }

    @Test
    void theDrawDependsOnTheSeedAndTheFewAreAmongTheMany() {
        assertThat(Settings.of(mf, 1_000_000, 1)).isEqualTo(Settings.of(mf, 1_000_000, 1));
        assertThat(Settings.of(mf, 1_000_000, 2)).isNotEqualTo(Settings.of(mf, 1_000_000, 1));
        assertThat(Settings.of(mf, 1_000_000, 1))
                .startsWith(Settings.of(mf, 50_000_000, 1).toArray(Setting[]::new));
    }
}
