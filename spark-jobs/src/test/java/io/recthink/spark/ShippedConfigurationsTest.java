package io.recthink.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.recthink.config.Configuration;
import io.recthink.generate.RolloutSettings;
import io.recthink.learn.Reduction;
import io.recthink.prompt.PromptSettings;
import io.recthink.prompt.ThinkMode;
import io.recthink.reward.RewardSettings;
import io.recthink.reward.RewardShape;
import io.recthink.spark.coldstart.InitModelSettings;
import io.recthink.spark.table.PredictSettings;
import io.recthink.spark.train.TrainSettings;
import io.recthink.teacher.TeacherSettings;
import io.recthink.teacher.TraceDetail;
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
        assertThat(paper.get(PromptSettings.class).think()).isEqualTo(ThinkMode.FOUR_STEPS);
        assertThat(paper.get(PromptSettings.class).meanFeatures()).isFalse();
        assertThat(paper.get(RewardSettings.class).shape()).isEqualTo(RewardShape.L1);
        assertThat(paper.get(RewardSettings.class).format()).isEqualTo(0.5);
        assertThat(paper.get(RewardSettings.class).maxError()).isEqualTo(4);
        assertThat(paper.get(RolloutSettings.class).temperature()).isEqualTo(1);
        assertThat(paper.get(TrainSettings.class).groupSize()).isEqualTo(8);
        assertThat(paper.get(TrainSettings.class).promptsPerStep()).isEqualTo(8);
        assertThat(paper.get(TrainSettings.class).steps()).isEqualTo(300);
        assertThat(paper.get(TrainSettings.class).reduction()).isEqualTo(Reduction.SEQUENCE_MEAN);
        assertThat(paper.get(TrainSettings.class).klCoefficient()).isZero();
        assertThat(paper.get(TrainSettings.class).optimizer().learningRate()).isEqualTo(2e-6);
    }

    /** Whatever the log: its prompts are cut to prompt.maxTokens, and a terse trace has at most 80 tokens. */
    @Test
    void theSmallModelHasRoomForEveryPromptAndItsAnswer() throws IOException {
        Configuration small = read(FOLDER.resolve("small.yaml"));
        assertThat(small.get(PromptSettings.class).maxTokens()
                        + small.get(RolloutSettings.class).maxTokens())
                .isLessThanOrEqualTo(small.get(InitModelSettings.class).maxPositions());
        assertThat(small.get(TeacherSettings.class).rule().detail()).isEqualTo(TraceDetail.TERSE);
        assertThat(small.get(RolloutSettings.class).maxTokens()).isGreaterThanOrEqualTo(80);
        assertThat(small.get(PredictSettings.class).policies()).containsOnlyKeys("warm-start", "grpo");
    }

    private static Configuration read(Path file) throws IOException {
        return JobSettings.SECTIONS.read(file.toString(), Files.readString(file), List.of());
    }
}
