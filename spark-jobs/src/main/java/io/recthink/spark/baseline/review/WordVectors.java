package io.recthink.spark.baseline.review;

import static org.apache.spark.ml.functions.vector_to_array;
import static org.apache.spark.sql.functions.col;

import io.recthink.review.TokenStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.feature.Word2Vec;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** The start of word vectors: from a file, by Word2Vec on train reviews (Mikolov et al. 2013), or random. */
final class WordVectors {
    private WordVectors() {}

    /**
     * The vectors of all tokens, one after the other.
     *
     * @param reviews the train reviews: rowId, time, review
     * @return NaN where a word has no vector; no element when all words start at random
     */
    static float[] of(
            SparkSession spark, Vocabulary vocabulary, Dataset<Row> reviews, ReviewSettings settings, long seed) {
        VectorSettings vectors = settings.vectors();
        int dimension = settings.wordDimension();
        return switch (vectors.source()) {
            case RANDOM -> new float[0];
            case FILE ->
                VectorFile.read(
                        vectors.path(),
                        vocabulary,
                        dimension,
                        spark.sparkContext().hadoopConfiguration());
            case WORD2VEC -> word2vec(spark, vocabulary, reviews, vectors, dimension, seed);
        };
    }

    /** The number of words that have a vector. */
    static int found(float[] vectors, int dimension) {
        int found = 0;
        for (int word = TokenStream.FIRST_WORD * dimension; word < vectors.length; word += dimension) {
            found += Float.isNaN(vectors[word]) ? 0 : 1;
        }
        return found;
    }

    /** One partition, in the order of time: Word2Vec depends on the order in which it sees sentences. */
    private static float[] word2vec(
            SparkSession spark,
            Vocabulary vocabulary,
            Dataset<Row> reviews,
            VectorSettings settings,
            int dimension,
            long seed) {
        float[] vectors = new float[Math.multiplyExact(vocabulary.size(), dimension)];
        Arrays.fill(vectors, Float.NaN);
        if (vocabulary.words().get(0).count() < settings.minCount()) {
            return vectors; // no word is frequent enough, and Word2Vec refuses an empty vocabulary
        }
        Dataset<Row> sentences = reviews.repartition(1)
                .sortWithinPartitions("time", "rowId")
                .select(vocabulary.known(spark, col("review")).as("words"));
        Map<String, Integer> places = new HashMap<>();
        for (int i = 0; i < vocabulary.words().size(); i++) {
            places.put(vocabulary.words().get(i).word(), (TokenStream.FIRST_WORD + i) * dimension);
        }
        Iterator<Row> found = new Word2Vec()
                .setInputCol("words")
                .setOutputCol("vector")
                .setVectorSize(dimension)
                .setMinCount(settings.minCount())
                .setWindowSize(settings.window())
                .setMaxIter(settings.iterations())
                .setNumPartitions(1)
                .setSeed(seed)
                .fit(sentences)
                .getVectors()
                .select(col("word"), vector_to_array(col("vector"), "float64"))
                .toLocalIterator();
        while (found.hasNext()) {
            Row row = found.next();
            int place = places.get(row.getString(0));
            List<Double> vector = row.getList(1);
            for (int i = 0; i < dimension; i++) {
                vectors[place + i] = vector.get(i).floatValue();
            }
        }
        return vectors;
    }
}
