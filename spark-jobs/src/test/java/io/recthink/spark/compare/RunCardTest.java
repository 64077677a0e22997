package io.recthink.spark.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.recthink.config.Configuration;
import io.recthink.spark.JobSettings;
import io.recthink.spark.SparkTest;
import io.recthink.spark.evaluate.EvaluationRequest;
import io.recthink.spark.table.ExampleRows;
import io.recthink.spark.table.PolicyOrigin;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunCardTest {
    @TempDir
    Path root;

    @Test
    void trainingsHaveTheirOwnConfigurationAndCompareSaysNothingOfThem() throws IOException {
        new ExampleRows().add("a", "train", "u", "i", 4).write(root.resolve("data"));
        Configuration comparing = JobSettings.SECTIONS.read(
                "test", "", List.of("paths.root=" + root, "train.groupSize=77", "compare.resamples=123"));
        PolicyOrigin trained = new PolicyOrigin(
                "grpo",
                "p",
                "aa",
                null,
                new PolicyOrigin.Training("/runs/1", "train", 40, false, "train:\n  groupSize: 5\n"));
        String json = RunCard.of(
                        SparkTest.spark(),
                        comparing,
                        EvaluationRequest.of(comparing),
                        List.of(trained, new PolicyOrigin("x", "y", "z", null, null)),
                        List.of("DeepCoNN: random word vectors"))
                .json();
        assertThat(json)
                .contains(
                        "groupSize: 5",
                        "resamples: 123",
                        "\"step\" : 40",
                        "\"notes\" : [ \"DeepCoNN: random word vectors\" ]")
                .doesNotContain("groupSize: 77", "\"x\"");
    }
}
