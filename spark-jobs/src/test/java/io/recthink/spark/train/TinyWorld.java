package io.recthink.spark.train;

import io.recthink.config.Configuration;
import io.recthink.model.ModelConfig;
import io.recthink.model.ModelInitializer;
import io.recthink.spark.JobSettings;
import io.recthink.spark.files.ListedTable;
import io.recthink.spark.files.TableFiles;
import io.recthink.spark.table.PreparedData;
import io.recthink.spark.table.RowId;
import io.recthink.spark.table.SplitLabel;
import io.recthink.spark.table.Tables;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;

/**
 * A folder with everything that a run needs: a prepared data set of a few rows, traces for the data set, and a tiny
 * random model. With its settings the model's random completions earn different rewards.
 */
public final class TinyWorld {
    /**
     * The model's vocabulary, so small that about one of a few thousand random completions is an answer in the grammar.
     */
    private static final List<String> WORDS =
            List.of("<pad>", "<|im_start|>", "<|im_end|>", "<unk>", "<rate>", "</rate>", "1", "2", "3", "4", "5");

    private static final String TOKENIZER =
            """
            {"version": "1.0", "truncation": null, "padding": null, "normalizer": null, "post_processor": null,
             "decoder": null,
             "added_tokens": [%s],
             "pre_tokenizer": {"type": "Split", "behavior": "Isolated", "invert": false,
               "pattern": {"Regex": "</?rate>|[0-9]|[^<0-9]+|<"}},
             "model": {"type": "WordLevel", "unk_token": "<unk>", "vocab": {%s}}}
            """;
    private static final String TEMPLATE =
            "{% for m in messages %}<|im_start|>{{ m['role'] }}{{ m['content'] }}<|im_end|>{% endfor %}"
                    + "{% if add_generation_prompt %}<|im_start|>assistant{% endif %}";
    private static final String SETTINGS =
            """
            prompt:
              think: none
              maxTokens: 200
              historyItems: 2
              system: "Rate."
              user: "{history}\\n{target_item}"
              historyItem: "{title} {rating}"
              targetItem: "{title}"
            reward:
              formatGrading: tags
            rollout:
              maxTokens: 8
              microBatch: 2
            train:
              start: model
              steps: 3
              promptsPerStep: 4
              groupSize: 4
              optimizer:
                learningRate: 1.0e-3
              guards:
                startCompletions: 0
                maxLengthGrowth: 100.0
            sft:
              steps: 6
              batchSize: 4
              microBatch: 2
              saveEvery: 2
            validation:
              every: 0
              maxFailed: 1.0
            """;

    private final Path root;

    private TinyWorld(Path root) {
        this.root = root;
    }

    /** Creates the world below a folder. */
    public static TinyWorld create(SparkSession spark, Path root) {
        TinyWorld world = new TinyWorld(root);
        world.writeModel(1);
        world.writeData(spark, 24);
        return world;
    }

    public Path root() {
        return root;
    }

    /** Copies a folder with its contents, and returns the copy. */
    static Path copy(Path source, Path target) throws IOException {
        try (Stream<Path> files = Files.walk(source)) {
            for (Path file : files.toList()) {
                Path copied = target.resolve(source.relativize(file).toString());
                Files.createDirectories(copied.getParent());
                Files.copy(file, copied);
            }
        }
        return target;
    }

    /** Returns the run folder of {@code train}. */
    public Path run() {
        return root.resolve("run");
    }

    /** Returns the world's configuration with some changed settings. */
    public Configuration configuration(String... settings) {
        List<String> all = new ArrayList<>(List.of("paths.root=" + root));
        all.addAll(List.of(settings));
        return JobSettings.SECTIONS.read("tiny", SETTINGS, all);
    }

    /** Returns the text of the world's configuration file. */
    public String yaml() {
        return SETTINGS + "paths:\n  root: " + root + "\n";
    }

    /** Writes a random model; another seed gives other weights. */
    public void writeModel(long seed) {
        Path folder = root.resolve("model");
        ModelConfig config = new ModelConfig(
                ModelConfig.Family.LLAMA,
                WORDS.size(),
                16,
                32,
                2,
                2,
                1,
                8,
                1e-6,
                10000,
                Optional.empty(),
                256,
                true,
                false,
                false,
                List.of(2));
        ModelInitializer.write(folder, config, seed, 0.15);
        String special = IntStream.range(0, 3).mapToObj(TinyWorld::special).collect(Collectors.joining(", "));
        String vocabulary = IntStream.range(0, WORDS.size())
                .mapToObj(i -> "\"%s\": %d".formatted(WORDS.get(i), i))
                .collect(Collectors.joining(", "));
        write(folder.resolve("tokenizer.json"), TOKENIZER.formatted(special, vocabulary));
        write(folder.resolve("chat_template.jinja"), TEMPLATE);
    }

    /** Copies the model into a folder beside it. */
    public Path copyModel(String name) throws IOException {
        return copy(root.resolve("model"), root.resolve(name));
    }

    private static String special(int token) {
        return "{\"id\": %d, \"content\": \"%s\", \"single_word\": false, \"lstrip\": false, \"rstrip\": false, \"normalized\": false, \"special\": true}"
                .formatted(token, WORDS.get(token));
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void writeData(SparkSession spark, int trainRows) {
        List<Row> examples = IntStream.range(0, trainRows + 6)
                .mapToObj(i -> example(i, i < trainRows ? "train" : "validation"))
                .toList();
        String data = root.resolve("data").toString();
        spark.createDataFrame(examples, Tables.EXAMPLES).coalesce(2).write().parquet(data + "/examples");
        List<Row> traces = examples.subList(0, trainRows).stream()
                .map(row -> RowFactory.create(
                        row.getString(0), "<rate>" + row.getDouble(4) + "</rate>", row.getDouble(4), "rule", "aligned"))
                .toList();
        ListedTable.write(
                spark.createDataFrame(traces, Tables.TRACES).coalesce(2),
                "paths.traces",
                root.resolve("traces").toString());
        try {
            new PreparedData(
                            "tiny",
                            1,
                            5,
                            "data-sha256",
                            "rows-sha256",
                            examples.size(),
                            Map.of("train", (long) trainRows, "validation", 6L),
                            Map.of("rl", (long) trainRows),
                            1.0,
                            SplitLabel.globalTime(Instant.ofEpochSecond(1), Instant.ofEpochSecond(2)),
                            Map.of("examples", TableFiles.of(spark, data + "/examples")))
                    .write(spark, data);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Row example(int i, String split) {
        Timestamp time = Timestamp.from(java.time.Instant.ofEpochSecond(1_000_000 + i));
        Row target = RowFactory.create("Song " + i, new String[] {"music"}, "Label", null, null);
        Row history = RowFactory.create(
                "item-0",
                "Tune " + i % 5,
                Timestamp.from(java.time.Instant.ofEpochSecond(i)),
                1.0 + i % 5,
                "nice",
                "so nice");
        return RowFactory.create(
                RowId.of("tiny", "user-" + i, "item-" + i, 1_000_000 + i),
                "user-" + i,
                "item-" + i,
                time,
                1.0 + i % 5,
                split,
                split.equals("train") ? "rl" : null,
                target,
                new Row[] {history},
                new Row[] {},
                3.5,
                null,
                1L,
                0L,
                true,
                false);
    }
}
