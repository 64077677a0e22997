package io.recthink.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.recthink.config.Configuration.Reduction;
import io.recthink.config.Configuration.RewardShape;
import io.recthink.config.Configuration.ThinkMode;
import io.recthink.config.Configuration.TraceDetail;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The configurations that the project ships. */
class ShippedConfigurationsTest {
    private static final Path FOLDER = Path.of("..", "conf");

    static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void eachIsAccepted(Path file) {
        assertThatCode(() -> read(file)).doesNotThrowAnyException();
    }

    /** The values that the RecZero paper states, and the reading of its batch size as prompts of a step. */
    @Test
    void thePublishedSettingsAreThoseOfThePaper() throws IOException {
        Configuration paper = read(FOLDER.resolve("paper.yaml"));
        assertThat(paper.prompt().think()).isEqualTo(ThinkMode.FOUR_STEPS);
        assertThat(paper.prompt().meanFeatures()).isFalse();
        assertThat(paper.reward().shape()).isEqualTo(RewardShape.L1);
        assertThat(paper.reward().format()).isEqualTo(0.5);
        assertThat(paper.reward().maxError()).isEqualTo(4);
        assertThat(paper.rollout().temperature()).isEqualTo(1);
        assertThat(paper.train().groupSize()).isEqualTo(8);
        assertThat(paper.train().promptsPerStep()).isEqualTo(8);
        assertThat(paper.train().steps()).isEqualTo(300);
        assertThat(paper.train().reduction()).isEqualTo(Reduction.SEQUENCE_MEAN);
        assertThat(paper.train().klCoefficient()).isZero();
        assertThat(paper.train().optimizer().learningRate()).isEqualTo(2e-6);
    }

    /** Whatever the log: its prompts are cut to prompt.maxTokens, and a terse trace has at most 80 tokens. */
    @Test
    void theSmallModelHasRoomForEveryPromptAndItsAnswer() throws IOException {
        Configuration small = read(FOLDER.resolve("small.yaml"));
        assertThat(small.prompt().maxTokens() + small.rollout().maxTokens())
                .isLessThanOrEqualTo(small.initModel().maxPositions());
        assertThat(small.coldStart().detail()).isEqualTo(TraceDetail.TERSE);
        assertThat(small.rollout().maxTokens()).isGreaterThanOrEqualTo(80);
        assertThat(small.predict().policies()).containsOnlyKeys("warm-start", "grpo");
    }

    private static Configuration read(Path file) throws IOException {
        return ConfigurationReader.read(file.toString(), Files.readString(file), List.of());
    }
}
