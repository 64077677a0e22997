package io.recthink.spark.predict;

import io.recthink.InvalidInputException;
import io.recthink.generate.SamplingOptions;
import io.recthink.model.ChatTemplate;
import io.recthink.model.ChatTemplate.Message;
import io.recthink.model.ModelFolder;
import io.recthink.model.ModelSettings;
import io.recthink.model.ModelTokenizer;
import io.recthink.prompt.InstructionEncoder;
import io.recthink.spark.JobSettings;
import io.recthink.spark.completion.AskedPrompt;
import io.recthink.spark.completion.Completed;
import io.recthink.spark.completion.CompletionTask;
import io.recthink.spark.completion.ContextRoom;
import io.recthink.spark.completion.PolicyInTask;
import io.recthink.spark.completion.Sampling;
import io.recthink.spark.files.LiteralPath;
import io.recthink.spark.files.Storage;
import io.recthink.spark.policy.CommonComputeType;
import io.recthink.spark.policy.PolicyReference;
import io.recthink.spark.policy.PolicyStore;
import io.recthink.spark.run.PolicyArgument;
import java.io.Serializable;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReadable;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.TaskCompletionListener;

/**
 * A language model as a Spark ML transformer: one text column in, one text column out. Each text is the message of a
 * user in the model's chat template. Its setters have the names of DJL's Spark extension.
 *
 * <pre>{@code
 * new TextGenerator().setModelUrl("hdfs:///models/Qwen2.5-0.5B-Instruct").setInputCol("question").generate(table)
 * }</pre>
 *
 * A null text gives null. No part of a text becomes a control token of the model. The same text, seed and settings give
 * the same answer.
 */
public final class TextGenerator extends Transformer implements DefaultParamsWritable {
    private static final long serialVersionUID = 1L;
    private static final int MAX_TOKENS = 256;
    private static final int BATCH_SIZE = 32;

    private final String uid;
    private final Param<String> modelUrl;
    private final Param<String> engine;
    private final Param<String> inputCol;
    private final Param<String> outputCol;
    private final IntParam batchSize;
    private final IntParam maxTokens;
    private final DoubleParam temperature;
    private final LongParam seed;

    public TextGenerator() {
        this(Identifiable$.MODULE$.randomUID("TextGenerator"));
    }

    /** A generator with a given id; the reader of saved generators requires this constructor. */
    public TextGenerator(String uid) {
        this.uid = uid;
        modelUrl = new Param<>(
                this,
                "modelUrl",
                "path or URL of the folder of a model or an adapter, a run folder, run@step, a registry or"
                        + " registry@version");
        engine = new Param<>(this, "engine", "the DJL engine; PyTorch");
        inputCol = new Param<>(this, "inputCol", "text column with the messages of users");
        outputCol = new Param<>(this, "outputCol", "text column of the answers");
        batchSize = new IntParam(this, "batchSize", "texts in one generation batch, at least 1");
        maxTokens = new IntParam(this, "maxTokens", "largest number of tokens of an answer, at least 1");
        temperature = new DoubleParam(this, "temperature", "divides the logits; 0: the likeliest token each time");
        seed = new LongParam(this, "seed", "seed of the random numbers");
        setDefault(engine, "PyTorch");
        setDefault(inputCol, "text");
        setDefault(outputCol, "completion");
        setDefault(batchSize, BATCH_SIZE);
        setDefault(maxTokens, MAX_TOKENS);
        setDefault(temperature, 0.0);
        setDefault(seed, 0L);
    }

    @Override
    public String uid() {
        return uid;
    }

    /** A reader of generators that {@code write().save(path)} saved. */
    public static MLReader<TextGenerator> read() {
        return new Reader().read();
    }

    /** Loads a saved generator. */
    public static TextGenerator load(String path) {
        return read().load(LiteralPath.of(path));
    }

    private static final class Reader implements DefaultParamsReadable<TextGenerator> {}

    // Spark finds the parameters by these methods.

    public Param<String> modelUrl() {
        return modelUrl;
    }

    public Param<String> engine() {
        return engine;
    }

    public Param<String> inputCol() {
        return inputCol;
    }

    public Param<String> outputCol() {
        return outputCol;
    }

    public IntParam batchSize() {
        return batchSize;
    }

    public IntParam maxTokens() {
        return maxTokens;
    }

    public DoubleParam temperature() {
        return temperature;
    }

    public LongParam seed() {
        return seed;
    }

    /** The model, as {@link RatingPredictor#setModelUrl}. */
    public TextGenerator setModelUrl(String url) {
        set(modelUrl, url);
        return this;
    }

    /**
     * The DJL engine.
     *
     * @throws InvalidInputException for an engine other than PyTorch
     */
    public TextGenerator setEngine(String name) {
        set(engine, TransformerColumns.requirePyTorch(name));
        return this;
    }

    /** The text column with the messages of users; {@code text} by default. */
    public TextGenerator setInputCol(String column) {
        set(inputCol, column);
        return this;
    }

    /** The text column of the answers; {@code completion} by default. */
    public TextGenerator setOutputCol(String column) {
        set(outputCol, column);
        return this;
    }

    /** The number of texts in one generation batch. */
    public TextGenerator setBatchSize(int texts) {
        requireAtLeastOne("batchSize", texts);
        set(batchSize, texts);
        return this;
    }

    /** The largest number of tokens of an answer. */
    public TextGenerator setMaxTokens(int tokens) {
        requireAtLeastOne("maxTokens", tokens);
        set(maxTokens, tokens);
        return this;
    }

    /** The temperature; 0 takes the likeliest token each time. */
    public TextGenerator setTemperature(double value) {
        if (!(value >= 0 && Double.isFinite(value))) {
            throw new InvalidInputException("temperature must be at least 0 (was " + value + ")");
        }
        set(temperature, value);
        return this;
    }

    /** The seed of the random numbers. */
    public TextGenerator setSeed(long value) {
        set(seed, value);
        return this;
    }

    private static void requireAtLeastOne(String name, int value) {
        if (value < 1) {
            throw new InvalidInputException(name + " must be at least 1 (was " + value + ")");
        }
    }

    /** The same as {@link #transform}, under the name of DJL's extension. */
    public Dataset<Row> generate(Dataset<?> dataset) {
        return transform(dataset);
    }

    @Override
    public Dataset<Row> transform(Dataset<?> dataset) {
        StructType schema = transformSchema(dataset.schema());
        if (!isDefined(modelUrl)) {
            throw new InvalidInputException("modelUrl is not set; name the folder of a model");
        }
        PolicyReference model = PolicyArgument.resolve("modelUrl", value(modelUrl), dataset.sparkSession());
        ModelSettings settings = CommonComputeType.settle(dataset.sparkSession(), JobSettings.SECTIONS.defaults())
                .get(ModelSettings.class);
        Task task = new Task(
                model, settings, value(batchSize), value(inputCol), value(maxTokens), value(temperature), value(seed));
        return dataset.toDF().mapPartitions((MapPartitionsFunction<Row, Row>) task::generate, Encoders.row(schema));
    }

    // Parameters of Scala's primitive types have a Java type of another name: the cast is safe.
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private <T> T value(Param<?> param) {
        return (T) getOrDefault(param);
    }

    @Override
    public StructType transformSchema(StructType schema) {
        String input = value(inputCol);
        if (!List.of(schema.fieldNames()).contains(input)) {
            throw TransformerColumns.missing(input, schema);
        }
        if (!schema.apply(input).dataType().equals(DataTypes.StringType)) {
            throw new InvalidInputException("the column %s must be a string (was %s)"
                    .formatted(input, schema.apply(input).dataType().simpleString()));
        }
        return TransformerColumns.added(schema, value(outputCol), DataTypes.StringType);
    }

    @Override
    public TextGenerator copy(ParamMap extra) {
        return (TextGenerator) defaultCopy(extra);
    }

    /** A text with its tokens; equal texts draw the same random numbers. */
    @SuppressWarnings("ArrayRecordComponent") // one number a token; never compared
    private record Asked(String text, int[] tokens) implements AskedPrompt {
        @Override
        public String rowId() {
            return Storage.sha256(text);
        }
    }

    /** The work of a task on its rows. */
    private record Task(
            PolicyReference policy,
            ModelSettings model,
            int batchSize,
            String inputCol,
            int maxTokens,
            double temperature,
            long seed)
            implements Serializable {
        Iterator<Row> generate(Iterator<Row> rows) {
            return new CompletionTask(policy, model, batchSize).rows(rows, taken -> {
                Encoder encoder = new Encoder(policy, maxTokens);
                return batch -> generate(taken, encoder, batch);
            });
        }

        private List<Row> generate(PolicyInTask taken, Encoder encoder, List<Row> batch) {
            List<Asked> asked = batch.stream()
                    .map(row -> row.<String>getAs(inputCol))
                    .filter(text -> text != null)
                    .distinct()
                    .map(encoder::asked)
                    .toList();
            Map<String, String> answers = new LinkedHashMap<>();
            if (!asked.isEmpty()) {
                SamplingOptions options = new SamplingOptions(maxTokens, temperature, 1, List.of(), false);
                Sampling sampling = new Sampling(options, 1, seed, 0, Integer.MAX_VALUE);
                for (Completed<Asked> completed : taken.complete(asked, sampling)) {
                    answers.put(completed.prompt().text(), completed.first().text());
                }
            }
            return batch.stream()
                    .map(row -> TransformerColumns.extended(row, answers.get(row.<String>getAs(inputCol))))
                    .toList();
        }
    }

    /** Makes prompts in a task. */
    private static final class Encoder {
        private final InstructionEncoder encoder;
        private final int positions;
        private final int maxTokens;

        Encoder(PolicyReference policy, int maxTokens) {
            try (ModelFolder folder = ModelFolder.open(PolicyStore.localize(policy.model()))) {
                ModelTokenizer tokenizer = folder.tokenizer();
                TaskContext.get().addTaskCompletionListener((TaskCompletionListener) context -> tokenizer.close());
                ChatTemplate template = folder.chatTemplate(Map.of());
                this.encoder = new InstructionEncoder(tokenizer, template);
                this.positions = folder.config().maxPositions();
            }
            this.maxTokens = maxTokens;
        }

        Asked asked(String text) {
            int[] tokens = encoder.prompt(List.of(new Message("user", InstructionEncoder.untrusted(text))));
            if (!new ContextRoom(positions).holds(tokens.length, maxTokens)) {
                throw new InvalidInputException(
                        "a text of %d tokens and maxTokens %d do not fit the model's context of %d tokens; shorten the texts, or lower maxTokens"
                                .formatted(tokens.length, maxTokens, positions));
            }
            return new Asked(text, tokens);
        }
    }
}
