package io.recthink.spark.predict;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.struct;

import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.generate.Completion;
import io.recthink.generate.RolloutSettings;
import io.recthink.model.ModelSettings;
import io.recthink.prompt.PolicyTerms;
import io.recthink.prompt.PromptSettings;
import io.recthink.prompt.PromptSource;
import io.recthink.spark.JobSettings;
import io.recthink.spark.completion.AskedPrompt;
import io.recthink.spark.completion.CompletionTask;
import io.recthink.spark.completion.PolicyInTask;
import io.recthink.spark.completion.PromptEncoding;
import io.recthink.spark.completion.PromptsInTask;
import io.recthink.spark.completion.Sampling;
import io.recthink.spark.files.LiteralPath;
import io.recthink.spark.policy.CommonComputeType;
import io.recthink.spark.policy.PolicyFolder;
import io.recthink.spark.policy.PolicyReference;
import io.recthink.spark.run.AskedPolicy;
import io.recthink.spark.run.PolicyArgument;
import io.recthink.spark.table.Tables;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.StringArrayParam;
import org.apache.spark.ml.util.DefaultParamsReadable;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * A policy as a Spark ML transformer. It adds the greedy rating of each row, or null when the completion has no
 * readable rating. Its setters have the names of DJL's Spark extension.
 *
 * <pre>{@code
 * new RatingPredictor().setModelUrl("hdfs:///runs/music").setOutputCol("rating").transform(examples)
 * }</pre>
 *
 * The input has the columns of an example that a prompt shows: target, userHistory, itemHistory, userMean, itemMean.
 * They are columns of the table, under these names or those of {@link #setInputCols}, or fields of the struct column that
 * {@link #setInputCol} names. itemHistory and the means are optional. Any value may be null when nothing is known about
 * the user or the item.
 */
public final class RatingPredictor extends Transformer implements DefaultParamsWritable {
    private static final long serialVersionUID = 1L;
    private static final List<String> SHOWN = List.of("target", "userHistory", "itemHistory", "userMean", "itemMean");

    private static final Set<String> OPTIONAL = Set.of("itemHistory", "userMean", "itemMean");
    private static final int REQUIRED = SHOWN.size() - OPTIONAL.size();

    private final String uid;
    private final Param<String> modelUrl;
    private final Param<String> engine;
    private final Param<String> inputCol;
    private final StringArrayParam inputCols;
    private final Param<String> outputCol;
    private final Param<String> traceCol;
    private final Param<String> configuration;
    private final IntParam batchSize;
    private final DoubleParam minRating;
    private final DoubleParam maxRating;

    public RatingPredictor() {
        this(Identifiable$.MODULE$.randomUID("RatingPredictor"));
    }

    /** A predictor with a given id; the reader of saved predictors requires this constructor. */
    public RatingPredictor(String uid) {
        this.uid = uid;
        modelUrl = new Param<>(
                this, "modelUrl", "path or URL of the folder of a model or an adapter, a run folder or run@step");
        engine = new Param<>(this, "engine", "the DJL engine; PyTorch");
        inputCol = new Param<>(
                this, "inputCol", "struct column with the columns of an example; not set: columns of the table itself");
        inputCols = new StringArrayParam(
                this,
                "inputCols",
                "columns for target, userHistory, itemHistory, userMean and itemMean, in this order; the last three may be left out");
        outputCol = new Param<>(this, "outputCol", "column of the rating, a nullable double");
        traceCol = new Param<>(this, "traceCol", "column of the completion's text; not set: none");
        configuration = new Param<>(
                this,
                "configuration",
                "YAML text of the sections prompt, rollout and model, for settings that the policy does not record");
        batchSize = new IntParam(this, "batchSize", "prompts in one generation batch, at least 1");
        minRating = new DoubleParam(this, "minRating", "lowest rating of the scale");
        maxRating = new DoubleParam(this, "maxRating", "highest rating of the scale");
        setDefault(engine, "PyTorch");
        setDefault(outputCol, "prediction");
        setDefault(configuration, "");
        setDefault(batchSize, 32);
        setDefault(minRating, 1.0);
        setDefault(maxRating, 5.0);
    }

    @Override
    public String uid() {
        return uid;
    }

    /** A reader of predictors that {@code write().save(path)} saved. */
    public static MLReader<RatingPredictor> read() {
        return new Reader().read();
    }

    /** Loads a saved predictor. */
    public static RatingPredictor load(String path) {
        return read().load(LiteralPath.of(path));
    }

    private static final class Reader implements DefaultParamsReadable<RatingPredictor> {}

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

    public StringArrayParam inputCols() {
        return inputCols;
    }

    public Param<String> outputCol() {
        return outputCol;
    }

    public Param<String> traceCol() {
        return traceCol;
    }

    public Param<String> configuration() {
        return configuration;
    }

    public IntParam batchSize() {
        return batchSize;
    }

    public DoubleParam minRating() {
        return minRating;
    }

    public DoubleParam maxRating() {
        return maxRating;
    }

    /**
     * The policy: a folder of a model or an adapter, a run folder (its best policy), or {@code run@step}; any Hadoop
     * path.
     */
    public RatingPredictor setModelUrl(String url) {
        set(modelUrl, url);
        return this;
    }

    /**
     * The DJL engine.
     *
     * @throws InvalidInputException for an engine other than PyTorch
     */
    public RatingPredictor setEngine(String name) {
        set(engine, TransformerColumns.requirePyTorch(name));
        return this;
    }

    /** The struct column with the columns of an example. */
    public RatingPredictor setInputCol(String column) {
        set(inputCol, column);
        return this;
    }

    /**
     * The columns for target, userHistory, itemHistory, userMean and itemMean, in this order.
     *
     * @param columns two to five: what is left out at the end counts as unknown
     */
    public RatingPredictor setInputCols(String... columns) {
        set(inputCols, columns.clone());
        return this;
    }

    /** The column of the rating. */
    public RatingPredictor setOutputCol(String column) {
        set(outputCol, column);
        return this;
    }

    /** Adds a column with the text of the completion. */
    public RatingPredictor setTraceCol(String column) {
        set(traceCol, column);
        return this;
    }

    /**
     * Settings as in a configuration file. Only the sections prompt, rollout and model are used.
     *
     * @throws io.recthink.config.ConfigurationException naming every unknown key and every value out of range
     */
    public RatingPredictor setConfiguration(String yaml) {
        JobSettings.SECTIONS.read("configuration", yaml, List.of());
        set(configuration, yaml);
        return this;
    }

    /** The number of prompts in one generation batch. */
    public RatingPredictor setBatchSize(int prompts) {
        if (prompts < 1) {
            throw new InvalidInputException("batchSize must be at least 1 (was " + prompts + ")");
        }
        set(batchSize, prompts);
        return this;
    }

    /** The rating scale. */
    public RatingPredictor setScale(double min, double max) {
        set(minRating, min);
        set(maxRating, max);
        return this;
    }

    @Override
    public Dataset<Row> transform(Dataset<?> dataset) {
        StructType schema = transformSchema(dataset.schema());
        if (!isDefined(modelUrl)) {
            throw new InvalidInputException("modelUrl is not set; name the folder of a policy");
        }
        if (isDefined(inputCols)) {
            String example = uid + "_example";
            Dataset<Row> gathered = dataset.withColumn(example, example());
            return copy(ParamMap.empty())
                    .withExample(example)
                    .transform(gathered)
                    .drop(example);
        }
        PolicyReference policy = PolicyArgument.resolve("modelUrl", value(modelUrl), dataset.sparkSession());
        Configuration given = CommonComputeType.settle(
                dataset.sparkSession(), JobSettings.SECTIONS.read("configuration", value(configuration), List.of()));
        org.apache.hadoop.conf.Configuration hadoop =
                dataset.sparkSession().sparkContext().hadoopConfiguration();
        Optional<PolicyTerms> terms =
                PolicyFolder.at(policy.path(), hadoop).terms().filter(own -> isPolicySource(given));
        double min = isSet(minRating) || terms.isEmpty()
                ? value(minRating)
                : terms.get().minRating();
        double max = isSet(maxRating) || terms.isEmpty()
                ? value(maxRating)
                : terms.get().maxRating();
        Configuration settings = AskedPolicy.configuration(policy, "modelUrl", given, min, max, dataset.sparkSession());
        Task task = new Task(
                new PromptEncoding(policy, settings.get(PromptSettings.class), min, max),
                settings.get(RolloutSettings.class).maxTokens(),
                settings.get(ModelSettings.class),
                value(batchSize),
                isDefined(inputCol) ? value(inputCol) : "",
                isDefined(traceCol));
        return dataset.toDF().mapPartitions((MapPartitionsFunction<Row, Row>) task::predict, Encoders.row(schema));
    }

    /** The columns of {@link #inputCols} as one struct, under the names of an example. */
    private Column example() {
        String[] columns = value(inputCols);
        return struct(IntStream.range(0, columns.length)
                .mapToObj(i -> col(quoted(columns[i])).as(SHOWN.get(i)))
                .toArray(Column[]::new));
    }

    private static String quoted(String column) {
        return "`" + column.replace("`", "``") + "`";
    }

    private RatingPredictor withExample(String column) {
        clear(inputCols);
        return setInputCol(column);
    }

    private static boolean isPolicySource(Configuration settings) {
        return settings.get(PromptSettings.class).source() == PromptSource.POLICY;
    }

    // Parameters of Scala's primitive types have a Java type of another name: the cast is safe.
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private <T> T value(Param<?> param) {
        return (T) getOrDefault(param);
    }

    @Override
    public StructType transformSchema(StructType schema) {
        StructType input = schema;
        if (isDefined(inputCols)) {
            input = renamed(schema);
        } else if (isDefined(inputCol)) {
            String column = value(inputCol);
            DataType type = Stream.of(schema.fields())
                    .filter(field -> field.name().equals(column))
                    .map(field -> field.dataType())
                    .findFirst()
                    .orElseThrow(() -> TransformerColumns.missing(column, schema));
            if (!(type instanceof StructType struct)) {
                throw new InvalidInputException("inputCol: the column " + column + " must be a struct of "
                        + String.join(", ", SHOWN) + " (was " + type.simpleString() + ")");
            }
            input = struct;
        }
        for (String name : SHOWN) {
            if (List.of(input.fieldNames()).contains(name)) {
                check(name, name, input.apply(name).dataType());
            } else if (!OPTIONAL.contains(name)) {
                throw TransformerColumns.missing(name, input);
            }
        }
        StructType output = TransformerColumns.added(schema, value(outputCol), DataTypes.DoubleType);
        return isDefined(traceCol) ? TransformerColumns.added(output, value(traceCol), DataTypes.StringType) : output;
    }

    /** The columns of {@link #inputCols} under the names of an example. */
    private StructType renamed(StructType schema) {
        String[] columns = value(inputCols);
        if (isDefined(inputCol)) {
            throw new InvalidInputException("inputCol %s and inputCols %s are both set; use one of them"
                    .formatted(value(inputCol), String.join(", ", columns)));
        }
        if (columns.length < REQUIRED || columns.length > SHOWN.size()) {
            throw new InvalidInputException("inputCols must name %d to %d columns, for %s (was: %s)"
                    .formatted(REQUIRED, SHOWN.size(), String.join(", ", SHOWN), String.join(", ", columns)));
        }
        StructType input = new StructType();
        for (int i = 0; i < columns.length; i++) {
            if (!List.of(schema.fieldNames()).contains(columns[i])) {
                throw TransformerColumns.missing(columns[i], schema);
            }
            DataType type = schema.apply(columns[i]).dataType();
            check(columns[i], SHOWN.get(i), type);
            input = input.add(SHOWN.get(i), type, true);
        }
        return input;
    }

    private static void check(String column, String name, DataType type) {
        DataType needed = Tables.EXAMPLES.apply(name).dataType();
        if (!DataType.equalsIgnoreNullability(type, needed)) {
            throw new InvalidInputException(
                    "the column %s must be %s (was %s)".formatted(column, needed.simpleString(), type.simpleString()));
        }
    }

    @Override
    public RatingPredictor copy(ParamMap extra) {
        return (RatingPredictor) defaultCopy(extra);
    }

    /** A row with its prompt. */
    @SuppressWarnings("ArrayRecordComponent") // one number a token; never compared
    private record Asked(Row row, int[] tokens) implements AskedPrompt {
        @Override
        public String rowId() {
            return ""; // a greedy completion draws no numbers
        }
    }

    /** The work of a task on its rows. */
    private record Task(
            PromptEncoding encoding,
            int maxTokens,
            ModelSettings model,
            int batchSize,
            String inputCol,
            boolean withTrace)
            implements Serializable {
        Iterator<Row> predict(Iterator<Row> rows) {
            return new CompletionTask(encoding.policy(), model, batchSize).rows(rows, policy -> {
                PromptsInTask prompts = new PromptsInTask(encoding);
                return batch -> predict(policy, prompts, batch);
            });
        }

        private List<Row> predict(PolicyInTask policy, PromptsInTask prompts, List<Row> batch) {
            List<Asked> asked = batch.stream()
                    .map(row -> new Asked(row, prompts.tokens(inputCol.isEmpty() ? row : row.getAs(inputCol))))
                    .toList();
            return policy.complete(asked, Sampling.greedy(maxTokens)).stream()
                    .map(completed -> extended(completed.prompt().row(), completed.first(), prompts))
                    .toList();
        }

        private Row extended(Row row, Completion completion, PromptsInTask prompts) {
            OptionalDouble found = prompts.rating(completion);
            Double rating = found.isPresent() ? found.getAsDouble() : null;
            return withTrace
                    ? TransformerColumns.extended(row, rating, completion.text())
                    : TransformerColumns.extended(row, rating);
        }
    }
}
