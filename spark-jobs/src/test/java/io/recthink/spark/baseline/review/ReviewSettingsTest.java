package io.recthink.spark.baseline.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recthink.config.ConfigurationException;
import io.recthink.review.BatchReader;
import io.recthink.review.DAML;
import io.recthink.review.DeepCoNN;
import io.recthink.review.NARRE;
import io.recthink.review.RatingLoss;
import io.recthink.spark.JobSettings;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReviewSettingsTest {
    private static final Reading READING = new Reading(7, 8, 9, 10, 11, new ReviewLimits(4, 6, 50));

    private static ReviewSettings settings(String... settings) {
        return JobSettings.SECTIONS.read("my.yaml", "", List.of(settings)).get(ReviewSettings.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "review.systems=[deepcon] | review.systems must be one of [deepconn, narre, daml] (was deepcon)",
                "review.systems=[] | review.systems must be a list of at least one value (was empty)",
                "review.systems=[narre, narre] | review.systems must be a list without repetition (was [narre, narre])",
                "review.readouts=[mean] | review.readouts must be one of [expectation, median] (was mean)",
                "review.medianLoss=l2 | review.medianLoss must be l1 or huber (was l2)",
                "review.huberDelta=0 | review.huberDelta must be positive (was 0.0)",
                "review.seeds=[] | review.seeds must be a list of at least one number (was empty)",
                "review.seeds=[1, 1] | review.seeds must be a list without repetition (was [1, 1])",
                "review.vocabulary.maxUserShare=1.5 | review.vocabulary.maxUserShare must be between 0.0 and 1.0 (was 1.5)",
                "review.vectors.source=file | review.vectors.path must be a file with word vectors (was empty)",
                "review.tasks=0 | review.tasks must be between 1.0 and 1000.0 (was 0.0)",
                "review.deepconn.tokens=2 | review.deepconn.tokens must be at least 3 (was 2)",
                "review.narre.dropouts=[1.0] | review.narre.dropouts must be at least 0 and below 1 (was 1.0)",
                "review.daml.weightDecays=[-1.0] | review.daml.weightDecays must be at least 0 (was -1.0)"
            })
    void valuesThatNoTrainingCanHaveAreRefused(String setting, String message) {
        assertThatThrownBy(() -> settings(setting))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(message);
    }

    @Test
    void theFirstSettingIsTheFirstOfAllListsAndTheOthersAreDrawnBySeed() {
        ReviewSettings settings = settings("review.maxSettings=5");
        for (NetworkSettings network : settings.chosen()) {
            List<Setting> candidates = ReviewSystem.candidates(network, settings, 3);
            assertThat(candidates).hasSize(5).doesNotHaveDuplicates();
            assertThat(network.settings()).containsAll(candidates);
            assertThat(candidates.get(0)).isEqualTo(network.settings().get(0));
            assertThat(ReviewSystem.candidates(network, settings, 3)).isEqualTo(candidates);
            assertThat(Stream.of(4, 5, 6).map(seed -> ReviewSystem.candidates(network, settings, seed)))
                    .anyMatch(others -> !others.equals(candidates));
        }
        assertThat(settings.deepconn().settings().get(0)).isEqualTo(new Setting(32, 2e-3, 0.5, 0.0, null));
        assertThat(settings.narre().settings().get(0)).isEqualTo(new Setting(32, 2e-3, 0.5, null, 1e-3));
        assertThat(settings.daml().settings().get(0)).isEqualTo(new Setting(32, 1e-3, 0.5, 1e-4, null));
    }

    @Test
    void lossesFollowTheReadout() {
        assertThat(settings().loss("expectation")).isEqualTo(RatingLoss.L2);
        assertThat(settings().loss("median")).isEqualTo(RatingLoss.L1);
        ReviewSettings huber = settings("review.medianLoss=huber", "review.huberDelta=0.5");
        assertThat(huber.loss("median")).isEqualTo(RatingLoss.huber(0.5));
        assertThat(huber.loss("expectation")).isEqualTo(RatingLoss.L2);
    }

    @Test
    void variantsAreSettings() {
        ReviewSettings variants = settings(
                "review.deepconn.idBias=true",
                "review.narre.maskPadding=false",
                "review.daml.head=lfm",
                "review.daml.idBias=true");
        Setting setting = new Setting(5, 1e-3, 0.5, 0.0, 0.0);
        assertThat(variants.deepconn().network(setting, READING)).isInstanceOfSatisfying(DeepCoNN.class, network -> {
            assertThat(network.idBias()).isTrue();
            assertThat(network.sizes().tokens()).isEqualTo(500);
            assertThat(network.sizes().latent()).isEqualTo(5);
            assertThat(network.sizes().vocabulary()).isEqualTo(9);
        });
        assertThat(variants.narre().network(setting, READING)).isInstanceOfSatisfying(NARRE.class, network -> {
            assertThat(network.maskPadding()).isFalse();
            assertThat(network.reviews()).isEqualTo(6);
            assertThat(network.sizes().tokens()).isEqualTo(50);
        });
        assertThat(variants.daml().network(setting, READING)).isInstanceOfSatisfying(DAML.class, network -> {
            assertThat(network.head()).isEqualTo(DAML.Head.LFM);
            assertThat(network.idBias()).isTrue();
        });
        assertThat(variants.narre().form(READING.limits(), true)).isEqualTo(new BatchReader.Form(50, 4, 6, true));
        assertThat(variants.daml().form(READING.limits(), false)).isEqualTo(new BatchReader.Form(500, 0, 0, false));
    }
}
