package io.recthink.spark.baseline.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recthink.InvalidInputException;
import io.recthink.spark.SparkTest;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

class VocabularyTest {
    private static final SparkSession SPARK = SparkTest.spark();

    private static Dataset<Row> reviews(String... usersAndTexts) {
        List<Row> rows = new java.util.ArrayList<>();
        for (int i = 0; i < usersAndTexts.length; i += 2) {
            rows.add(RowFactory.create(usersAndTexts[i], usersAndTexts[i + 1]));
        }
        return SPARK.createDataFrame(
                rows, new StructType().add("userId", DataTypes.StringType).add("review", DataTypes.StringType));
    }

    private static List<Vocabulary.Word> words(int most, double share, Dataset<Row> reviews) {
        return Vocabulary.of(reviews, new VocabularySettings(most, share)).words();
    }

    private static Vocabulary.Word word(String word, long count, long users) {
        return new Vocabulary.Word(word, count, users);
    }

    @Test
    void theMostFrequentWordsStandFirstAndEquallyFrequentOnesByTheWord() {
        Dataset<Row> reviews =
                reviews("a", "zoo zoo, Über pad", "b", "pad; pad über", "c", null, "c", "  ", "a", "zoo éa 𝔸a ﬀa");
        assertThat(words(10, 1, reviews))
                .containsExactly(
                        word("pad", 3, 2),
                        word("zoo", 3, 1),
                        word("über", 2, 2),
                        word("éa", 1, 1),
                        word("ﬀa", 1, 1),
                        word("𝔸a", 1, 1)); // by code points, not by UTF-16
        assertThat(words(2, 1, reviews)).containsExactly(word("pad", 3, 2), word("zoo", 3, 1));
    }

    @Test
    void aWordOfMoreThanAShareOfTheUsersIsDroppedAndKeptAtTheShare() {
        // ten users, one of them without a text: they count too
        String[] log = new String[20];
        for (int user = 0; user < 10; user++) {
            log[2 * user] = "u" + user;
            log[2 * user + 1] =
                    user == 9 ? "" : (user < 7 ? "seven " : "") + (user < 8 ? "eight " : "") + "nine nine nine";
        }
        assertThat(words(10, 0.7, reviews(log))).containsExactly(word("seven", 7, 7));
        assertThat(words(10, 0.9, reviews(log)))
                .containsExactly(word("nine", 27, 9), word("eight", 8, 8), word("seven", 7, 7));
    }

    @Test
    void withoutTextsOrWordsThereIsNothingToRead() {
        assertThatThrownBy(() -> words(10, 0.7, reviews("a", null, "b", " ")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "none of the 2 train rows has a review text, and review networks read texts; name the column of the text in source.columns.review and prepare again, or use `recthink mf`");
        assertThatThrownBy(() -> words(10, 0.7, reviews("a", "good", "b", "good")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "no word of the 2 train reviews with a text is left: they have no letter and no digit, or more than 0.7 of the 2 users have written each; raise review.vocabulary.maxUserShare");
        assertThatThrownBy(() -> words(10, 0.7, reviews("a", "!!!", "b", "...")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("no word of the 2 train reviews");
    }

    @Test
    void unknownWordsLeaveTheText() {
        Vocabulary vocabulary = new Vocabulary(List.of(word("b", 2, 1), word("c", 1, 1)));
        Row row = reviews("u", "B? a B c")
                .select(
                        vocabulary.tokens(SPARK, functions.col("review")),
                        vocabulary.known(SPARK, functions.col("review")))
                .head();
        int[] tokens = new int[3];
        ByteBuffer.wrap(row.<byte[]>getAs(0)).asIntBuffer().get(tokens);
        assertThat(tokens).containsExactly(2, 2, 3);
        assertThat(row.<String>getList(1)).containsExactly("b", "b", "c");
        assertThat(vocabulary.size()).isEqualTo(4);
        Row none = reviews("u", null)
                .select(
                        vocabulary.tokens(SPARK, functions.col("review")),
                        vocabulary.known(SPARK, functions.col("review")))
                .head();
        assertThat(none.<byte[]>getAs(0)).isEmpty();
        assertThat(none.getList(1)).isEmpty();
    }
}
