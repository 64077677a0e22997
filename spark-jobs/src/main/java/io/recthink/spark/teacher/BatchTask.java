package io.recthink.spark.teacher;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recthink.chat.ChatAnswer;
import io.recthink.spark.teacher.Outcome.Kind;
import io.recthink.teacher.TeacherSettings;
import java.io.Serializable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.util.SerializableConfiguration;

/**
 * A task that writes the answers of batch files to the ledger.
 *
 * @param teacher who was asked
 * @param thinks whether answers begin with a think block of their own
 * @param folder resolved path of {@code paths.teacher}
 * @param round name of the round, unique among all applications
 * @param hadoop settings of the file system
 */
record BatchTask(
        TeacherSettings teacher,
        boolean thinks,
        String folder,
        String round,
        Broadcast<SerializableConfiguration> hadoop)
        implements Serializable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_ENTRIES = 1000;
    private static final int FIRST_ERROR = 400;

    /** The statuses of requests that fail whenever they are sent. */
    private static final Set<Integer> HOPELESS = Set.of(400, 422);

    /** Takes rows with the columns of a question and the column {@code line}. */
    Iterator<Row> take(Iterator<Row> rows) {
        List<Row> failed = new ArrayList<>();
        try (LedgerWriter ledger =
                LedgerWriter.ofTask(folder, round, MOST_ENTRIES, hadoop.value().value())) {
            rows.forEachRemaining(row ->
                    take(Question.of(row), row.getAs("line"), ledger).ifPresent(outcome -> failed.add(outcome.row())));
        }
        return failed.iterator();
    }

    /** A request that is neither answered nor hopeless stays without an answer, and is asked again. */
    private Optional<Outcome> take(Question question, String line, LedgerWriter ledger) {
        JsonNode json = read(line);
        JsonNode response = json.path("response");
        int status = response.path("status_code").asInt();
        if (HOPELESS.contains(status)) {
            String reason = "status %d: %s".formatted(status, reason(json));
            return Optional.of(new Outcome(Kind.FAILED, question.sha256(), reason));
        }
        if (status < FIRST_ERROR) {
            ChatAnswer.ofBody(response.path("body").toString(), question.body())
                    .ifPresent(answer -> ledger.add(entry(question, answer.withoutThinking(thinks))));
        }
        return Optional.empty();
    }

    private static JsonNode read(String line) {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e); // its id was read before
        }
    }

    private static String reason(JsonNode json) {
        String ofServer = json.at("/response/body/error/message").asText("");
        return ofServer.isEmpty() ? json.at("/error/message").asText("no reason") : ofServer;
    }

    private LedgerEntry entry(Question question, ChatAnswer answer) {
        return LedgerEntry.of(question, teacher.model(), answer, Instant.now());
    }
}
