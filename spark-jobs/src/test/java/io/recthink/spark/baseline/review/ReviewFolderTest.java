package io.recthink.spark.baseline.review;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recthink.review.TokenStream;
import io.recthink.spark.SparkTest;
import io.recthink.spark.baseline.RatingSet;
import io.recthink.spark.table.TrainReviews;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the documents of rows contain, from a prepared folder to the tokens of a task. */
class ReviewFolderTest {
    private static final SparkSession SPARK = SparkTest.spark();
    private static final ReviewLog LOG = new ReviewLog(3); // three rows have the same second
    private static final VocabularySettings ALL = new VocabularySettings(100_000, 1);

    @TempDir
    private static Path root;

    private static TrainReviews texts;

    @BeforeAll
    static void write() throws Exception {
        LOG.write(root.resolve("data"));
        texts = TrainReviews.of(SPARK, root + "/data");
    }

    private static Dataset<Row> rows(String... splits) {
        return LOG.examples()
                .select("rowId", "userId", "itemId", "time", "truth", "split")
                .where("split IN ('" + String.join("','", splits) + "')");
    }

    private record Known(Vocabulary vocabulary, ReviewCorpus corpus, ReviewFolder.Loaded reviews) {
        static Known of(String folder, Dataset<Row> train, Dataset<Row> read, Dataset<Row> vocabularyOf) {
            Vocabulary vocabulary = Vocabulary.of(train.join(vocabularyOf, "rowId"), ALL);
            RatingSet set = new RatingSet(train, rows("validation"));
            ReviewCorpus corpus = ReviewCorpus.of(set, read, vocabulary, root + "/" + folder);
            return new Known(vocabulary, corpus, corpus.folder().load());
        }

        /** The marks in the documents of a row: those of its user and those of its item. */
        Set<String> marks(ReviewLog.Entry row, Map<String, Row> numbers) {
            Row number = numbers.get(row.rowId());
            return Stream.of(
                            reviews.corpus().user(number.getInt(1)),
                            reviews.corpus().item(number.getInt(2)))
                    .flatMapToInt(
                            stream -> Arrays.stream(stream.document(stream.earlier(number.getLong(3)), 1_000_000)))
                    .filter(token -> token >= TokenStream.FIRST_WORD)
                    .mapToObj(token -> vocabulary
                            .words()
                            .get(token - TokenStream.FIRST_WORD)
                            .word())
                    .filter(word -> word.startsWith("mark"))
                    .collect(toSet());
        }

        Map<String, Row> numbers() {
            Map<String, Row> numbers = new HashMap<>();
            corpus.numbered(LOG.examples().select("rowId", "userId", "itemId", "time"))
                    .select("rowId", "user", "item", "time")
                    .collectAsList()
                    .forEach(row -> numbers.put(row.getString(0), row));
            return numbers;
        }
    }

    /** The marks of the reviews that a row may read, by a plain scan of the log. */
    private static Set<String> allowed(ReviewLog.Entry row, BiPredicate<ReviewLog.Entry, ReviewLog.Entry> mayRead) {
        return LOG.entries().stream()
                .filter(other -> other.user().equals(row.user()) || other.item().equals(row.item()))
                .filter(other -> mayRead.test(row, other))
                .filter(other -> other.review() != null)
                .map(other -> other.review().replaceAll(".*(mark\\d+).*", "$1"))
                .collect(toSet());
    }

    /** The rows whose documents are not what they may be. */
    private static List<String> leaks(Known known, BiPredicate<ReviewLog.Entry, ReviewLog.Entry> mayRead) {
        Map<String, Row> numbers = known.numbers();
        return LOG.entries().stream()
                .filter(row -> !known.marks(row, numbers).equals(allowed(row, mayRead)))
                .map(ReviewLog.Entry::rowId)
                .toList();
    }

    private static boolean earlierTrain(ReviewLog.Entry row, ReviewLog.Entry other) {
        return other.split().equals("train") && other.time() < row.time();
    }

    @Test
    void documentsHaveTheStrictlyEarlierTrainReviewsAndNothingElse() {
        Known known = Known.of("plain", rows("train"), texts.train(), texts.train());
        assertThat(known.reviews.train().size()).isEqualTo(ReviewLog.TRAIN);
        assertThat(known.reviews.validation().size()).isEqualTo(ReviewLog.VALIDATION);
        assertThat(known.corpus.mean())
                .isEqualTo(LOG.split("train").stream()
                        .mapToDouble(ReviewLog.Entry::rating)
                        .average()
                        .orElseThrow());
        assertThat(leaks(known, ReviewFolderTest::earlierTrain)).isEmpty();
        // The vocabulary knows no word that stands in later reviews alone.
        assertThat(known.vocabulary.words().stream()
                        .map(Vocabulary.Word::word)
                        .filter(word -> word.startsWith("mark"))
                        .mapToInt(word -> Integer.parseInt(word.substring(4))))
                .allMatch(number -> number < ReviewLog.TRAIN);
    }

    @Test
    void plantedLeaksAreFound() {
        Known known = Known.of("planted", rows("train"), texts.train(), texts.train());
        // the review of the row itself
        assertThat(leaks(known, (row, other) -> earlierTrain(row, other) || (row.equals(other) && isTrain(other))))
                .hasSizeGreaterThan(300);
        // a review of the same moment
        assertThat(leaks(known, (row, other) -> isTrain(other) && other.time() <= row.time() && !row.equals(other)))
                .hasSizeGreaterThan(20);
        // later reviews
        assertThat(leaks(known, (row, other) -> isTrain(other) && !row.equals(other)))
                .hasSizeGreaterThan(300);
        // reviews of validation and test rows
        assertThat(leaks(known, (row, other) -> other.time() < row.time())).hasSizeGreaterThan(80);
    }

    private static boolean isTrain(ReviewLog.Entry entry) {
        return entry.split().equals("train");
    }

    @Test
    void aRefitReadsValidationReviewsTooWithTheWordsOfTrain() {
        Dataset<Row> both = rows("train", "validation");
        Vocabulary train = Vocabulary.of(rows("train").join(texts.train(), "rowId"), ALL);
        ReviewCorpus corpus =
                ReviewCorpus.of(new RatingSet(both, both.limit(0)), texts.trainAndValidation(), train, root + "/refit");
        Known known = new Known(train, corpus, corpus.folder().load());
        assertThat(known.reviews.validation().size()).isZero();
        // marks of validation reviews are unknown words; the other words of these reviews are read
        assertThat(leaks(known, ReviewFolderTest::earlierTrain)).isEmpty();
        assertThat(corpus.tokens())
                .isGreaterThan(ReviewCorpus.of(
                                new RatingSet(rows("train"), both.limit(0)), texts.train(), train, root + "/fit")
                        .tokens());

        Known withWords = Known.of("words", both, texts.trainAndValidation(), texts.trainAndValidation());
        assertThat(leaks(withWords, (row, other) -> !other.split().equals("test") && other.time() < row.time()))
                .isEmpty();
    }

    @Test
    void testReviewsAreNeverHandedOut() {
        assertThat(texts.trainAndValidation()
                        .join(LOG.examples(), "rowId")
                        .where("split = 'test'")
                        .isEmpty())
                .isTrue();
        assertThat(texts.train().count()).isEqualTo(ReviewLog.TRAIN);
        assertThat(texts.trainAndValidation().count()).isEqualTo(ReviewLog.TRAIN + ReviewLog.VALIDATION);
    }

    @Test
    void filesThatAreNotInOrderAreRefused(@TempDir Path other) throws Exception {
        Known known = Known.of("order", rows("train"), texts.train(), texts.train());
        Dataset<Row> reviews = SPARK.read().parquet(known.corpus.folder().path() + "/reviews");
        reviews.orderBy(org.apache.spark.sql.functions.col("place").desc())
                .coalesce(1)
                .write()
                .parquet(other + "/x/reviews");
        reviews.limit(0).write().parquet(other + "/x/validation");
        ReviewFolder turned = new ReviewFolder(
                other + "/x", 30, 20, ReviewLog.TRAIN, 0, known.corpus.folder().hadoop());
        assertThatThrownBy(turned::load)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("row 419 at place 0");
        ReviewFolder gone = new ReviewFolder(
                other + "/gone",
                30,
                20,
                ReviewLog.TRAIN,
                0,
                known.corpus.folder().hadoop());
        assertThatThrownBy(gone::load)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("/gone/reviews has 0 rows in place of 420: was it removed?");
    }
}
