package io.recthink.spark.baseline.review;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.review.TokenStream;
import io.recthink.spark.files.Digest;
import io.recthink.spark.files.ListedTable;
import io.recthink.spark.files.OutputFolders;
import io.recthink.spark.files.StateFile;
import io.recthink.spark.files.Storage;
import io.recthink.spark.table.PreparedData;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The known words of a data set with the start of their vectors, in a folder of its own. Word2Vec gives other bits on
 * another Spark version, so the vectors are an input of a training, not a part of it: the same data, settings and seed
 * find the same folder, and read what is there.
 *
 * @param folder where the words are kept
 * @param vocabulary the known words
 * @param vectors by token id; NaN where a word has none; without elements: all words start at random
 * @param description what the vectors are
 */
@SuppressWarnings("ArrayRecordComponent") // large; never compared
record WordTable(String folder, Vocabulary vocabulary, float[] vectors, Description description) {
    private static final String KEY = "review.vocabulary";
    private static final int VERSION = 1; // of the rules that make words from texts
    private static final String VECTORS = "_vectors.safetensors"; // readers of Parquet leave it alone
    private static final String TENSOR = "vectors";
    private static final String DESCRIPTION = "_words.json";
    private static final StructType SCHEMA = new StructType()
            .add("token", DataTypes.IntegerType, false)
            .add("word", DataTypes.StringType, false)
            .add("count", DataTypes.LongType, false)
            .add("users", DataTypes.LongType, false);

    /**
     * What the word vectors are.
     *
     * @param source {@code word2vec}, {@code file} or {@code random}
     * @param file the vector file; null without one
     * @param words the number of known words
     * @param withVector the number of words that have a vector
     * @param dimension the length of a vector
     * @param sha256 hash of the file of the vectors; null for random ones
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Description(String source, String file, int words, int withVector, int dimension, String sha256) {
        /** Format version of the file; see {@link StateFile}. */
        @JsonProperty(access = JsonProperty.Access.READ_ONLY)
        public int format() {
            return StateFile.FORMAT;
        }

        /** One sentence for people. */
        String sentence() {
            return switch (source) {
                case "word2vec" ->
                    String.format(
                            Locale.ROOT,
                            "word vectors: Word2Vec on train reviews, %d numbers, %,d of %,d words",
                            dimension,
                            withVector,
                            words);
                case "file" ->
                    String.format(
                            Locale.ROOT,
                            "word vectors: file %s, %d numbers, %,d of %,d words",
                            file,
                            dimension,
                            withVector,
                            words);
                default -> String.format(Locale.ROOT, "word vectors: random, %d numbers, %,d words", dimension, words);
            };
        }
    }

    /**
     * Reads the words of a request, or makes and keeps them.
     *
     * @param root the folder in which folders of words stand
     * @param data the data set of the reviews
     * @param reviews the train reviews: rowId, userId, time, review
     */
    static WordTable of(
            SparkSession spark, String root, PreparedData data, Dataset<Row> reviews, Configuration configuration) {
        ReviewSettings settings = configuration.get(ReviewSettings.class);
        org.apache.hadoop.conf.Configuration hadoop = spark.sparkContext().hadoopConfiguration();
        String folder = root + "/words-"
                + Digest.of(data.sha256() + "\n", request(data, settings, configuration.seed(), hadoop))
                        .substring(0, 16);
        Storage storage = Storage.at(folder, hadoop);
        if (!storage.exists("") || OutputFolders.isBeingWritten(hadoop, folder)) {
            try (OutputFolders output = OutputFolders.take(hadoop, KEY, folder)) {
                made(spark, folder, reviews, settings, configuration.seed()).write(spark, storage);
                output.complete();
            }
        }
        return read(spark, folder, storage);
    }

    /** All that the words depend on, beside the data. */
    private static List<String> request(
            PreparedData data, ReviewSettings settings, long seed, org.apache.hadoop.conf.Configuration hadoop) {
        VectorSettings vectors = settings.vectors();
        List<String> all = new ArrayList<>(List.of(
                "version " + VERSION,
                settings.vocabulary().toString(),
                vectors.source() + " " + settings.wordDimension()));
        data.tables().get("reviews").files().forEach(file -> all.add(file.sha256()));
        switch (vectors.source()) {
            case FILE -> all.add(VectorFile.sha256(vectors.path(), hadoop));
            case WORD2VEC ->
                all.add("%d %d %d %d".formatted(vectors.minCount(), vectors.window(), vectors.iterations(), seed));
            case RANDOM -> {}
        }
        return all;
    }

    private static WordTable made(
            SparkSession spark, String folder, Dataset<Row> reviews, ReviewSettings settings, long seed) {
        VectorSettings chosen = settings.vectors();
        int dimension = settings.wordDimension();
        Vocabulary vocabulary = Vocabulary.of(reviews, settings.vocabulary());
        float[] vectors = WordVectors.of(spark, vocabulary, reviews, settings, seed);
        return new WordTable(
                folder,
                vocabulary,
                vectors,
                new Description(
                        chosen.source().name().toLowerCase(Locale.ROOT),
                        chosen.source() == VectorSettings.Source.FILE ? chosen.path() : null,
                        vocabulary.words().size(),
                        WordVectors.found(vectors, dimension),
                        dimension,
                        null));
    }

    private void write(SparkSession spark, Storage storage) {
        List<Row> rows = new ArrayList<>();
        for (Vocabulary.Word word : vocabulary.words()) {
            rows.add(RowFactory.create(TokenStream.FIRST_WORD + rows.size(), word.word(), word.count(), word.users()));
        }
        ListedTable.write(spark.createDataFrame(rows, SCHEMA).coalesce(1), KEY, folder);
        String sha256 = vectors.length == 0
                ? null
                : TensorFile.write(storage, VECTORS, shapes(vocabulary, description), Map.of(TENSOR, vectors))
                        .sha256();
        storage.writeJson(
                DESCRIPTION,
                new Description(
                        description.source,
                        description.file,
                        description.words,
                        description.withVector,
                        description.dimension,
                        sha256));
    }

    private static Map<String, List<Long>> shapes(Vocabulary vocabulary, Description description) {
        return Map.of(TENSOR, List.of((long) vocabulary.size(), (long) description.dimension));
    }

    private static WordTable read(SparkSession spark, String folder, Storage storage) {
        OutputFolders.requireComplete(spark.sparkContext().hadoopConfiguration(), KEY, folder);
        ListedTable.requireContents(spark, KEY, folder);
        String remedy = "Remove %s; it is made again.".formatted(folder);
        Description description = storage.readJson(DESCRIPTION, Description.class, remedy)
                .orElseThrow(() ->
                        new InvalidInputException("%s: %s has no %s. %s".formatted(KEY, folder, DESCRIPTION, remedy)));
        List<Vocabulary.Word> words =
                spark.read().schema(SCHEMA).parquet(folder).orderBy("token").collectAsList().stream()
                        .map(row -> new Vocabulary.Word(row.getString(1), row.getLong(2), row.getLong(3)))
                        .toList();
        Vocabulary vocabulary = new Vocabulary(words);
        return new WordTable(folder, vocabulary, vectors(storage, vocabulary, description, remedy), description);
    }

    private static float[] vectors(Storage storage, Vocabulary vocabulary, Description description, String remedy) {
        if (description.sha256 == null) {
            return new float[0];
        }
        if (!storage.entry(VECTORS).sha256().equals(description.sha256)) {
            throw new InvalidInputException(
                    "%s: %s does not match %s. %s".formatted(KEY, storage.path(VECTORS), DESCRIPTION, remedy));
        }
        return TensorFile.read(storage, VECTORS, shapes(vocabulary, description))
                .get(TENSOR);
    }
}
