package io.recthink.spark.baseline.review;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.trim;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;

import io.recthink.InvalidInputException;
import io.recthink.review.TokenStream;
import io.recthink.review.Words;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.types.DataTypes;

/**
 * The known words of train reviews. The token of the first word is {@link TokenStream#FIRST_WORD}.
 *
 * @param words the most frequent first; equally frequent ones in the order of their code points
 */
record Vocabulary(List<Word> words) {

    /**
     * A word.
     *
     * @param count how often it stands in train reviews
     * @param users the number of users who have written it
     */
    record Word(String word, long count, long users) {}

    Vocabulary {
        words = List.copyOf(words);
    }

    /**
     * Counts the words of train reviews.
     *
     * @param reviews columns userId and review
     * @throws InvalidInputException without any text, and when no word is left
     */
    static Vocabulary of(Dataset<Row> reviews, VocabularySettings settings) {
        Row counts = reviews.agg(
                        count(lit(1)), count(when(length(trim(col("review"))).gt(0), 1)), countDistinct(col("userId")))
                .head();
        if (counts.getLong(1) == 0) {
            throw new InvalidInputException(
                    "none of the %,d train rows has a review text, and review networks read texts; name the column of the text in source.columns.review and prepare again, or use `recthink mf`"
                            .formatted(counts.getLong(0)));
        }
        double mostUsers = settings.maxUserShare() * counts.getLong(2);
        List<Word> words = reviews
                .where(col("review").isNotNull())
                .select(col("userId"), explode(splitting().apply(col("review"))).as("word"))
                .groupBy("word", "userId")
                .agg(count(lit(1)).as("n"))
                .groupBy("word")
                .agg(sum("n").as("n"), count(lit(1)).as("users"))
                .where(col("users").leq(mostUsers))
                .orderBy(col("n").desc(), col("word"))
                .limit(settings.words())
                .collectAsList()
                .stream()
                .map(row -> new Word(row.getString(0), row.getLong(1), row.getLong(2)))
                .toList();
        if (words.isEmpty()) {
            throw new InvalidInputException(
                    "no word of the %,d train reviews with a text is left: they have no letter and no digit, or more than %s of the %,d users have written each; raise review.vocabulary.maxUserShare"
                            .formatted(counts.getLong(1), settings.maxUserShare(), counts.getLong(2)));
        }
        return new Vocabulary(words);
    }

    private static UserDefinedFunction splitting() {
        return udf((UDF1<String, List<String>>) Words::of, DataTypes.createArrayType(DataTypes.StringType, false));
    }

    /** The number of token ids: the words, padding and the separator. */
    int size() {
        return words.size() + TokenStream.FIRST_WORD;
    }

    private Broadcast<Map<String, Integer>> ids(SparkSession spark) {
        Map<String, Integer> ids = new HashMap<>();
        for (int i = 0; i < words.size(); i++) {
            ids.put(words.get(i).word(), TokenStream.FIRST_WORD + i);
        }
        return JavaSparkContext.fromSparkContext(spark.sparkContext()).broadcast(ids);
    }

    /** The tokens of the known words of a text, in their order, four bytes each; none for null. */
    Column tokens(SparkSession spark, Column text) {
        Broadcast<Map<String, Integer>> ids = ids(spark);
        UDF1<String, byte[]> rule = review -> ReviewFolder.bytes(
                review == null
                        ? new int[0]
                        : Words.of(review).stream()
                                .map(ids.value()::get)
                                .filter(token -> token != null)
                                .mapToInt(token -> token)
                                .toArray());
        return udf(rule, DataTypes.BinaryType).apply(text);
    }

    /** The known words of a text, in their order; none for null. */
    Column known(SparkSession spark, Column text) {
        Broadcast<Map<String, Integer>> ids = ids(spark);
        UDF1<String, List<String>> rule = review -> review == null
                ? List.of()
                : Words.of(review).stream().filter(ids.value()::containsKey).toList();
        return udf(rule, DataTypes.createArrayType(DataTypes.StringType, false)).apply(text);
    }
}
