package io.recthink.spark.teacher;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recthink.chat.ChatAnswer;
import io.recthink.generate.Completion;
import io.recthink.generate.Finish;
import io.recthink.generate.SamplingOptions;
import io.recthink.model.ChatTemplate;
import io.recthink.model.ChatTemplate.Message;
import io.recthink.model.ModelFolder;
import io.recthink.model.ModelSettings;
import io.recthink.model.ModelTokenizer;
import io.recthink.prompt.InstructionEncoder;
import io.recthink.spark.completion.AskedPrompt;
import io.recthink.spark.completion.Completed;
import io.recthink.spark.completion.CompletionTask;
import io.recthink.spark.completion.ContextRoom;
import io.recthink.spark.completion.PolicyInTask;
import io.recthink.spark.completion.Sampling;
import io.recthink.spark.policy.PolicyReference;
import io.recthink.spark.policy.PolicyStore;
import io.recthink.spark.teacher.Outcome.Kind;
import io.recthink.teacher.TeacherAnswer;
import io.recthink.teacher.TeacherSettings;
import java.io.Serializable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.StreamSupport;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;

/**
 * A task that asks a model which recthink's own engine runs. Answers go to the ledger after each batch.
 *
 * @param teacher how the model is asked
 * @param thinks whether answers begin with a think block of their own
 * @param model the model, or an adapter with its base model
 * @param engine settings of the engine
 * @param positions tokens of the model's context
 * @param folder resolved path of {@code paths.teacher}
 * @param round name of the round of asking, unique among all applications
 * @param tasks number of tasks of the round
 * @param hadoop settings of the file system
 * @param done counts the requests that are answered or failed
 */
record LocalTask(
        TeacherSettings teacher,
        boolean thinks,
        PolicyReference model,
        ModelSettings engine,
        int positions,
        String folder,
        String round,
        int tasks,
        Broadcast<SerializableConfiguration> hadoop,
        LongAccumulator done)
        implements Serializable {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Field of the request body with variables for the chat template, as servers name it. */
    static final String TEMPLATE = "chat_template_kwargs";

    @SuppressWarnings("ArrayRecordComponent") // records are never compared
    private record Prompt(Question question, int[] tokens) implements AskedPrompt {
        @Override
        public String rowId() {
            return question.sha256();
        }
    }

    Iterator<Row> ask(Iterator<Row> rows) {
        Set<String> answered =
                LedgerWriter.answeredBefore(folder, round, hadoop.value().value());
        Iterator<Question> questions = StreamSupport.stream(
                        Spliterators.spliteratorUnknownSize(rows, Spliterator.ORDERED), false)
                .map(Question::of)
                .filter(question -> !answered.contains(question.sha256()))
                .iterator();
        int batch = Math.max(1, teacher.concurrency() / tasks);
        try (LedgerWriter ledger = LedgerWriter.ofTask(
                folder, round, teacher.ledger().every(), hadoop.value().value())) {
            return new CompletionTask(model, engine, batch)
                    .allRows(questions, policy -> {
                        InstructionEncoder encoder = encoder();
                        return asked -> answer(policy, encoder, ledger, asked);
                    })
                    .iterator();
        }
    }

    @SuppressWarnings("unchecked")
    private InstructionEncoder encoder() {
        try (ModelFolder folder = ModelFolder.open(PolicyStore.localize(model.model()))) {
            ModelTokenizer tokenizer = folder.tokenizer();
            TaskContext.get().addTaskCompletionListener((TaskCompletionListener) context -> tokenizer.close());
            ChatTemplate template =
                    folder.chatTemplate((Map<String, Object>) teacher.body().getOrDefault(TEMPLATE, Map.of()));
            return new InstructionEncoder(tokenizer, template);
        }
    }

    private List<Row> answer(
            PolicyInTask policy, InstructionEncoder encoder, LedgerWriter ledger, List<Question> questions) {
        List<Row> outcomes = new ArrayList<>(List.of(new Outcome(Kind.ANSWERED, "", "").row()));
        List<Prompt> prompts = new ArrayList<>();
        for (Question question : questions) {
            Prompt prompt = new Prompt(question, encoder.prompt(messages(question.body())));
            if (new ContextRoom(positions).holds(prompt.tokens().length, teacher.maxTokens())) {
                prompts.add(prompt);
            } else {
                String reason =
                        "a prompt of %d tokens and teacher.maxTokens %d do not fit the model's context of %d tokens"
                                .formatted(prompt.tokens().length, teacher.maxTokens(), positions);
                outcomes.add(new Outcome(Kind.FAILED, question.sha256(), reason).row());
            }
        }
        if (!prompts.isEmpty()) {
            for (Completed<Prompt> completed : policy.complete(prompts, sampling())) {
                ledger.add(entry(completed));
            }
        }
        done.add(questions.size());
        return outcomes;
    }

    private Sampling sampling() {
        SamplingOptions options =
                new SamplingOptions(teacher.maxTokens(), teacher.temperature(), teacher.topP(), teacher.stop(), false);
        return new Sampling(options, 1, 0, 0, Integer.MAX_VALUE);
    }

    /** The messages of a body. Their texts may quote users, so no part of them becomes a control token. */
    private static List<Message> messages(String body) {
        try {
            List<Message> messages = new ArrayList<>();
            for (JsonNode message : JSON.readTree(body).get("messages")) {
                messages.add(new Message(
                        message.get("role").asText(),
                        InstructionEncoder.untrusted(message.get("content").asText())));
            }
            return messages;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private LedgerEntry entry(Completed<Prompt> completed) {
        Completion completion = completed.first();
        ChatAnswer answer = new ChatAnswer(
                        completion.text(),
                        Optional.empty(),
                        completion.finish() == Finish.STOP ? TeacherAnswer.STOP : TeacherAnswer.LENGTH,
                        teacher.model(),
                        completed.prompt().tokens().length,
                        completion.tokens().length,
                        Math.round(completed.milliseconds()),
                        1)
                .withoutThinking(thinks);
        return LedgerEntry.of(completed.prompt().question(), teacher.model(), answer, Instant.now());
    }
}
