package io.recthink.spark.teacher;

import static org.assertj.core.api.Assertions.assertThat;

import io.recthink.chat.ChatAnswer;
import io.recthink.spark.SparkTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    private final SparkSession spark = SparkTest.spark();
    private final Configuration hadoop = new Configuration();

    @TempDir
    Path folder;

    @Test
    void theFirstOfTwoAnswersCountsByTimeAndThenByFile() {
        Ledger.write(folder.toString(), "b", List.of(entry("one", "later", NOON.plusNanos(1000))), hadoop);
        Ledger.write(folder.toString(), "c", List.of(entry("one", "first", NOON)), hadoop);
        Ledger.write(folder.toString(), "d", List.of(entry("one", "at the same time", NOON)), hadoop);
        assertThat(answers("one", "two")).containsExactly(RowFactory.create("one", "first"));
        assertThat(ledger().spent()).isEqualTo(new Ledger.Spent(3, 30, 12));
    }

    @Test
    void aLineThatIsNotWholeIsNoAnswer() throws IOException {
        Ledger.write(folder.toString(), "a", List.of(entry("one", "whole", NOON), entry("two", "cut", NOON)), hadoop);
        Path file = folder.resolve("ledger/a.jsonl");
        String text = Files.readString(file);
        Files.writeString(file, text.substring(0, text.length() - 20));
        assertThat(answers("one", "two")).containsExactly(RowFactory.create("one", "whole"));
        assertThat(Ledger.answered(folder.toString(), "a", hadoop)).containsExactly("one");
    }

    @Test
    void aFolderWithoutALedgerHasNoAnswers() {
        assertThat(answers("one")).isEmpty();
        assertThat(ledger().spent()).isEqualTo(new Ledger.Spent(0, 0, 0));
    }

    @Test
    void anAnswerOfManyLinesAndLettersIsReadAsItWasWritten() {
        String text = "first\nsecond \"quoted\"\u2028 \uD83D\uDE00 \u4F60\u597D\t\\";
        Ledger.write(folder.toString(), "a", List.of(entry("one", text, NOON)), hadoop);
        assertThat(answers("one")).containsExactly(RowFactory.create("one", text));
    }

    private Ledger ledger() {
        return new Ledger(spark, folder.toString());
    }

    private List<Row> answers(String... wanted) {
        Dataset<Row> ids =
                spark.createDataset(List.of(wanted), Encoders.STRING()).toDF("sha256");
        return ledger().answers(ids).select("sha256", "response").collectAsList();
    }

    private static LedgerEntry entry(String sha256, String response, Instant time) {
        Question question = new Question(sha256, "recone.trace", "row", 0, 1, "{}", 1);
        ChatAnswer answer = new ChatAnswer(response, Optional.of("private"), "stop", "m", 10, 4, 5, 1);
        return LedgerEntry.of(question, "a-model", answer, time);
    }
}
