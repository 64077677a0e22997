package io.recthink.spark.coldstart;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;

import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.config.Paths;
import io.recthink.generate.RolloutSettings;
import io.recthink.model.ChatTemplate.Message;
import io.recthink.model.ModelConfig;
import io.recthink.model.ModelConfig.Family;
import io.recthink.model.ModelInitializer;
import io.recthink.model.ParameterLayout;
import io.recthink.model.WordTokenizer;
import io.recthink.prompt.Block;
import io.recthink.prompt.PromptSettings;
import io.recthink.prompt.PromptTemplate;
import io.recthink.spark.Activity;
import io.recthink.spark.Job;
import io.recthink.spark.JobSession;
import io.recthink.spark.completion.ContextRoom;
import io.recthink.spark.files.ListedTable;
import io.recthink.spark.files.LiteralPath;
import io.recthink.spark.files.OutputFolders;
import io.recthink.spark.table.Examples;
import io.recthink.spark.table.PreparedData;
import io.recthink.spark.table.Tables;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The job {@code init-model}: creates a small random model for training from scratch; a pretrained model does not need
 * it. The model has a tokenizer of the words in the train prompts and the traces, and a Llama with a tied head. The job
 * reads the sections {@code initModel} and {@code prompt}, {@code rollout.maxTokens}, {@code seed}, the data set in
 * {@code paths.data} and the traces in {@code paths.traces}. It writes a Hugging Face folder to {@code paths.model}.
 */
public final class InitModelJob implements Job {
    private static final List<String> MARKS = List.of("[like]", "[dislike]", "[pos]", "[neg]");

    @Override
    public void execute(SparkSession spark, Configuration configuration) {
        Paths paths = configuration.paths();
        String data = paths.resolve(paths.data());
        String output = paths.resolve(paths.model());
        org.apache.hadoop.conf.Configuration hadoop = spark.sparkContext().hadoopConfiguration();
        try (OutputFolders folder = OutputFolders.take(hadoop, "paths.model", output)) {
            write(spark, configuration, data, output);
            folder.complete();
        }
    }

    private static void write(SparkSession spark, Configuration configuration, String data, String output) {
        Paths paths = configuration.paths();
        JobSession.fitPartitions(spark, data);
        PreparedData prepared = PreparedData.read(spark, data);
        Dataset<Row> train =
                PreparedData.examples(spark, data).where(col("split").equalTo("train"));
        Dataset<String> traces = traces(spark, paths.resolve(paths.traces()));
        refuseShortContext(configuration, longest(traces));
        Dataset<String> texts = prompts(
                        train, configuration.get(PromptSettings.class), prepared.minRating(), prepared.maxRating())
                .union(traces);

        Activity.begin(spark, "init-model", "init-model: vocabulary");
        List<String> words =
                vocabulary(texts, configuration.get(InitModelSettings.class).maxVocabulary());
        ModelConfig config = write(spark, configuration, words, output);
        System.out.printf(
                "model of %d parameters with %d tokens: %s%n",
                ParameterLayout.of(config).size(), config.vocabularySize(), output);
    }

    /** Refuses a context that {@code sft} and {@code train} would refuse for the new model. */
    private static void refuseShortContext(Configuration configuration, int longestTrace) {
        int positions = configuration.get(InitModelSettings.class).maxPositions();
        int prompt = configuration.get(PromptSettings.class).maxTokens();
        int rollout = configuration.get(RolloutSettings.class).maxTokens();
        int completion = Math.max(rollout, longestTrace);
        if (new ContextRoom(positions).holds(prompt, completion)) {
            return;
        }
        String trace = longestTrace > rollout ? " (the longest trace has %d tokens)".formatted(longestTrace) : "";
        String shorter = completion < positions
                ? "prompt.maxTokens=%d or less".formatted(positions - completion)
                : "lower prompt.maxTokens and rollout.maxTokens";
        throw new InvalidInputException(
                "initModel.maxPositions %d is too small for prompt.maxTokens %d + rollout.maxTokens %d%s: sft and train would refuse the model. Set initModel.maxPositions=%d or more, or %s."
                        .formatted(positions, prompt, rollout, trace, (long) prompt + completion, shorter));
    }

    /** The maximum number of tokens of the longest trace: words, markers and the end token. */
    private static int longest(Dataset<String> traces) {
        return traces.toJavaRDD().map(trace -> tokenizer().tokens(trace) + 1).fold(0, Math::max);
    }

    /** The most frequent words, at most {@code size}; words with equal frequency are in alphabetical order. */
    static List<String> vocabulary(Dataset<String> texts, int size) {
        return texts.flatMap(
                        (FlatMapFunction<String, String>)
                                text -> tokenizer().words(text).iterator(),
                        Encoders.STRING())
                .toDF("word")
                .groupBy("word")
                .agg(count("*").as("occurrences"))
                .orderBy(col("occurrences").desc(), col("word"))
                .limit(size)
                .select("word")
                .as(Encoders.STRING())
                .collectAsList();
    }

    private static WordTokenizer tokenizer() {
        List<String> markers = new ArrayList<>();
        for (Block block : Block.values()) {
            markers.add(block.open());
            markers.add(block.close());
        }
        markers.addAll(MARKS);
        return new WordTokenizer(markers);
    }

    private static Dataset<String> prompts(Dataset<Row> examples, PromptSettings prompt, double min, double max) {
        return examples.mapPartitions(
                (MapPartitionsFunction<Row, String>) rows -> prompts(rows, new PromptTemplate(prompt, min, max)),
                Encoders.STRING());
    }

    private static Iterator<String> prompts(Iterator<Row> rows, PromptTemplate template) {
        Iterable<Row> iterable = () -> rows;
        return StreamSupport.stream(iterable.spliterator(), false)
                .flatMap(row -> template.messages(Examples.input(row)).stream())
                .map(Message::content)
                .iterator();
    }

    private static Dataset<String> traces(SparkSession spark, String folder) {
        ListedTable.folders("paths.traces", folder, spark.sparkContext().hadoopConfiguration())
                .forEach(found -> OutputFolders.requireComplete(
                        spark.sparkContext().hadoopConfiguration(), "paths.traces", found));
        ListedTable.requireAllWhole(spark, "paths.traces", folder);
        try {
            return spark.read()
                    .schema(Tables.TRACES)
                    .parquet(LiteralPath.unlessPattern(spark, folder))
                    .select("completion")
                    .as(Encoders.STRING());
        } catch (Exception e) {
            if (e instanceof AnalysisException) {
                throw new InvalidInputException(
                        "paths.traces: %s contains no traces; run `recthink cold-start` first".formatted(folder), e);
            }
            throw e;
        }
    }

    private static ModelConfig write(
            SparkSession spark, Configuration configuration, List<String> words, String output) {
        WordTokenizer tokenizer = tokenizer();
        ModelConfig config = config(configuration.get(InitModelSettings.class), tokenizer, words);
        try {
            java.nio.file.Path folder = Files.createTempDirectory("recthink-model");
            try {
                tokenizer.write(folder, words);
                ModelInitializer.write(
                        folder,
                        config,
                        configuration.seed(),
                        configuration.get(InitModelSettings.class).standardDeviation());
                publish(spark, folder, new Path(output));
            } finally {
                remove(folder);
            }
        } catch (IOException e) {
            throw new InvalidInputException("paths.model: %s cannot be written: %s".formatted(output, e), e);
        }
        return config;
    }

    private static ModelConfig config(InitModelSettings settings, WordTokenizer tokenizer, List<String> words) {
        return new ModelConfig(
                Family.LLAMA,
                tokenizer.vocabularySize(words),
                settings.hiddenSize(),
                settings.intermediateSize(),
                settings.layers(),
                settings.heads(),
                settings.keyValueHeads(),
                settings.hiddenSize() / settings.heads(),
                1e-5,
                10_000,
                Optional.empty(),
                settings.maxPositions(),
                true,
                false,
                false,
                List.of(tokenizer.endToken()));
    }

    private static void publish(SparkSession spark, java.nio.file.Path folder, Path output) throws IOException {
        FileSystem found = output.getFileSystem(spark.sparkContext().hadoopConfiguration());
        // Other programs change local files without Hadoop's checksum files beside them, so no checksum file is
        // written.
        FileSystem files = found instanceof LocalFileSystem local ? local.getRawFileSystem() : found;
        files.mkdirs(output);
        try (Stream<java.nio.file.Path> written = Files.list(folder)) {
            for (java.nio.file.Path file : written.sorted().toList()) {
                files.copyFromLocalFile(
                        new Path(file.toUri()),
                        new Path(output, file.getFileName().toString()));
            }
        }
    }

    private static void remove(java.nio.file.Path folder) throws IOException {
        try (Stream<java.nio.file.Path> files = Files.list(folder)) {
            for (java.nio.file.Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
