package io.recthink.spark.teacher;

import io.recthink.chat.ChatAnswer;
import io.recthink.chat.ChatClient;
import io.recthink.chat.ChatEndpoint;
import io.recthink.chat.ChatLimits;
import io.recthink.chat.ChatOutcome;
import io.recthink.spark.teacher.Outcome.Kind;
import io.recthink.teacher.TeacherSettings;
import java.io.Serializable;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.SerializableConfiguration;

/**
 * A task that asks a server, with its share of the requests in flight and of the limits a minute. Answers go to the
 * ledger; a retried task asks nothing that the attempt before it has written there.
 *
 * @param teacher how the server is asked
 * @param thinks whether answers begin with a think block of their own
 * @param key key of the server, as a broadcast value: local properties and settings are in the event log
 * @param folder resolved path of {@code paths.teacher}
 * @param round name of the round of asking, unique among all applications
 * @param tasks number of tasks of the round
 * @param mostFailures number of failed requests above which the task stops
 * @param hadoop settings of the file system
 * @param done counts the requests that are answered or failed
 */
record ChatTask(
        TeacherSettings teacher,
        boolean thinks,
        Broadcast<String> key,
        String folder,
        String round,
        int tasks,
        long mostFailures,
        Broadcast<SerializableConfiguration> hadoop,
        LongAccumulator done)
        implements Serializable {
    private static final long WRITE_SECONDS = 5;

    private record Asked(Question question, ChatOutcome outcome) {}

    Iterator<Row> ask(Iterator<Row> rows) {
        Set<String> answered =
                LedgerWriter.answeredBefore(folder, round, hadoop.value().value());
        int share = share(teacher.concurrency(), TaskContext.getPartitionId());
        ExecutorService threads = Executors.newFixedThreadPool(share);
        try (LedgerWriter ledger = LedgerWriter.ofTask(
                folder, round, teacher.ledger().every(), hadoop.value().value())) {
            return new Course(rows, answered, client(teacher, key.value(), tasks), ledger, threads, share).outcomes();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("The task was cancelled.", e);
        } finally {
            threads.shutdownNow();
        }
    }

    private int share(int all, int partition) {
        return Math.max(1, all / tasks + (partition < all % tasks ? 1 : 0));
    }

    /**
     * A client with a share of the limits.
     *
     * @throws IllegalArgumentException when no request can have this address, header or key
     */
    static ChatClient client(TeacherSettings teacher, String key, int tasks) {
        return new ChatClient(
                new ChatEndpoint(URI.create(teacher.url()), teacher.header(), key),
                new ChatLimits(
                        teacher.attempts(),
                        Duration.ofSeconds(teacher.timeoutSeconds()),
                        (double) teacher.requestsPerMinute() / tasks,
                        (double) teacher.tokensPerMinute() / tasks));
    }

    /** The work of one task. */
    private final class Course {
        private final Iterator<Row> rows;
        private final Set<String> answered;
        private final ChatClient client;
        private final LedgerWriter ledger;
        private final CompletionService<Asked> service;
        private final int share;
        private final List<Row> outcomes = new ArrayList<>();
        private long answers;
        private long failures;
        private boolean isStopped;

        private Course(
                Iterator<Row> rows,
                Set<String> answered,
                ChatClient client,
                LedgerWriter ledger,
                ExecutorService threads,
                int share) {
            this.rows = rows;
            this.answered = answered;
            this.client = client;
            this.ledger = ledger;
            this.service = new ExecutorCompletionService<>(threads);
            this.share = share;
        }

        private Iterator<Row> outcomes() throws InterruptedException {
            int inFlight = 0;
            while (inFlight > 0 || (!isStopped && rows.hasNext())) {
                while (inFlight < share && !isStopped && rows.hasNext()) {
                    Question question = Question.of(rows.next());
                    if (answered.contains(question.sha256())) {
                        done.add(1);
                    } else {
                        service.submit(() -> new Asked(question, client.ask(question.body(), tokens(question))));
                        inFlight++;
                    }
                }
                Future<Asked> next = service.poll(WRITE_SECONDS, TimeUnit.SECONDS);
                if (next != null) {
                    inFlight--;
                    take(next);
                }
                ledger.writeDue();
            }
            return outcomes.iterator();
        }

        private long tokens(Question question) {
            return question.tokens() + teacher.maxTokens();
        }

        private void take(Future<Asked> finished) throws InterruptedException {
            try {
                Asked asked = finished.get();
                take(asked.question(), asked.outcome());
            } catch (ExecutionException e) {
                if (e.getCause() instanceof InterruptedException interrupted) {
                    throw interrupted;
                }
                throw new IllegalStateException(e.getCause());
            }
        }

        private void take(Question question, ChatOutcome outcome) {
            if (outcome instanceof ChatOutcome.Answered given) {
                answers++;
                done.add(1);
                ChatAnswer answer = given.answer().withoutThinking(thinks);
                ledger.add(LedgerEntry.of(question, teacher.model(), answer, Instant.now()));
            } else if (outcome instanceof ChatOutcome.Denied denied) {
                stop(Kind.DENIED, denied.reason());
            } else if (outcome instanceof ChatOutcome.Unreachable unreachable) {
                if (answers == 0) {
                    stop(Kind.UNREACHABLE, unreachable.reason());
                } else {
                    fail(question, unreachable.reason());
                }
            } else if (outcome instanceof ChatOutcome.Failed failed) {
                fail(question, failed.reason());
            }
        }

        private void stop(Kind kind, String reason) {
            isStopped = true;
            outcomes.add(new Outcome(kind, "", reason).row());
        }

        private void fail(Question question, String reason) {
            failures++;
            done.add(1);
            outcomes.add(new Outcome(Kind.FAILED, question.sha256(), reason).row());
            isStopped |= failures > mostFailures;
        }
    }
}
