package io.recthink.spark.coldstart;

import static io.recthink.chat.MisbehavingServer.answer;
import static io.recthink.chat.MisbehavingServer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recthink.InvalidInputException;
import io.recthink.chat.MisbehavingServer;
import io.recthink.chat.MisbehavingServer.Behaviour;
import io.recthink.config.Configuration;
import io.recthink.model.ChatTemplate.Message;
import io.recthink.prompt.PromptSettings;
import io.recthink.spark.JobSettings;
import io.recthink.spark.SparkTest;
import io.recthink.spark.StoppedException;
import io.recthink.spark.UnavailableException;
import io.recthink.spark.table.Examples;
import io.recthink.spark.train.TinyWorld;
import io.recthink.teacher.Purpose;
import io.recthink.teacher.RuleTeacher;
import io.recthink.teacher.TeacherRequest;
import io.recthink.teacher.TeacherSettings;
import io.recthink.teacher.TracePrompt;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code cold-start} with teachers that are models: a server, batch files, the own engine. */
class ModelTeacherTest {
    private static final int ROWS = 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final SparkSession spark = SparkTest.spark();
    private MisbehavingServer server;

    @TempDir
    Path root;

    @BeforeEach
    void prepare() throws IOException {
        server = MisbehavingServer.start();
        List<Row> examples = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            String review = i % 2 == 0 ? "great strap." : "poor cable " + i + ".";
            examples.add(ColdStartData.example(
                    "row-%02d".formatted(i),
                    "user-" + i,
                    1.0 + i % 5,
                    "coldStart",
                    ColdStartData.target("lamp " + i, "strap", "cable"),
                    ColdStartData.past(1.0 + i % 5, review)));
        }
        ColdStartData.write(spark, root, examples);
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    @Test
    void aServerThatAnswersByTheRuleGivesTheTracesOfTheRule() {
        new ColdStartJob().run(spark, configuration("teacher.kind=rule", "paths.traces=by-rule"));
        byRule();
        new ColdStartJob().run(spark, configuration("paths.traces=by-chat"));
        List<String> columns = List.of("rowId", "completion", "rating", "kind");
        assertThat(table("by-chat", columns))
                .isEqualTo(table("by-rule", columns))
                .hasSize(ROWS);
        assertThat(table("by-chat", List.of("kind")).stream().distinct()).hasSize(2);
        assertThat(table("by-chat", List.of("teacher")).stream().distinct())
                .containsExactly(RowFactory.create("a-model"));
    }

    @Test
    void aQuestionThatTheLedgerKnowsIsNotAskedAgain() throws IOException {
        byRule();
        new ColdStartJob().run(spark, configuration());
        int asked = server.asked();
        assertThat(asked).isGreaterThan(ROWS);
        new ColdStartJob().run(spark, configuration("paths.traces=again"));
        assertThat(server.asked()).isEqualTo(asked);
        List<String> columns = List.of("rowId", "completion", "rating");
        assertThat(table("again", columns)).isEqualTo(table("traces", columns));
        JsonNode first = JSON.readTree(root.resolve("traces/_files.json").toFile());
        JsonNode second = JSON.readTree(root.resolve("again/_files.json").toFile());
        assertThat(first.get("teacherCalls").asInt()).isEqualTo(asked);
        assertThat(first.get("teacherTokens").asInt()).isEqualTo(10 * asked);
        assertThat(first.get("teacherCallsAsked").asInt()).isEqualTo(asked);
        assertThat(second.get("teacherCalls").asInt()).isEqualTo(asked);
        assertThat(second.get("teacherCallsAsked").asInt()).isZero();
        new ColdStartJob().run(spark, configuration("paths.traces=warmer", "teacher.temperature=0.9"));
        assertThat(server.asked()).isGreaterThan(asked);
    }

    @Test
    void theKeyIsSentAndStandsNowhere() throws IOException {
        byRule();
        String key = System.getenv("RECTHINK_TEST_TEACHER_KEY");
        new ColdStartJob().run(spark, configuration("teacher.apiKeyVariable=RECTHINK_TEST_TEACHER_KEY"));
        assertThat(server.requests().get(0).headers()).containsEntry("authorization", "Bearer " + key);
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                        .as(file.toString())
                        .doesNotContain(key);
            }
        }
        assertThat(spark.sparkContext().getConf().toDebugString()).doesNotContain(key);
    }

    @Test
    void aTeacherThatDeniesItsServiceStopsTheJobAtOnce() {
        server.otherwise(status(401, "{\"error\":{\"message\":\"no such key\"}}"));
        assertThatThrownBy(() -> new ColdStartJob().run(spark, configuration("teacher.concurrency=2")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("refuses to answer")
                .hasMessageContaining("no such key")
                .hasMessageContaining("teacher.apiKeyVariable");
        assertThat(server.asked()).isLessThanOrEqualTo(2);
        assertThat(root.resolve("traces")).doesNotExist();
    }

    @Test
    void aTeacherThatCannotBeReachedIsSaid() throws IOException {
        server.close();
        assertThatThrownBy(() -> new ColdStartJob().run(spark, configuration("teacher.attempts=1")))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("cannot be reached from the executors")
                .hasMessageContaining("teacher.url");
    }

    @Test
    void whatNoRequestCanHaveIsRefusedBeforeAnythingIsAsked() {
        assertThatThrownBy(() -> new ColdStartJob().run(spark, configuration("teacher.body={stream: true}")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("'stream' must not be among the further fields");
        assertThatThrownBy(() -> new ColdStartJob().run(spark, configuration("teacher.apiKeyVariable=NOT_SET_HERE")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("no environment variable NOT_SET_HERE");
        assertThatThrownBy(() -> new ColdStartJob().run(spark, configuration("coldStart.prompt={think: none}")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("coldStart.prompt: think must be left out");
        assertThat(server.asked()).isZero();
    }

    @Test
    void theTeacherMayBeAskedInAnotherWayThanTheStudent() {
        byRule();
        new ColdStartJob()
                .run(
                        spark,
                        configuration("coldStart.rationalise=false", "coldStart.prompt={system: Write like this.}"));
        assertThat(server.requests())
                .allSatisfy(request -> assertThat(request.body()).contains("Write like this."));
        assertThat(table("traces", List.of("rowId"))).isNotEmpty();
    }

    @Test
    void tooManyFailuresStopTheJobAndLoseNoAnswer() {
        byRule(status(400, "{\"error\":{\"message\":\"too long\"}}"), 4);
        assertThatThrownBy(() -> new ColdStartJob().run(spark, configuration()))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("more than teacher.maxFailureShare 0.05")
                .hasMessageContaining("too long");
        int before = server.asked();
        byRule();
        new ColdStartJob().run(spark, configuration("coldStart.rationalise=false"));
        assertThat(server.asked() - before).isLessThan(ROWS);
    }

    @Test
    void aFewFailuresDropTheirRowsAndAreCounted() throws IOException {
        byRule(status(400, "{\"error\":{\"message\":\"too long\"}}"), 2);
        new ColdStartJob().run(spark, configuration("teacher.maxFailureShare=0.2", "coldStart.rationalise=false"));
        JsonNode checks = JSON.readTree(root.resolve("traces/_checks.json").toFile());
        assertThat(sum(checks, "not answered")).isEqualTo(2);
        assertThat(checks.get("answers").get(0).get("purpose").asText()).isEqualTo("recone.trace");
    }

    @Test
    void aBudgetStopsTheJobAndALargerOneGoesOn() {
        byRule();
        assertThatThrownBy(() -> new ColdStartJob().run(spark, configuration("teacher.budget.requests=7")))
                .isInstanceOf(StoppedException.class)
                .hasMessageContaining("7 of 7 requests")
                .hasMessageContaining("Raise the budget");
        assertThat(server.asked()).isEqualTo(7);
        assertThat(root.resolve("traces")).doesNotExist();
        // Answers take 10 tokens each. The next request needs room for its prompt and 100 tokens: three fit.
        int tokens = 70 + promptTokens() + 100 + 25;
        assertThatThrownBy(() -> new ColdStartJob()
                        .run(spark, configuration("teacher.budget.tokens=" + tokens, "teacher.maxTokens=100")))
                .isInstanceOf(StoppedException.class)
                .hasMessageContaining("of %d tokens".formatted(tokens));
        assertThat(server.asked()).isEqualTo(10);
        int before = server.asked();
        new ColdStartJob().run(spark, configuration("teacher.budget.requests=100"));
        assertThat(server.asked()).isGreaterThan(before);
    }

    @Test
    void aDryRunAsksNothingAndWritesNothing() {
        byRule();
        String printed = Printed.by(() -> new ColdStartJob(true)
                .run(spark, configuration("teacher.price={input: 1000, output: 1000}", "teacher.maxTokens=100")));
        assertThat(printed)
                .contains("recone.trace: 20 requests, 0 of them in the ledger")
                .contains("at most 2,000 tokens of answers")
                .contains("recone.rationale: at most 20 requests");
        assertThat(server.asked()).isZero();
        assertThat(root.resolve("traces")).doesNotExist();
        assertThat(root.resolve("teacher")).doesNotExist();
        new ColdStartJob().run(spark, configuration("coldStart.rationalise=false"));
        String after = Printed.by(() -> new ColdStartJob(true).run(spark, configuration()));
        assertThat(after).contains("recone.trace: 20 requests, 20 of them in the ledger; to ask: 0 prompt tokens");
    }

    @Test
    void rejectedFormsAreSampledAgainAndReasonsAreCountedByTruth() throws IOException {
        server.otherwise(answer("I like lamps."));
        assertThatThrownBy(() -> new ColdStartJob().run(spark, configuration("teacher.resample=1")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("None of the 20 rows has a usable answer of the teacher a-model");
        // 20 traces and 20 rationales, each with one more sample
        assertThat(server.asked()).isEqualTo(80);
        assertThat(root.resolve("traces")).doesNotExist();
    }

    @Test
    void aBatchFileIsWrittenAndItsAnswersAreTaken() throws IOException {
        Configuration batch = configuration("teacher.kind=batch-file", "coldStart.rationalise=false");
        assertThatThrownBy(() -> new ColdStartJob().run(spark, batch))
                .isInstanceOf(StoppedException.class)
                .hasMessageContaining("waits for answers to 20 requests: 1.jsonl");
        assertThatThrownBy(() -> new ColdStartJob().run(spark, batch))
                .isInstanceOf(StoppedException.class)
                .hasMessageContaining("waits for answers to 20 requests: 1.jsonl in");
        Path folder = root.resolve("teacher/batch");
        List<String> requests = Files.readAllLines(folder.resolve("1.jsonl"));
        assertThat(requests).hasSize(20);
        Files.writeString(folder.resolve("1.answers.jsonl"), "{\"custom_id\":\"of another\",\"response\":{}}\n");
        assertThatThrownBy(() -> new ColdStartJob().run(spark, batch))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("answers none of the 20 requests of 1.jsonl");
        Files.write(folder.resolve("1.answers.jsonl"), answers(requests.subList(0, 15)));
        assertThatThrownBy(() -> new ColdStartJob().run(spark, batch))
                .isInstanceOf(StoppedException.class)
                .hasMessageContaining("waits for answers to 5 requests: 2.jsonl");
        Files.write(folder.resolve("2.answers.jsonl"), answers(Files.readAllLines(folder.resolve("2.jsonl"))));
        new ColdStartJob().run(spark, batch);
        new ColdStartJob()
                .run(spark, configuration("teacher.kind=rule", "coldStart.rationalise=false", "paths.traces=by-rule"));
        assertThat(table("traces", List.of("rowId", "completion")))
                .isEqualTo(table("by-rule", List.of("rowId", "completion")));
    }

    /** The estimated tokens of the longest prompt. */
    private int promptTokens() {
        TracePrompt messages = new TracePrompt(configuration().get(PromptSettings.class), 1, 5);
        return spark.read().parquet(root + "/data/examples").collectAsList().stream()
                .map(row -> messages.messages(new TeacherRequest(
                        Purpose.RECONE_TRACE, row.getAs("rowId"), 0, Examples.input(row), OptionalDouble.empty())))
                .mapToInt(asked -> asked.stream()
                        .mapToInt(message -> message.content().length())
                        .sum())
                .map(characters -> characters / 4 + 1)
                .max()
                .orElseThrow();
    }

    @Test
    void aModelOfTheOwnEngineAnswersAndItsAnswersAreKept() throws IOException {
        TinyWorld.create(spark, root.resolve("tiny"));
        String[] local = {
            "teacher.kind=local",
            "teacher.model=" + root + "/tiny/model",
            "teacher.maxTokens=8",
            "teacher.temperature=1",
            "prompt.think=none",
            "coldStart.ratings=teacher"
        };
        // The model is random: hardly any of its answers is well formed.
        assertThatThrownBy(() -> new ColdStartJob().run(spark, configuration(local)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("None of the 20 rows has a usable answer");
        List<String> first = ledger();
        assertThat(first).hasSize(ROWS).allMatch(line -> line.contains("\"promptTokens\":"));
        assertThatThrownBy(() -> new ColdStartJob().run(spark, configuration(local)))
                .isInstanceOf(InvalidInputException.class);
        assertThat(ledger()).isEqualTo(first);
        String[] tooLong = Arrays.copyOf(local, local.length + 1);
        tooLong[local.length] = "teacher.maxTokens=300";
        assertThatThrownBy(() -> new ColdStartJob().run(spark, configuration(tooLong)))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("do not fit the model's context of 256 tokens");
    }

    private List<String> ledger() throws IOException {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> files = Files.list(root.resolve("teacher/ledger"))) {
            for (Path file : files.sorted().toList()) {
                lines.addAll(Files.readAllLines(file));
            }
        }
        return lines;
    }

    private List<String> answers(List<String> requests) throws IOException {
        Map<String, String> known = ruledAnswers();
        List<String> answers = new ArrayList<>();
        for (String request : requests) {
            JsonNode json = JSON.readTree(request);
            JsonNode completion = JSON.createObjectNode()
                    .set(
                            "choices",
                            JSON.valueToTree(List.of(Map.of(
                                    "index",
                                    0,
                                    "finish_reason",
                                    "stop",
                                    "message",
                                    Map.of(
                                            "content",
                                            known.get(user(json.get("body").get("messages"))))))));
            answers.add(JSON.writeValueAsString(Map.of(
                    "custom_id",
                    json.get("custom_id").asText(),
                    "response",
                    Map.of("status_code", 200, "body", completion))));
        }
        return answers;
    }

    private void byRule() {
        byRule(null, 0);
    }

    /** The server answers as the rule teacher does, but for the first requests. */
    private void byRule(Behaviour first, int times) {
        Map<String, String> known = ruledAnswers();
        for (int i = 0; i < times; i++) {
            server.next(first);
        }
        server.otherwise((request, connection) -> {
            String text = known.get(user(JSON.readTree(request.body()).get("messages")));
            connection.respond(200, MisbehavingServer.completion(text));
        });
    }

    private static String user(JsonNode messages) {
        return messages.get(messages.size() - 1).get("content").asText();
    }

    /** The answers of the rule teacher, by the last message of a request. */
    private Map<String, String> ruledAnswers() {
        Configuration configuration = configuration();
        PromptSettings prompt = configuration.get(PromptSettings.class);
        RuleTeacher rule =
                new RuleTeacher(configuration.get(TeacherSettings.class).rule(), prompt, 1, 5, configuration.seed());
        TracePrompt messages = new TracePrompt(prompt, 1, 5);
        Map<String, String> answers = new HashMap<>();
        for (Row row : spark.read().parquet(root + "/data/examples").collectAsList()) {
            for (Purpose purpose : List.of(Purpose.RECONE_TRACE, Purpose.RECONE_RATIONALE)) {
                OptionalDouble truth =
                        purpose.seesTruth() ? OptionalDouble.of(row.<Double>getAs("truth")) : OptionalDouble.empty();
                TeacherRequest request = new TeacherRequest(purpose, row.getAs("rowId"), 0, Examples.input(row), truth);
                List<Message> asked = messages.messages(request);
                answers.put(
                        asked.get(asked.size() - 1).content(),
                        rule.answer(request).text());
            }
        }
        return answers;
    }

    private List<Row> table(String name, List<String> columns) {
        return spark.read()
                .parquet(root + "/" + name)
                .orderBy("rowId")
                .selectExpr(columns.toArray(String[]::new))
                .collectAsList();
    }

    private static long sum(JsonNode checks, String reason) {
        long sum = 0;
        for (JsonNode answers : checks.get("answers")) {
            sum += answers.get("rejected").path(reason).asLong();
        }
        return sum;
    }

    private Configuration configuration(String... settings) {
        List<String> all = new ArrayList<>(List.of(
                "paths.root=" + root,
                "teacher.kind=chat",
                "teacher.url=" + server.url(),
                "teacher.model=a-model",
                "teacher.rule.detail=terse",
                "reward.minWords=0",
                "prompt.user='history {history} target: {target_item}'",
                "prompt.historyItem='{stars} {review}'",
                "prompt.targetItem='{title} {categories}'"));
        all.addAll(Arrays.asList(settings));
        return JobSettings.SECTIONS.read("test", "", all);
    }
}
