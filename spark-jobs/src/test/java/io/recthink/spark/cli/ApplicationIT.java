package io.recthink.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recthink.spark.distribution.Recthink;
import io.recthink.spark.distribution.Recthink.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged application as a user starts it: {@code bin/recthink}, Spark's own SparkSubmit, the shaded jar. */
class ApplicationIT {
    @TempDir
    private Path folder;

    @Test
    void namesItsVersion() throws Exception {
        Result result = recthink("--version");
        assertThat(result.status()).as(result.errors()).isZero();
        assertThat(result.output()).startsWith("recthink ");
    }

    @Test
    void aModelAnswersThroughItsChatTemplate() throws Exception {
        Result result = recthink(
                "generate",
                "--model=" + Recthink.HOME.resolve("conf/quickstart-policy"),
                "--prompt=5 great sound. target sound",
                "--max-tokens=6",
                "--temperature=0",
                "--json");
        assertThat(result.status()).as(result.errors()).isZero();
        JsonNode answer = new ObjectMapper().readTree(result.output());
        assertThat(answer.path("promptTokens").size()).isGreaterThan(5);
        assertThat(answer.path("tokens").size())
                .isBetween(1, 6)
                .isEqualTo(answer.path("logprobs").size());
        assertThat(answer.path("text").asText()).startsWith("<analyze user>");
    }

    @Test
    void whatCannotBeUsedIsNamedInOneMessage() throws Exception {
        Result missing = recthink("prepare", "--config=" + folder.resolve("none.yaml"));
        assertThat(missing.status()).isEqualTo(2);
        assertThat(missing.errors()).contains("none.yaml").doesNotContain("\tat ");

        Path file = Files.writeString(folder.resolve("wrong.yaml"), "train: {groupsize: 8}");
        Result unknown = recthink("prepare", "--config=" + file);
        assertThat(unknown.status()).isEqualTo(2);
        assertThat(unknown.errors()).contains("groupsize").doesNotContain("\tat ");
    }

    private Result recthink(String... arguments) throws IOException, InterruptedException {
        return new Recthink(folder, Map.of()).run(List.of(arguments));
    }
}
