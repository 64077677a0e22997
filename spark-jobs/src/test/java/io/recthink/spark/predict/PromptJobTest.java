package io.recthink.spark.predict;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.recthink.InvalidInputException;
import io.recthink.spark.SparkTest;
import io.recthink.spark.table.RowId;
import io.recthink.spark.train.TinyWorld;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PromptJobTest {
    private static final SparkSession SPARK = SparkTest.spark();

    @TempDir
    private static Path root;

    private static TinyWorld world;

    private final List<String> prompts = new ArrayList<>();
    private final List<String> counts = new ArrayList<>();

    @BeforeAll
    static void create() {
        world = TinyWorld.create(SPARK, root);
    }

    @Test
    void thePromptStandsInTheModelsChatTemplate() {
        show(Optional.of(row(7)));
        assertThat(prompts)
                .containsExactly(
                        "<|im_start|>systemRate.<|im_end|><|im_start|>userTune 2 3.0\nSong 7<|im_end|><|im_start|>assistant");
        assertThat(counts)
                .containsExactly(
                        "row %s: 15 tokens of at most 200 (prompt.maxTokens); 0 of 1 past purchases are left out; the target's texts are whole"
                                .formatted(row(7)));
    }

    @Test
    void saysWhatWasLeftOut() {
        show(Optional.of(row(7)), "prompt.maxTokens=13");
        assertThat(prompts.get(0)).contains("user(none)\nSong 7<");
        assertThat(counts.get(0)).contains("of at most 13 (prompt.maxTokens); 1 of 1 past purchases are left out;");
        show(
                Optional.of(row(7)),
                "prompt.maxTokens=14",
                "prompt.user='{history} 1 1 1 {target_item}'",
                "prompt.targetItem='{title} {categories}'");
        assertThat(counts.get(1)).contains("the target's texts are cut to 1.6 %");
    }

    @Test
    void withoutARowItIsTheFirstOfTheTrainRowsToLearnFrom() throws IOException {
        List<String> ids =
                IntStream.range(0, 24).mapToObj(PromptJobTest::row).sorted().toList();
        SPARK.read()
                .parquet(root + "/data/examples")
                .withColumn("pool", when(col("rowId").notEqual(ids.get(0)), col("pool")))
                .write()
                .parquet(root + "/other/examples");
        ObjectNode data = (ObjectNode)
                new ObjectMapper().readTree(root.resolve("data/data.json").toFile());
        Files.writeString(
                root.resolve("other/data.json"), data.without("tables").toString());
        show(Optional.empty(), "paths.data=other");
        assertThat(counts.get(0)).startsWith("row " + ids.get(1) + ": ");
    }

    @Test
    void withoutAModelItIsTheMessages() {
        show(Optional.of(row(7)), "paths.model=nowhere");
        assertThat(prompts).containsExactly("[system]\nRate.\n\n[user]\nTune 2 3.0\nSong 7");
        assertThat(counts.get(0)).contains("40 characters;").contains(root + "/nowhere contains no model");
    }

    @Test
    void anotherPolicyCanBeNamed() {
        new PromptJob(Optional.of("model"), Optional.of(row(7)), prompts::add, counts::add)
                .run(SPARK, world.configuration("paths.model=nowhere"));
        assertThat(prompts.get(0)).startsWith("<|im_start|>system");
        assertThatThrownBy(() -> new PromptJob(Optional.of("nowhere"), Optional.empty(), prompts::add, counts::add)
                        .run(SPARK, world.configuration()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("--policy: " + root + "/nowhere is neither");
    }

    @Test
    void anUnknownRowIsRefused() {
        assertThatThrownBy(() -> show(Optional.of("abc")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("--row: " + root + "/data has no row abc;")
                .hasMessageNotContaining("\n");
    }

    private void show(Optional<String> row, String... settings) {
        new PromptJob(Optional.empty(), row, prompts::add, counts::add).run(SPARK, world.configuration(settings));
    }

    private static String row(int number) {
        return RowId.of("tiny", "user-" + number, "item-" + number, 1_000_000 + number);
    }
}
